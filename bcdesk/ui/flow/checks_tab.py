"""The tab *Checks*: attacks and mistakes, run on a twin of the chosen app that is deleted after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from bcdesk.flow.checks.data import CHECKS
from bcdesk.ui import problems
from bcdesk.ui.access import change_reason, may_manage
from bcdesk.ui.flow.checks_bar import ChecksBar
from bcdesk.ui.flow.checks_commands import ChecksCommands
from bcdesk.ui.flow.checks_detail import CheckDetail
from bcdesk.ui.flow.checks_list import ChecksList
from bcdesk.ui.flow.checks_suite import Suite
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Banner, EmptyState

if TYPE_CHECKING:
    from collections.abc import Collection

    from bcdesk.flow.values import Setup
    from bcdesk.store.store import Change
    from bcdesk.ui.commands import Registry
    from bcdesk.ui.desk import Desk
    from bcdesk.ui.flow.page import FlowPage

NARROW: Final = 900
"""Width in pixels under which the chosen check stands beneath the list."""
LIST: Final = 420


class ChecksTab(QWidget):
    """Keeps what came of the checks of each client; a suite goes on while another client is shown."""

    def __init__(self, desk: Desk, registry: Registry, page: FlowPage, parent: QWidget | None = None) -> None:
        """Check what ``page`` has chosen, once that is asked for."""
        super().__init__(parent)
        self.setObjectName("checks")
        self.setAccessibleName(tr("Checks"))
        self._desk, self._registry, self._page = desk, registry, page
        self.suites: dict[str, Suite] = {}
        self._build()
        page.app_changed.connect(self._app_changed)
        self._deaf = desk.store.listen(self._store_changed)
        self.list.choose(CHECKS[0].id)
        self._app_changed()

    def close_down(self) -> None:
        """Listen no more, and end every suite; the tasks themselves are the desk's to await."""
        self._deaf()
        for suite in self.suites.values():
            suite.cancel()

    def _build(self) -> None:
        self.list = ChecksList()
        self.commands = ChecksCommands(self, self)
        self._registry.add(*self.commands.all(), page="flow")
        self.bar = ChecksBar(self._registry, self)
        self.note = Banner("info", name="checks_note")
        self._told = Banner("ok", name="checks_told")
        self.detail = CheckDetail(self._registry)
        self.list.chosen.connect(lambda _check_id: self.refresh())
        self.side = QStackedWidget()
        self.side.setObjectName("panel")
        self.side.addWidget(self.detail)
        self._split = QWidget()
        self._split.setObjectName("checks_split")
        self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._split)
        self._beside.setContentsMargins(0, 0, 0, 0)
        self._beside.setSpacing(0)
        self._beside.addWidget(self.list)
        self._beside.addWidget(self.side, 1)
        self.empty = EmptyState("", icon="apps")
        self.place = QStackedWidget()
        self.place.setObjectName("panel")
        self.place.addWidget(self._split)
        self.place.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.bar, self.note, self._told):
            column.addWidget(part)
        column.addWidget(self.place, 1)

    # ------------------------------------------------------------------ what it is about

    @property
    def _key(self) -> str:
        target = self._page.target
        return target.key if target is not None else ""

    @property
    def suite(self) -> Suite | None:
        """Return the checks of what is chosen; None before any was ever run."""
        return self.suites.get(self._key)

    @property
    def running(self) -> bool:
        """Tell whether a suite of what is chosen runs."""
        return self.suite is not None and self.suite.running

    @property
    def report_name(self) -> str:
        """Return what a report is headed by."""
        target, connection = self._page.target, self._desk.connection
        name = tr("Checks of {name} at {issuer}", name=target.name, issuer=target.issuer) if target is not None else ""
        return f"{name} ({tr('Pre-release demo')})" if connection.demo and self._page.app_id is not None else name

    def _setup(self) -> Setup | None:
        target, session = self._page.target, self._page.session
        if target is None:
            return None
        shown = session is not None and session.target.key == target.key
        return target.setup(session.values if session is not None and shown else target.registered)

    def _app_changed(self, *_: object) -> None:
        self.list.checks.show_suite(self.suite)
        self.tell("")
        self.refresh()

    def _store_changed(self, change: Change) -> None:
        if change.link or change.session or change.apps:
            self.refresh()

    # ------------------------------------------------------------------ running

    def run_reason(self) -> str | None:
        """Return why no check can be run now, or None."""
        if self._page.target is None:
            return tr("Choose an app first.")
        if self.running:
            return tr("The checks are running.")
        return change_reason(self._desk.store) if self._page.app_id is not None else None

    def run(self, only: Collection[str] | None) -> None:
        """Run all checks, or ``only`` these."""
        setup = self._setup()
        if setup is None or self.run_reason() is not None:
            return
        suite = self.suites.get(self._key)
        if suite is None:
            suite = self.suites[self._key] = Suite(self._desk, self._make_browser, self)
            suite.changed.connect(self._moved)
            suite.came.connect(lambda _check_id: self._moved())
        self.tell("")
        suite.start(setup, self._page.app_id, only)
        self.list.checks.show_suite(suite)
        self.refresh()

    def run_one(self) -> None:
        """Run the check that is chosen."""
        if self.list.value:
            self.run([self.list.value])

    def run_failed(self) -> None:
        """Run those again that failed."""
        if self.suite is not None:
            self.run(self.suite.failed)

    def cancel(self) -> None:
        """End the suite."""
        if self.suite is not None:
            self.suite.cancel()

    def _make_browser(self, _suite: Suite) -> Any:
        from bcdesk.ui.flow.browser import EmbeddedBrowser

        browser = EmbeddedBrowser(self._desk.scope, self.side)
        self.side.addWidget(browser)
        return browser

    # ------------------------------------------------------------------ showing

    def _moved(self) -> None:
        if self.sender() is None or self.sender() is self.suite or self.suite is None:
            self.list.checks.refresh()
        self.refresh()

    def tell(self, what: str, why: str = "", tone: str = "ok") -> None:
        """Say what was done; empty words take it away."""
        self._told.set_text(what, why, tone=tone)

    def refresh(self) -> None:
        """Say how it stands."""
        suite = self.suite
        self.bar.show_state(suite)
        if self.list.value:
            self.detail.show_check(self.list.value, suite)
        browser = suite.browser if suite is not None else None
        self.side.setCurrentWidget(browser if browser is not None else self.detail)
        self._say_note(suite)
        self._say_empty(suite)
        self._registry.refresh()

    def _say_note(self, suite: Suite | None) -> None:
        if suite is not None and suite.error is not None:
            words = problems.explain(suite.error)
            self.note.set_text(words.what, words.rest, tone="bad")
        elif suite is not None and suite.browser is not None:
            self.note.set_text(tr("Sign in to go on."), tr("The checks need a code, and this server asks for a "
                               "password. It goes to the server alone."), tone="info")  # fmt: skip
        elif suite is not None and suite.left_behind:
            why = tr("The server did not answer. They are deleted with the next checks, or in OAuth apps.")
            self.note.set_text(tr("The twins of the app are still registered."), why, tone="warn")
        elif suite is None or not suite.results:
            why = tr(
                "Two applications are registered for it, and deleted at the end. No token of your users is touched."
            )
            if self._page.app_id is None:
                why = tr("A client is registered for it where the server lets anybody do so; else only what the server "
                         "says of itself is checked.")  # fmt: skip
            self.note.set_text(tr("The app itself is not attacked: a twin of it is."), why, tone="info")
        else:
            self.note.set_text("")

    def _say_empty(self, suite: Suite | None) -> None:
        known = suite is not None and bool(suite.results or suite.running)
        if self._page.target is None:
            self.empty.set_text(tr("Choose an app"), tr("Then its checks can be run."))
        elif self._page.app_id is not None and not may_manage(self._desk.store) and not known:
            self.empty.set_text(
                tr("Checks need a manager"),
                tr("They register a twin of the app, which your role cannot. Ask an owner or a manager."),
            )
        else:
            self.place.setCurrentWidget(self._split)
            self.bar.show()
            return
        self.empty.set_icon("apps" if self._page.target is None else "lock")
        self.note.set_text("")
        self.bar.hide()
        self.place.setCurrentWidget(self.empty)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = event.size().width() < NARROW
        self._beside.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
        most = 16_777_215
        self.list.setMinimumSize(0 if narrow else LIST, 0)
        room = event.size().height() - self.bar.sizeHint().height()
        self.list.setMaximumSize(most if narrow else LIST, max(100, room * 2 // 5) if narrow else most)
