"""The dialog of *Check for updates*: asks, says what came of it, and leaves the download to the browser."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bcdesk.ui import imports, times
from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.updates_words import check_words
from bcdesk.ui.widgets import Banner, Button, Facts, Label, TextEdit, announce

if TYPE_CHECKING:
    import asyncio

    from bcdesk.actions.updates import Release
    from bcdesk.client.releases import Download
    from bcdesk.ui.updates import Updates

_HEAVY: Final = ("bcdesk.client.releases", "bcdesk.actions.updates")
_MIB: Final = 2**20
_LINES: Final = (2, 9)
_WIDE: Final = 75


class UpdatesDialog(Dialog):
    """Has no outcome; leaving it ends the check."""

    def __init__(self, parent: QWidget, updates: Updates) -> None:
        """Begin by asking nothing; `begin` asks."""
        super().__init__(parent, tr("Check for updates"), name="updates", width=560)
        self._updates = updates
        self._task: asyncio.Task[Any] | None = None
        self._download: Download | None = None
        self.lead = Label("", "body", wrap=True, name="updates_lead")
        self.warning = Banner("warn", name="updates_warning")
        self.news_place = QWidget()
        self.news_place.setObjectName("updates_news_place")
        self.news = TextEdit("", lines=_LINES[0], name="updates_news")
        self.news.setAccessibleName(tr("What is new"))
        self.news.setReadOnly(True)
        column = QVBoxLayout(self.news_place)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addWidget(Label(tr("What is new"), "section", name="updates_news_title"))
        column.addWidget(self.news)
        self.facts = Facts(label_width=80)
        self.facts.setObjectName("updates_facts")
        self.facts.add("file", tr("File"), "")
        self.facts.add("size", tr("Size"), "")
        self.facts.add("sha256", tr("SHA-256"), "", mono=True)
        self.hint = Label("", "muted", wrap=True, name="updates_hint")
        for part in (self.lead, self.warning, self.news_place, self.facts, self.hint):
            self.add(part)
        self.copy = Button(tr("Copy the SHA-256"), name="updates.copy", on_click=self._copy)
        self.add_button(self.copy, left=True)
        self.leave = self.add_leave(tr("Close"))
        self.again = Button(tr("Check again"), "primary", name="updates.again", on_click=self.begin)
        self.add_button(self.again)
        self.get = Button(tr("Download in the browser"), "primary", name="updates.open", on_click=self._open)
        self.add_button(self.get)
        self.finished.connect(lambda _result: self._end_task())
        self._clear()

    def begin(self) -> None:
        """Ask the address for its release note."""
        self._end_task()
        self._clear()
        self.show_problem("")
        host = urlsplit(self._updates.address).netloc
        self.lead.setText(tr("This is bcdesk {version}.", version=self._updates.running))
        self.set_busy(tr("Asking {host} for its release note…", host=host), self._leave)
        self._task = self._updates.scope.start(self._check(), name="ask for updates", on_error=self._failed)

    async def _check(self) -> None:
        await imports.load(*_HEAVY)
        from bcdesk.actions.updates import check_for_updates, this_system

        updates = self._updates
        found = await check_for_updates(
            address=updates.address,
            keys=updates.build.keys,
            running=updates.running,
            seen=updates.choices.now.update_seen,
            now=time.time(),
            systems=this_system(),
        )
        updates.seen(found.note.version)
        self.set_busy(None)
        self._show(found)

    def _show(self, found: Release) -> None:
        note, running = found.note, self._updates.running
        facts = {"version": note.version, "day": times.day(note.released), "running": running}
        if found.newer:
            self._name(tr("bcdesk {version} is available", **facts))
            self.lead.setText(tr("Released {day}. This is {running}.", **facts))
        else:
            self._name(tr("This is the newest version"))
            self.lead.setText(tr("bcdesk {version}, released {day}. There is none after it.", **facts))
        if found.unsupported:
            old = tr("{running} is no longer supported.", running=running)
            self.warning.set_text(old, tr("Its faults are mended in newer versions alone. Install this one soon."))
        if found.newer and note.notes:
            self._tell_news(note.notes)
        if found.newer:
            self._offer(found.download)
        (self.get if self.get.isVisibleTo(self) else self.leave).setFocus()
        self.fit()
        announce(self.title)

    def _tell_news(self, text: str) -> None:
        least, most = _LINES
        self.news.setPlainText(text)
        lines = max(least, min(most, sum(1 + len(line) // _WIDE for line in text.split("\n"))))
        self.news.setFixedHeight(self.news.fontMetrics().lineSpacing() * lines + 24)
        self.news_place.show()

    def _offer(self, download: Download | None) -> None:
        self._download = download
        if download is None:
            self.hint.setText(tr("It has no file for this system. Ask there, or look where this version came from."))
            self.hint.show()
            return
        parts = urlsplit(download.url)
        name, host = parts.path.rpartition("/")[2] or parts.path, parts.netloc
        self.facts.set("file", tr("{name} at {host}", name=name, host=host), tip=download.url)
        self.facts.set("size", tr("{size:.1f} MB", size=download.size / _MIB), tip=tr("{n:,} bytes", n=download.size))
        self.facts.set("sha256", _in_groups(download.sha256))
        self.facts.show()
        self.hint.setText(
            tr("bcdesk installs nothing by itself: your browser downloads the file. Before you open it, compare its "
               "SHA-256 with the one above.")
        )  # fmt: skip
        self.hint.show()
        self.copy.show()
        self.get.show()
        self.set_default(self.get)

    def _open(self) -> None:
        from bcdesk.ui.flow.system_browser import open_address

        if self._download is None:
            return
        if open_address(self._download.url):
            self.show_problem(tr("Your browser has the address of the file."), tone="ok")
        else:
            QGuiApplication.clipboard().setText(self._download.url)
            here = tr("The address of the file is on the clipboard: open it in a browser.")
            self.show_problem(tr("Your browser did not open."), here, tone="warn")

    def _copy(self) -> None:
        if self._download is None:
            return
        QGuiApplication.clipboard().setText(self._download.sha256)
        self.show_problem(tr("The SHA-256 is on the clipboard."), tone="ok")

    def _failed(self, error: BaseException) -> None:
        words = check_words(error, self._updates.running)
        self.set_busy(None)
        self.again.show()
        self.set_default(self.again)
        self.show_problem(words.what, words.rest)
        self.again.setFocus()

    def _name(self, title: str) -> None:
        self.title.setText(title)
        self.setWindowTitle(title)
        self.setAccessibleName(title)

    def _clear(self) -> None:
        """Show nothing of an answer."""
        self._download = None
        self._name(tr("Check for updates"))
        self.warning.set_text("")
        for part in (self.news_place, self.facts, self.hint, self.copy, self.again, self.get):
            part.hide()
        self.set_default(None)

    def _leave(self) -> None:
        self._end_task()
        self.set_busy(None)
        self.reject()

    def _end_task(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None


def _in_groups(digest: str) -> str:
    """Write a digest so that two can be compared by eye."""
    groups = [digest[at : at + 16] for at in range(0, len(digest), 16)]
    return "\n".join(" ".join(groups[at : at + 2]) for at in range(0, len(groups), 2))
