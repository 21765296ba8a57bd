"""Owns every run with its browser or listener: one task for each, from its start until it is put away."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from bcdesk.flow.failures import Failure, FlowError, Reason
from bcdesk.flow.values import Phase
from bcdesk.ui import imports
from bcdesk.ui.flow.session import Session
from bcdesk.ui.flow.target import can_listen
from bcdesk.ui.flow.trace_asker import TraceAsker

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from bcdesk.actions.flow import Minted
    from bcdesk.flow.callback import Verdict
    from bcdesk.flow.front import Via
    from bcdesk.flow.held import Held
    from bcdesk.flow.trace import Hop
    from bcdesk.ui.desk import Desk

HEAVY: Final = ("bcdesk.flow.wire", "bcdesk.flow.run", "bcdesk.flow.loopback", "anyio._backends._asyncio")
"""What a run needs, imported in a thread before the first one."""
PAINTED_MS: Final = 250


class FlowRunner(QObject):
    """Starts, follows and ends runs; ``changed`` names the session of which anything moved, ``moved`` the hop too."""

    changed = Signal(str)
    moved = Signal(str, int)
    system_wanted = Signal(str)
    """The embedded browser cannot go on, and the person asked for the other one."""

    def __init__(
        self,
        desk: Desk,
        make_browser: Callable[[Session], Any],
        open_system: Callable[[str], bool],
        parent: QObject | None = None,
    ) -> None:
        """Open pages in what ``make_browser`` makes for a session, or by ``open_system``."""
        super().__init__(parent)
        self._desk, self._make_browser, self._open_system = desk, make_browser, open_system
        self._asker = TraceAsker(desk, self.changed.emit, self.moved.emit)
        self.sessions: dict[str, Session] = {}

    # ------------------------------------------------------------------ from start to end

    def start(self, session: Session, *, secret: Held | None = None, minted: Minted | None = None) -> None:
        """Begin a run with what ``session`` asks for now; the one before it is put away first."""
        before, session.over = session.task, asyncio.Event()
        if before is not None:
            before.cancel()
        session.task = None
        session.number += 1
        session.starting = True
        name = f"flow {session.key}"
        session.task = self._desk.scope.start(self._life(session, before, secret, minted), name=name)
        session.task.add_done_callback(lambda task: self._left_unrun(session, task, secret, minted))
        self.changed.emit(session.key)

    def _left_unrun(
        self, session: Session, task: asyncio.Task[Any], secret: Held | None, minted: Minted | None
    ) -> None:
        """Tidy up after a run that was cancelled before its first step."""
        if session.task is task and session.starting:
            session.starting = False
            self.changed.emit(session.key)
        if minted is not None and not minted.secret.spent:
            self._desk.scope.start(self._end_secret(session, minted), name="flow secret")
        elif secret is not None:
            secret.discard()

    def cancel(self, session: Session) -> None:
        """End the run where it stands; its steps stay on screen."""
        run = session.run
        if run is not None and session.running and not session.starting:
            run.cancel()
            self.changed.emit(session.key)
        elif session.task is not None and session.running:
            session.task.cancel()

    def put_away(self, session: Session) -> None:
        """Forget the tokens of a run that is over, and delete a secret that was made for it."""
        session.over.set()

    async def _life(
        self, session: Session, before: asyncio.Task[Any] | None, secret: Held | None, minted: Minted | None
    ) -> None:
        over, mine = session.over, False
        try:
            if before is not None:
                await asyncio.wait([before])
            self._reset(session)
            mine = True
            await self._flow(session, secret)
            await over.wait()
        finally:
            if not mine:
                session.starting = False
            else:
                await self._close_front(session)
                if session.run is not None:
                    await session.run.aclose()
            if minted is not None:
                await self._end_secret(session, minted)
            self.changed.emit(session.key)

    def _reset(self, session: Session) -> None:
        session.starting = False
        session.run = session.listener = session.failure = None
        session.ran = session.values
        session.held_url = session.url = session.trace_problem = session.busy_step = session.secret_left = ""
        session.handed_over = session.not_opened = False
        session.picture = session.answered_at = session.chosen = None
        session.followed, session.cookies, session.page_status = True, 0, 0
        self.changed.emit(session.key)

    async def _flow(self, session: Session, secret: Held | None) -> None:
        try:
            await imports.load(*HEAVY)
            await self._steps(session, secret)
        except FlowError as error:
            if session.run is None or session.run.failure is None:
                session.failure = Failure(error.reason, 0, error.facts)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if (
                session.run is None
                or session.run.phase is not Phase.CANCELLED
                or (task is not None and task.cancelling())
            ):
                raise  # else it is the run that was cancelled, whose steps stay on screen
        finally:
            if not session.handed_over:
                await self._close_front(session)
            self._ask(session)
            self.changed.emit(session.key)

    async def _steps(self, session: Session, secret: Held | None) -> None:
        from bcdesk.flow.loopback import Listener
        from bcdesk.flow.run import Run

        setup = session.target.setup(session.values)
        if session.way == "system" and can_listen(setup.redirect_uri):
            session.listener = Listener(setup.redirect_uri, lambda url, *, via: self.offer(session, url, via=via))
            await session.listener.start()
            setup = replace(setup, redirect_uri=session.listener.redirect_uri)
        run = session.run = Run(setup, secret=secret)
        run.listen(lambda *_: self.changed.emit(session.key))
        run.trace.listen(lambda hop: self._hop_moved(session, hop))
        session.url = await run.prepare()
        self._open(session)
        watching = self._desk.scope.start(self._asker.watch(session), name=f"flow watch {session.key}")
        try:
            await run.callback()
            await self._close_front(session)
        finally:
            watching.cancel()
        await run.go_on()

    async def _end_secret(self, session: Session, minted: Minted) -> None:
        from bcdesk.actions.flow import end_minted_secret

        client, app_id = self._desk.client, session.target.app_id
        ended = (
            client is not None
            and app_id is not None
            and await end_minted_secret(client=client, store=self._desk.store, app_id=app_id, minted=minted)
        )
        minted.secret.discard()
        session.secret_left = "" if ended else minted.last4

    # ------------------------------------------------------------------ the front channel

    def _open(self, session: Session) -> None:
        setup = session.target.setup(session.values)
        if session.way == "embedded":
            browser = session.browser = self._make_browser(session)
            browser.captured.connect(lambda url: self.offer(session, url, via="browser"))
            browser.page_loaded.connect(lambda url, title: self._page(session, url, title, ok=True))
            browser.page_failed.connect(lambda url, *_rest: self._page(session, url, "", ok=False))
            browser.held.connect(lambda url: self._note(session, held_url=url, answered_at=self._desk.now()))
            browser.certificate_problem.connect(lambda *facts: self._certificate(session, facts))
            browser.cookies_changed.connect(lambda number: self._note(session, cookies=number))
            browser.page_status.connect(lambda _url, status: self._note(session, page_status=status))
            browser.system_browser_wanted.connect(lambda: self.system_wanted.emit(session.key))
            browser.open(session.url, setup.redirect_uri, setup.tls)
        else:
            session.not_opened = not self._open_system(session.url)
        self.changed.emit(session.key)

    def offer(self, session: Session, url: str, *, via: Via) -> Verdict:
        """Give the run what came back; one that is not its own leaves it waiting."""
        assert session.run is not None, "an answer before there is a run"  # noqa: S101
        self._take_picture(session)
        verdict = session.run.offer(url, via=via)
        session.answered_at = self._desk.now()
        self.changed.emit(session.key)
        return verdict

    def use_held(self, session: Session) -> None:
        """Take the answer that is held before its page loads."""
        url, session.held_url = session.held_url, ""
        if url and session.running:
            self.offer(session, url, via="browser")

    def let_through(self, session: Session) -> None:
        """Hand the answer over to the page that it is meant for; this run ends without tokens."""
        session.held_url, session.handed_over = "", True
        if session.browser is not None:
            session.browser.let_through()
        if session.run is not None:
            session.run.cancel()
        self.changed.emit(session.key)

    def _note(self, session: Session, **facts: object) -> None:
        for name, value in facts.items():
            setattr(session, name, value)
        self.changed.emit(session.key)

    def _page(self, session: Session, url: str, title: str, *, ok: bool) -> None:
        if session.run is None or not session.running:
            return
        session.run.page(url, title=title, ok=ok)
        session.page_status = 0
        session.answered_at = self._desk.now()
        browser = session.browser
        if browser is not None:  # what is loaded is painted a moment later; the browser's end ends the wait
            QTimer.singleShot(PAINTED_MS, browser, lambda: self._take_picture(session))
        self._ask(session)
        self.changed.emit(session.key)

    def _certificate(self, session: Session, facts: tuple[object, ...]) -> None:
        names = ("host", "reason")
        told = {name: str(value) for name, value in zip(names, facts, strict=False)}
        if session.run is not None and session.running:
            session.run.fail(Failure(Reason.BROWSER_CERTIFICATE, 0, told))

    def _take_picture(self, session: Session) -> None:
        browser = session.browser
        if browser is not None and browser.isVisible():
            session.picture = browser.stack.grab()
            self.changed.emit(session.key)

    async def _close_front(self, session: Session) -> None:
        browser, session.browser = session.browser, None
        listener, session.listener = session.listener, None
        if browser is not None:
            browser.close_down()
            browser.hide()
            browser.deleteLater()
            session.cookies = 0
        if listener is not None:
            await listener.close()

    def _hop_moved(self, session: Session, hop: Hop) -> None:
        self.moved.emit(session.key, hop.id)
        if hop.ok is not None and hop.name != "prepare":
            self._ask(session)

    def _ask(self, session: Session) -> None:
        self._asker.ask(session)

    # ------------------------------------------------------------------ with the tokens

    def step(self, session: Session, name: str, **arguments: str) -> None:
        """Take a step with the tokens: refresh, introspect, userinfo, call or revoke."""
        run = session.run
        if run is None or session.busy_step or run.tokens is None:
            return
        session.busy_step = name
        self._desk.scope.start(self._step(session, getattr(run, name)(**arguments)), name=f"flow step {session.key}")
        self.changed.emit(session.key)

    async def _step(self, session: Session, step: Coroutine[Any, Any, object]) -> None:
        try:
            await step
        except FlowError:
            pass  # it stands in its hop
        finally:
            session.busy_step = ""
            session.followed = True
            self._ask(session)
            self.changed.emit(session.key)

    def close_down(self) -> None:
        """Let every run end; the tasks themselves are the desk's to await."""
        for session in self.sessions.values():
            session.over.set()
            if session.task is not None:
                session.task.cancel()
