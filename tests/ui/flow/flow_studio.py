"""The flow tester in its window on a real server process, and a person who walks through the pages of a sign-in."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from bcdesk.contract.rows import AppRow
from bcdesk.ui.flow.page import FlowPage
from bcdesk.ui.flow.session import Session
from bcdesk.ui.rail import Page
from bcdesk.ui.tasks import TaskScope
from tests.e2e.oauth.walking import consent
from tests.ui.applications.app_studio import AppStudio
from tests.ui.keys.studio import Served, until


class FlowStudio(AppStudio):
    """A desk whose window shows the flow tester; its system browser is `walk`."""

    def __init__(self, served: Served, token: str, scope: TaskScope, folder: Path, *, now: Callable[[], float]) -> None:
        """Build it all, offline until `connect`."""
        super().__init__(served, token, scope, folder, now=now)
        self.flow = FlowPage(self.desk, self.registry)
        self.window.add_page(Page("flow", "Flow tester", "flow", self.flow))
        self.window.status.add_slot(self.flow.disk)
        self.apps.verbs.test = self._test
        self.opened: list[str] = []
        self.bring: Callable[[str], str] | None = None
        """Turns the address that the sign-in led to into the one that comes back; None leaves the browser open."""
        self.flow.runs.acts.opener = self._open

    def _test(self, app_id: str) -> None:
        self.window.go("flow")
        self.flow.test_app(app_id)

    def _open(self, url: str) -> bool:
        self.opened.append(url)
        if self.bring is not None:
            self.desk.scope.start(self._walk(url, self.bring), name="a person")
        return True

    async def _walk(self, url: str, bring: Callable[[str], str]) -> None:
        landed = bring(await asyncio.to_thread(consent, url))
        self.flow.runs.runner.offer(self.session, landed, via="paste")

    @property
    def session(self) -> Session:
        """Return the runs that are shown."""
        assert self.flow.session is not None
        return self.flow.session

    def test(self, row: AppRow) -> None:
        """Go to the runs of an application, by the system browser."""
        self.apps.verbs.test(row.id)  # type: ignore[misc]
        self.flow.use_way("system")

    async def run(self, bring: Callable[[str], str] | None = lambda landed: landed, *, hand: bool = True) -> None:
        """Press *Run*, and bring the address by hand where nothing listens."""
        self.bring = bring
        self.window.activateWindow()  # as a window manager does once a dialog is gone
        await until(self.window.isActiveWindow, "the keyboard")
        QTest.keyClick(self.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
        if hand and self.flow.runs.asking == "cannot":
            self.press_in("cannot.by_hand")

    def press_in(self, name: str) -> None:
        """Click a button of the page."""
        from tests.ui.keys.studio import press

        press(self.flow, name)

    async def over(self) -> None:
        """Wait until the run is over and our server was asked."""
        await until(lambda: self.session.run is not None and not self.session.running, "the end of the run")
        await self.asked()

    async def asked(self) -> None:
        """Wait until nothing but the lives of runs is under way."""
        lives = {f"flow {part}{key}" for key in self.flow.runs.runner.sessions for part in ("", "watch ")}
        await until(lambda: not set(self.desk.scope.names) - lives - {"callers"}, "the end of tasks")

    def names(self) -> list[str]:
        """Return the steps of the run that is shown."""
        return [hop.name for hop in self.session.hops]

    def hop(self, name: str) -> Any:
        """Return the last step of that name."""
        return [hop for hop in self.session.hops if hop.name == name][-1]

    async def close(self) -> None:
        """Take everything down, with every task."""
        self.flow.close_down()
        await super().close()
