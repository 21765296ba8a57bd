"""What can be done with a watch: listen, rest, go on, end, forget, and take it along."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlencode

from PySide6.QtCore import QStandardPaths
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from bcdesk.ui import problems
from bcdesk.ui.access import change_reason, may_manage
from bcdesk.ui.commands import Command, Context, anyone
from bcdesk.ui.flow.watch_export import command, markdown
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from bcdesk.contract.rows import AppRow
    from bcdesk.ui.desk import Desk
    from bcdesk.ui.flow.watch_log import WatchLog

_CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
"""The challenge of RFC 7636, appendix B: enough to see an authorization request, whose code nobody redeems."""

IN_BAR = "bar"
"""The target of the button in the strip, which yields to the one in the middle of an empty tab."""


class Watching(Protocol):
    """What the commands need of the tab that they stand on."""

    @property
    def app(self) -> AppRow | None:
        """Return the chosen app."""

    @property
    def log(self) -> WatchLog | None:
        """Return what was heard of it; None before it was ever watched."""

    @property
    def offers_no_start(self) -> bool:
        """Tell whether nothing in the middle of the tab offers to watch."""

    def start(self) -> None:
        """Listen to the chosen app."""

    def tell(self, what: str, why: str = "", tone: str = "ok") -> None:
        """Say what was done."""


class WatchCommands:
    """The commands of the tab, all about the app that is chosen."""

    def __init__(self, desk: Desk, tab: Watching, host: QWidget) -> None:
        """Act on ``tab``, and open what must be asked over ``host``."""
        self._desk, self._tab, self._host = desk, tab, host

    def all(self) -> tuple[Command, ...]:
        """Return the commands."""
        return (
            self._one("watch.start", tr("Watch my app"), tr("Watch"), self._tab.start, icon="eye",
                      reason=self._start_reason, shown=self._startable),
            self._one("watch.pause", tr("Pause the watch"), tr("Pause"), lambda: self._log().pause(),
                      shown=lambda _context: self._listens() and not self._log().paused),
            self._one("watch.resume", tr("Go on with the watch"), tr("Go on"), lambda: self._log().go_on(),
                      shown=lambda _context: self._listens() and self._log().paused),
            self._one("watch.stop", tr("Stop watching"), tr("Stop"), lambda: self._log().stop(),
                      shown=lambda _context: self._listens()),
            self._one("watch.clear", tr("Clear what was watched"), tr("Clear"), lambda: self._log().clear(),
                      reason=self._nothing),
            self._one("watch.copy_command", tr("Copy the bcdesk watch command"), tr("Copy command"),
                      self._copy_command, icon="copy", reason=self._no_app, shown=lambda _context: self._manages()),
            self._one("watch.copy_request", tr("Copy an authorization request to try"),
                      tr("Copy authorization request"), self._copy_request, icon="copy", reason=self._no_request),
            self._one("watch.export", tr("Export what was watched…"), tr("Export…"), self._export, icon="save",
                      reason=self._nothing),
        )  # fmt: skip

    def _one(
        self, id: str, text: str, short: str, run: Callable[[], object], *, icon: str = "",
        reason: Callable[[], str | None] = lambda: None, shown: Callable[[Context], bool] = anyone,
    ) -> Command:  # fmt: skip
        return Command(
            id, text, lambda _context: run(), icon=icon, group=tr("Flow tester"), short=short,
            enabled=lambda _context: reason(), shown=shown,
        )  # fmt: skip

    # ------------------------------------------------------------------ when

    def _log(self) -> Any:
        return self._tab.log

    def _listens(self) -> bool:
        log = self._tab.log
        return log is not None and log.wanted

    def _startable(self, context: Context) -> bool:
        idle = not self._listens() and self._tab.app is not None and self._manages()
        return idle and (context.target != IN_BAR or self._tab.offers_no_start)

    def _manages(self) -> bool:
        return may_manage(self._desk.store)

    def _no_app(self) -> str | None:
        return tr("Choose an app first.") if self._tab.app is None else None

    def _start_reason(self) -> str | None:
        return self._no_app() or change_reason(self._desk.store)

    def _nothing(self) -> str | None:
        log = self._tab.log
        return None if log is not None and log.rows else tr("Nothing was heard yet.")

    def _no_request(self) -> str | None:
        row = self._tab.app
        if row is not None and not row.redirect_uris:
            return tr("This app signs nobody in.")
        return self._no_app() or (tr("Not connected yet.") if self._desk.client is None else None)

    # ------------------------------------------------------------------ what

    def _copy_command(self) -> None:
        row = self._tab.app
        if row is not None:
            self._copy(command(self._desk, row.client_id))

    def _copy_request(self) -> None:
        row, client = self._tab.app, self._desk.client
        if row is not None and client is not None and row.redirect_uris:
            self._copy(sample_request(row, client.base_url))

    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._tab.tell(tr("Copied."), text)

    def _export(self) -> None:
        row = self._tab.app
        if row is None:
            return
        home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.HomeLocation)
        files = QFileDialog(self._host, tr("Save what was watched"), home, tr("Markdown (*.md)"))
        files.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        files.selectFile("watch.md")
        files.fileSelected.connect(self.save_to)
        files.finished.connect(files.deleteLater)
        files.open()

    def save_to(self, path: str) -> None:
        """Write the file, and say where it is or why it is not."""
        log, row = self._tab.log, self._tab.app
        if log is None or row is None:
            return
        connection = self._desk.connection
        text = markdown(log, row, connection.host, self._desk.now(), demo=connection.demo)
        try:
            Path(path).write_text(text, encoding="utf-8")
        except OSError as error:
            words = problems.explain(error)
            self._tab.tell(words.what, words.rest, "bad")
        else:
            self._tab.tell(tr("Saved to {path}.", path=path))


def sample_request(row: AppRow, base_url: str) -> str:
    """Return an authorization request as a client of ``row`` makes it."""
    asked = {
        "response_type": "code", "client_id": row.client_id, "redirect_uri": row.redirect_uris[0],
        "scope": " ".join(row.scopes), "state": "watched", "code_challenge": _CHALLENGE,
        "code_challenge_method": "S256",
    }  # fmt: skip
    return f"{base_url}/oauth/authorize?{urlencode(asked)}"
