"""The flow tester's page: what is tested, by which browser, and the tabs that look at it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from bcdesk.ui import access, problems
from bcdesk.ui.commands import Context
from bcdesk.ui.flow import target as targets
from bcdesk.ui.flow.commands import page_commands
from bcdesk.ui.flow.flow_head import FlowHead
from bcdesk.ui.flow.page_asks import Asks
from bcdesk.ui.flow.run_tab import RunTab
from bcdesk.ui.flow.words import cookies_words, title
from bcdesk.ui.page.notices import Notices
from bcdesk.ui.page.undo import UndoBar
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Label

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QShowEvent

    from bcdesk.contract.rows import AppRow
    from bcdesk.flow.trace import Hop
    from bcdesk.store.store import Change
    from bcdesk.ui.commands import Registry
    from bcdesk.ui.desk import Desk
    from bcdesk.ui.flow.session import Session, Way
    from bcdesk.ui.flow.target import Target
    from bcdesk.ui.problems import Words

_TABS: Final = {
    "checks": ("bcdesk.ui.flow.checks_tab", "ChecksTab"),
    "lab": ("bcdesk.ui.flow.lab_tab", "LabTab"),
    "watch": ("bcdesk.ui.flow.watch_tab", "WatchTab"),
}
"""The tabs that are imported when somebody first goes to them."""


class FlowPage(QWidget):
    """Chooses what is tested and hands it to the tabs; ``app_changed`` tells them, ``said`` what just happened."""

    app_changed = Signal()
    said = Signal(str, str)
    app_wanted = Signal(str)
    """The person wants to see this application in its own page."""

    def __init__(self, desk: Desk, registry: Registry, parent: QWidget | None = None) -> None:
        """Follow the applications of the desk's store, and add the page's commands to ``registry``."""
        super().__init__(parent)
        self.setObjectName("page")
        self.setAccessibleName(title())
        self.desk, self._registry = desk, registry
        self.target: Target | None = None
        self.foreign: Target | None = None
        self.tabs: dict[str, QWidget] = {}
        registry.add(*page_commands(self), page="flow")
        registry.set_context(self.context, "flow")
        self.undo = UndoBar(desk.now, self)
        self.notices = Notices(registry, (), self)
        self.disk = Label("", "secondary", tone="muted", name="flow_disk", parent=self)
        """For the window's last line: what of a run is kept, which is nothing."""
        self.disk.hide()
        self.runs = RunTab(desk, registry, self)
        self.asks = Asks(self)
        self.head = FlowHead(registry)
        self.stack = QStackedWidget()
        self.stack.setObjectName("panel")
        self.stack.addWidget(self.runs)
        self.tabs["run"] = self.runs
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.head, self.notices):
            column.addWidget(part)
        column.addWidget(self.stack, 1)
        column.addWidget(self.undo)
        self.setFocusProxy(self.head.target)
        self.head.target.chosen.connect(self._choose)
        self.head.way.chosen.connect(self.use_way)
        self.head.tabs.chosen.connect(self.show_tab)
        self.runs.state_changed.connect(self.refresh_head)
        self._stop_listening = desk.store.listen(self._store_changed)
        self._follow_store()

    # ------------------------------------------------------------------ what is tested

    @property
    def app_id(self) -> str | None:
        """Return the application that is tested, None where it is a client of another server."""
        return self.target.app_id if self.target is not None else None

    @property
    def session(self) -> Session | None:
        """Return the runs that are shown."""
        return self.runs.session if hasattr(self, "runs") else None  # buttons ask before it is built

    def test_app(self, app_id: str) -> None:
        """Go to the runs of an application, filled from its registration."""
        self._choose(app_id)
        self.show_tab("run")

    def show_run_with(self, redirect_uri: str) -> None:
        """Go to the run tab with ``redirect_uri`` for the next run."""
        self.show_tab("run")
        self.runs.setup.put("redirect_uri", redirect_uri)

    def _choose(self, key: str) -> None:
        if key == targets.ISSUER and self.foreign is None:
            self.asks.ask_issuer()
            return
        self.take(self.foreign if key == targets.ISSUER else self._of(self.desk.store.apps.get(key)))

    def _of(self, row: AppRow | None) -> Target | None:
        client = self.desk.client
        issuer = client.base_url if client is not None else f"http://{self.desk.connection.host}"
        return targets.of_app(row, issuer.rstrip("/")) if row is not None else None

    def take(self, target: Target | None) -> None:
        """Test ``target`` from now on."""
        moved = (target.key if target is not None else None) != (self.target.key if self.target is not None else None)
        self.target = target
        self.runs.show_target(target)
        self.refresh_head()
        if moved:
            self.app_changed.emit()

    def _store_changed(self, change: Change) -> None:
        if change.apps or change.link or change.session:
            self._follow_store()

    def _follow_store(self) -> None:
        """Keep what is tested as it is registered now; choose the first application once there are any."""
        apps = self.desk.store.apps
        if self.target is None or (self.target.app_id is not None and self.target.app_id not in apps):
            known = sorted(apps.values(), key=lambda row: (row.type == "service", row.name.casefold()))
            self.take(self._of(known[0]) if known else self.foreign)
        elif self.target.app_id is not None:
            fresh = self._of(apps[self.target.app_id])
            if fresh != self.target:
                self.take(fresh)
        self.runs.refresh()
        self.refresh_head()

    def refresh_head(self) -> None:
        """Show what is chosen and what runs, and ask every command again."""
        self.head.show_state(self.desk.store, self.target, self.foreign, self.session, asking=self.runs.asking)
        self._registry.refresh()
        self._say_disk()

    def _say_disk(self) -> None:
        session = self.session
        shown = self.isVisible() and session is not None and session.number > 0
        if shown and session is not None:
            cookies = cookies_words(session.cookies)
            self.disk.setText(tr("Nothing of this run is kept on disk · {cookies}", cookies=cookies))
        self.disk.setVisible(shown and self.disk.parent() is not self)

    def nothing_words(self) -> tuple[str, str]:
        """Say why there is nothing to test."""
        store = self.desk.store
        other = tr("Any other server can be tested meanwhile: choose “Any issuer…”.")
        if store.link.state == "online":
            return tr("No application to test yet"), tr("Register one in OAuth apps, or choose “Any issuer…”.")
        if store.link.state in ("starting", "loading"):
            return tr("The server is starting…"), other
        words = problems.explain(store.link.error) if store.link.error is not None else None
        why = access.link_reason(store) or tr("The server cannot be reached.")
        return words.what if words is not None else why, other

    # ------------------------------------------------------------------ tabs

    def show_tab(self, key: str) -> None:
        """Show a tab, made when somebody first goes there."""
        if key not in self.tabs:
            module, name = _TABS[key]
            made = getattr(import_module(module), name)(self.desk, self._registry, self)
            self.tabs[key] = made
            self.stack.addWidget(made)
        self.head.tabs.choose(key)
        self.stack.setCurrentWidget(self.tabs[key])
        self.head.set_running_shown(key == "run")

    # ------------------------------------------------------------------ what commands do

    def context(self) -> Context:
        """Return the application that is tested."""
        return Context(self.app_id, self)

    def run(self) -> None:
        """Start a run."""
        self.show_tab("run")
        self.runs.acts.run()

    def run_reason(self) -> str | None:
        """Return why nothing can be run now, or None."""
        return self.runs.acts.run_reason()

    def cancel(self) -> None:
        """Cancel what is under way."""
        self.runs.acts.cancel()

    def cancel_reason(self) -> str | None:
        """Return why there is nothing to cancel, or None."""
        running = self.session is not None and self.session.running
        return None if running or self.runs.asking else tr("Nothing is running.")

    def focus_target(self) -> None:
        """Put the focus into the search for what to test."""
        self.head.target.setFocus(Qt.FocusReason.ShortcutFocusReason)
        line = self.head.target.lineEdit()
        if line is not None:
            line.selectAll()

    def use_way(self, way: Way) -> None:
        """Choose the browser of the next run."""
        if self.session is not None:
            self.session.way = way
        self.head.way.choose(way)
        if self.runs.asking == "cannot":
            self.runs.acts.cancel()
        self.refresh_head()

    def keep_sign_in(self) -> None:
        """Keep the browser's sign-in for the next run of this client, or no longer."""
        if self.session is not None:
            self.session.keep_sign_in = not self.session.keep_sign_in

    def forget_sign_ins(self) -> None:
        """Forget what browsers kept."""
        if self.runs.acts.sign_ins is not None:
            self.runs.acts.sign_ins.forget()
        self.said.emit(tr("No sign-in is kept."), "ok")

    def show_field(self, name: str) -> None:
        """Put the focus into a field of the setup."""
        self.show_tab("run")
        self.runs.setup.show_field(name)

    def shown_hop(self) -> Hop | None:
        """Return the step that is shown."""
        return self.session.hop(self.session.chosen) if self.session is not None else None

    def copy_curl(self) -> None:
        """Copy the step that is shown."""
        hop = self.shown_hop()
        if self.session is not None and hop is not None:
            self.runs.exports.copy_curl(self.session, hop)

    def copy_command(self) -> None:
        """Copy the run as a command line."""
        if self.session is not None:
            self.runs.exports.copy_command(self.session)

    def save(self, kind: str) -> None:
        """Save the run."""
        if self.session is not None:
            self.runs.exports.save(self.session, kind)

    def show_app(self) -> None:
        """Go to the application in OAuth apps."""
        if self.app_id is not None:
            self.app_wanted.emit(self.app_id)

    # ------------------------------------------------------------------ problems, and the end

    def tell(self, error: BaseException) -> None:
        """Say an error that no dialog is there for."""
        self.notices.tell(self.explain(error))

    def explain(self, error: BaseException) -> Words:
        """Put an error into words."""
        return problems.explain(error)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh_head()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.disk.hide()

    def close_down(self) -> None:
        """End every run, and stop listening."""
        self._stop_listening()
        self.runs.close_down()
        if self.runs.acts.sign_ins is not None:
            self.runs.acts.sign_ins.forget()
        self.undo.dismiss()
        for tab in self.tabs.values():
            if tab is not self.runs and hasattr(tab, "close_down"):
                tab.close_down()
