"""The checks of one client: what came of each, and the one suite that runs, in the desk's task scope."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal

from bcdesk.flow.checks.data import CHECKS
from bcdesk.flow.checks.model import NotRunError, Outcome, Why
from bcdesk.flow.values import SECONDS
from bcdesk.ui import imports

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from bcdesk.flow.checks.model import Result
    from bcdesk.flow.values import Setup
    from bcdesk.ui.desk import Desk

HEAVY: Final = ("bcdesk.client.client", "bcdesk.flow.wire", "bcdesk.flow.checks.runner", "anyio._backends._asyncio")


class Suite(QObject):
    """Runs checks of one client; ``changed`` tells that anything moved, ``came`` which check ended."""

    changed = Signal()
    came = Signal(str)

    def __init__(self, desk: Desk, make_browser: Callable[[Suite], Any], parent: QObject | None = None) -> None:
        """Have a person sign in by what ``make_browser`` makes, where a server asks for a password."""
        super().__init__(parent)
        self._desk, self._make_browser = desk, make_browser
        self.results: dict[str, Result] = {}
        self.wanted: tuple[str, ...] = ()
        """The checks of the suite that runs, or ran last."""
        self.now = ""
        """The check that is under way."""
        self.done = 0
        self.left_behind = False
        self.error: BaseException | None = None
        self.browser: Any = None
        self._task: asyncio.Task[Any] | None = None

    @property
    def running(self) -> bool:
        """Tell whether a suite runs; until its twins are deleted it does."""
        return self._task is not None

    def count(self, outcome: Outcome) -> int:
        """Count the checks that ended so."""
        return sum(result.outcome is outcome for result in self.results.values())

    @property
    def failed(self) -> tuple[str, ...]:
        """Name the checks that failed."""
        return tuple(result.check_id for result in self.results.values() if result.outcome is Outcome.FAILED)

    def start(self, setup: Setup, app_id: str | None, only: Collection[str] | None = None) -> None:
        """Run all checks, or ``only`` these, against what ``setup`` names."""
        if self.running:
            return
        self.wanted = tuple(check.id for check in CHECKS if only is None or check.id in only)
        for check_id in self.wanted:
            self.results.pop(check_id, None)
        self.done, self.now, self.left_behind, self.error = 0, "", False, None
        self._task = self._desk.scope.start(self._life(setup, app_id), name="flow checks", on_error=self._broke)
        self.changed.emit()

    def cancel(self) -> None:
        """End the suite: what did not run is told as such, and the twins are deleted."""
        if self._task is not None:
            self._task.cancel()

    async def _life(self, setup: Setup, app_id: str | None) -> None:
        wire = None
        try:
            await imports.load(*HEAVY)
            from bcdesk.flow.checks.runner import Context, run_checks
            from bcdesk.flow.wire import Wire

            wire = Wire(setup.tls)
            app = self._desk.store.apps.get(app_id) if app_id is not None else None
            context = Context(setup, wire, app, self._desk.client if app is not None else None, now=self._desk.now)
            context.browse = lambda url, redirect_uri: self._browse(url, redirect_uri, setup)
            try:
                await run_checks(context, only=self.wanted, on_start=self._started, on_result=self._ended)
            finally:
                self.left_behind = context.left_behind
        finally:
            if wire is not None:
                await wire.aclose()
            self._task, self.now = None, ""
            self.changed.emit()

    def _started(self, check_id: str) -> None:
        self.now = check_id
        self.changed.emit()

    def _ended(self, result: Result) -> None:
        self.results[result.check_id] = result
        self.done += 1
        self.came.emit(result.check_id)

    def _broke(self, error: BaseException) -> None:
        self.error = error
        self.changed.emit()

    async def _browse(self, url: str, redirect_uri: str, setup: Setup) -> str:
        """Have a person sign in in the embedded browser, and return where that leads."""
        from bcdesk.ui.flow.browser import browser_missing

        missing = browser_missing()
        if missing is not None:
            raise NotRunError(Why.SIGN_IN, missing)
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        def landed(found: str) -> None:
            if not answer.done():
                answer.set_result(found)

        def failed(_url: str, reason: str) -> None:
            if not answer.done():
                answer.set_exception(NotRunError(Why.UNEXPECTED_PAGE, reason))

        browser = self.browser = self._make_browser(self)
        browser.captured.connect(landed)
        browser.held.connect(landed)
        browser.page_failed.connect(failed)
        self.changed.emit()
        browser.open(url, redirect_uri, setup.tls)
        try:
            async with asyncio.timeout(SECONDS):
                return await answer
        except TimeoutError:
            raise NotRunError(Why.SIGN_IN) from None
        finally:
            self.browser = None
            browser.close_down()
            browser.hide()
            browser.deleteLater()
            self.changed.emit()
