"""The way to a server by its address: with the session that this desk keeps for it, or none until somebody signs in."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from bcdesk.ui.ways.names import host_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from bcdesk.actions.sign_in import Session
    from bcdesk.store.connections import Connection
    from bcdesk.store.session_vault import SessionVault
    from bcdesk.store.store import Store
    from bcdesk.ui.tasks import TaskScope
    from bcdesk.ui.ways.way import Follower


class RemoteWay:
    """Signs in with what is kept; without that, or once it is refused, the link is ``signed_out``."""

    pid = 0
    """The server is no process of ours."""

    def __init__(
        self, record: Connection, follower: Follower, store: Store, scope: TaskScope, sessions: SessionVault | None
    ) -> None:
        """Prepare the way to the server of ``record``; without ``sessions`` no session is taken up."""
        self.session: Session | None = None
        """Who is signed in."""
        self._record = record
        self._follower, self._store, self._scope, self._sessions = follower, store, scope, sessions
        self._task: asyncio.Task[Any] | None = None
        self._over = False

    def start(self) -> None:
        """Take up the session that is kept."""
        self._go(self._take_up())

    def retry(self) -> None:
        """Take up the session again: the keyring may have opened since."""
        if self.session is None and (self._task is None or self._task.done()):
            self.start()

    async def sign_in(self, open_browser: Callable[[str], object]) -> Session:
        """Sign in by the browser, and go on with that; raise what `bcdesk.actions.sign_in.sign_in` raises."""
        from bcdesk.actions.sign_in import sign_in

        assert self._sessions is not None, "nothing keeps the session"  # noqa: S101
        session = await sign_in(
            connection=self._record, sessions=self._sessions, open_browser=open_browser, on_ended=self._ended
        )
        self._go(self._follow(session))
        return session

    async def sign_out(self) -> bool:
        """End the session here and there, wipe the offline copy, and return whether the server heard of it."""
        from bcdesk.actions.sign_in import sign_out

        assert self._sessions is not None, "nothing keeps the session"  # noqa: S101
        session, self.session = self.session, None
        await self._stop()
        await self._follower.leave_server()
        bearer = session.bearer if session is not None else None
        cache = self._follower.cache
        heard = await sign_out(connection=self._record, sessions=self._sessions, cache=cache, bearer=bearer)
        self._follower.forget()
        self._store.set_link(state="signed_out")
        return heard

    async def end(self) -> None:
        """Leave the server; the session is kept."""
        self._over = True
        await self._stop()

    def _go(self, coro: Coroutine[Any, Any, None]) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task = self._scope.start(coro, name="connection")

    async def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _take_up(self) -> None:
        await self._follower.before_contact()
        from bcdesk.actions.sign_in import resume
        from bcdesk.store.vault import VaultClosedError

        session = None
        if self._sessions is not None:
            with suppress(VaultClosedError):
                session = await resume(connection=self._record, sessions=self._sessions, on_ended=self._ended)
        if session is None:
            self._store.set_link(state="signed_out", error=None)
        else:
            await self._follow(session)

    async def _follow(self, session: Session) -> None:
        if self._store.link.state == "signed_out":
            self._store.set_link(state="cached" if self._store.link.as_of is not None else "starting", error=None)
        self.session = session
        await self._follower.follow(session.client(), host_of(self._record))

    def _ended(self) -> None:
        """Hear that the server ended the session, from within the request that it refused."""
        if not self._over:
            self._scope.start(self._leave(), name="signed out")

    async def _leave(self) -> None:
        self.session = None
        await self._follower.leave_server()
        if not self._over:  # else the store is another connection's by now
            self._store.set_link(state="signed_out", error=None)
