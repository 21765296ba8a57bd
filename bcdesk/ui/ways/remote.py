"""The way to a server by its address: with the session that this desk keeps for it, or none until somebody signs in."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from bcdesk.ui.ways.names import host_of

if TYPE_CHECKING:
    from bcdesk.client.session_bearer import SessionBearer
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
        """Prepare the way to the server of ``record``; without ``sessions`` nobody is ever signed in."""
        self._record = record
        self._follower, self._store, self._scope, self._sessions = follower, store, scope, sessions
        self._task: asyncio.Task[Any] | None = None
        self._ended = False

    def start(self) -> None:
        """Take up the session that is kept."""
        self._go(self._take_up())

    def retry(self) -> None:
        """Take up the session again, which somebody may have unlocked or begun since."""
        if self._task is None or self._task.done():
            self.start()

    def signed_in(self, bearer: SessionBearer) -> None:
        """Go on with the session that has just begun."""
        self._go(self._follow(bearer))

    async def end(self) -> None:
        """Leave the server; the session is kept."""
        self._ended = True
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def _go(self, coro: Any) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task = self._scope.start(coro, name="connection")

    async def _take_up(self) -> None:
        await self._follower.before_contact()
        from bcdesk.client.session_bearer import SessionBearer

        refresh = await self._kept()
        if refresh is None:
            self._store.set_link(state="signed_out", error=None)
            return
        await self._follow(SessionBearer(refresh, keep=self._keep, on_ended=self.on_ended))

    async def _kept(self) -> str | None:
        from bcdesk.store.vault import VaultClosedError

        if self._sessions is None:
            return None
        try:
            kept = await self._sessions.load(self._record.id)
        except VaultClosedError:
            return None
        return kept.take() if kept is not None else None

    async def _keep(self, refresh: str) -> None:
        if self._sessions is not None:
            await self._sessions.save(self._record.id, refresh)

    async def _follow(self, bearer: SessionBearer) -> None:
        from bcdesk.client.client import Client
        from bcdesk.client.tls import TlsOptions
        from bcdesk.client.transport import Transport

        one = self._record
        tls = TlsOptions(one.ca_bundle, one.client_certificate, one.client_key, one.proxy)
        if self._store.link.state == "signed_out":
            self._store.set_link(state="cached" if self._store.link.as_of is not None else "starting", error=None)
        await self._follower.follow(Client(Transport(one.url, bearer, tls=tls)), host_of(one))

    async def on_ended(self) -> None:
        """Forget a session that its server ended, and say that somebody has to sign in."""
        if self._sessions is not None:
            await self._sessions.wipe(self._record.id)
        if not self._ended:
            self._scope.start(self._leave(), name="signed out")  # not from within the request that was refused

    async def _leave(self) -> None:
        await self._follower.leave_server()
        self._store.set_link(state="signed_out", error=None)
