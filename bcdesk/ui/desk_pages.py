"""The pages of the desk: built over its long-lived objects, put into the window, and led to from one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bcdesk.ui.applications.page import AppsPage
from bcdesk.ui.flow.page import FlowPage
from bcdesk.ui.keys.page import KeysPage
from bcdesk.ui.members.owners import sees_to_members
from bcdesk.ui.rail import Page
from bcdesk.ui.settings.page import SettingsPage
from bcdesk.ui.settings.sections import sections
from bcdesk.ui.text import tr
from bcdesk.ui.updates import Updates
from bcdesk.ui.updates_command import add_update_command

if TYPE_CHECKING:
    from bcdesk.store.store import Change
    from bcdesk.ui.choices import Choices
    from bcdesk.ui.commands import Registry
    from bcdesk.ui.desk import Desk
    from bcdesk.ui.main_window import MainWindow
    from bcdesk.ui.members.page import MembersPage
    from bcdesk.ui.offline_copy import OfflineCopy


class DeskPages:
    """Every page of the desk; what one page asks of another goes through here."""

    def __init__(self, desk: Desk, registry: Registry, window: MainWindow, choices: Choices, copy: OfflineCopy) -> None:
        """Build the pages and put each into ``window``, in place of its skeleton."""
        self._desk, self._store, self._registry, self._window = desk, desk.store, registry, window
        self._later = ""
        self.members: MembersPage | None = None
        """There once the desk was used by an owner, who alone sees it."""
        chosen = desk.settings
        self.keys = KeysPage(desk, registry)
        self.keys.restore_columns(chosen.columns)
        window.add_page(Page("keys", tr("API keys"), "key", self.keys))
        self.apps = AppsPage(desk, registry)
        self.apps.restore_columns(chosen.app_columns)
        window.add_page(Page("apps", tr("OAuth apps"), "apps", self.apps))
        self.flow = FlowPage(desk, registry)
        window.add_page(Page("flow", tr("Flow tester"), "flow", self.flow))
        self.updates = Updates(desk.scope, choices)
        add_update_command(registry, window, self.updates)
        self.settings = SettingsPage(registry, sections(desk, registry, choices, copy, self.updates))
        window.add_page(Page("settings", tr("Settings"), "settings", self.settings, foot=True))
        self.apps.verbs.test = self._test
        self.flow.app_wanted.connect(self._show_app)
        self.flow.said.connect(window.status.flash)
        window.status.add_slot(self.flow.disk)
        self._stop_listening = desk.store.listen(self._store_changed)
        self._follow_session()

    def open(self, page_id: str) -> None:
        """Show a page if it is one; that of the members as soon as the server said that they may be seen."""
        self._later = page_id if page_id == "members" and self.members is None else ""
        if self._window.offers(page_id):
            self._window.go(page_id)

    def columns(self) -> dict[str, str]:
        """Return the columns of each table as the settings name them; of a table that never was, nothing."""
        known = {"columns": self.keys.columns_text(), "app_columns": self.apps.columns_text()}
        return known if self.members is None else {**known, "member_columns": self.members.columns_text()}

    def tell(self, error: BaseException) -> None:
        """Tell of an error that nobody took, in the page that is shown."""
        pages = {"apps": self.apps.tell, "flow": self.flow.tell, "settings": self.settings.tell}
        if self.members is not None:
            pages["members"] = self.members.tell
        pages.get(self._registry.page, self.keys.tell)(error)

    def rotate(self, row_id: str) -> None:
        """Go on with a new version of a key, or with a new secret of an application."""
        if row_id in self._store.apps:
            self._window.go("apps")
            self.apps.verbs.new_secret(row_id)
        else:
            self._window.go("keys")
            self.keys.verbs.rotate(row_id)

    def busy(self) -> str | None:
        """Return why the connection cannot be left now, or None."""
        if any(session.running for session in self.flow.runs.runner.sessions.values()):
            return tr("A run of the flow tester is under way. Let it end, or cancel it first.")
        checks: Any = self.flow.tabs.get("checks")
        if checks is not None and any(suite.running for suite in checks.suites.values()):
            return tr("Checks of the flow tester are running. Let them end, or stop them first.")
        return None

    def forget(self) -> None:
        """Let go of what was shown of the connection that is left."""
        lists = (self.keys, self.apps, *(() if self.members is None else (self.members,)))
        for page in (*lists, self.flow):
            page.undo.dismiss()
            page.notices.forget()
        for one in lists:
            one.filters.reset()
            one.chosen_once = False
        self.flow.runs.forget()
        self.flow.take(self.flow.foreign)

    def close_down(self) -> None:
        """End what each page keeps running."""
        self._stop_listening()
        if self.members is not None:
            self.members.close_down()
        self.keys.close_down()
        self.apps.close_down()
        self.flow.close_down()
        self.settings.close_down()

    def _store_changed(self, change: Change) -> None:
        if change.session:
            self._follow_session()

    def _follow_session(self) -> None:
        """Have the members in the rail for an owner, and for nobody else."""
        wanted = sees_to_members(self._store)
        if self.members is not None:
            self._window.show_page("members", wanted)
        elif wanted:
            from bcdesk.ui.members.page import MembersPage

            self.members = MembersPage(self._desk, self._registry)
            self.members.restore_columns(self._desk.settings.member_columns)
            self._window.add_page(Page("members", tr("Members"), "people", self.members))
            if self._later and self._registry.page == next(iter(self._window.pages)):  # nobody went elsewhere since
                self._window.go("members")

    def _test(self, app_id: str) -> None:
        """Go to the flow tester with an application."""
        self._window.go("flow")
        self.flow.test_app(app_id)

    def _show_app(self, app_id: str) -> None:
        """Go to an application in its own page."""
        self._window.go("apps")
        self.apps.reveal_row(app_id)
