"""The connection that the desk works on: the way to its server, the client, and the loop that keeps the store."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal

from bcdesk.store.connections import DEMO
from bcdesk.ui import imports
from bcdesk.ui.desk import Connection as Facts
from bcdesk.ui.ways.local import LocalWay
from bcdesk.ui.ways.names import folder_of, host_of, name_of
from bcdesk.ui.ways.remote import RemoteWay

if TYPE_CHECKING:
    from bcdesk.actions.sync import SyncLoop
    from bcdesk.client.client import Client
    from bcdesk.settings import Settings
    from bcdesk.store.cache import Cache
    from bcdesk.store.connections import Connection
    from bcdesk.store.session_vault import SessionVault
    from bcdesk.store.store import Change, Store
    from bcdesk.ui.offline_copy import OfflineCopy
    from bcdesk.ui.tasks import TaskScope
    from bcdesk.ui.ways.way import Way

_log = logging.getLogger(__name__)
_HEAVY: Final = (
    "bcdesk.client.client",
    "bcdesk.client.transport",
    "bcdesk.actions.sync",
    "bcdesk.actions.keys",
    "httpcore",
    "anyio._backends._asyncio",  # else the first request imports these two in the GUI thread: 30 ms
)
"""What is imported after the first paint, in a thread, while the server starts."""


class Connecting(QObject):
    """Follows one connection at a time, and goes over to another; ``changed`` says that its facts moved.

    ``synced`` fires each time that the store is in sync anew: at the start and after every gap; ``switched`` when
    everything of the connection before is gone, and nothing of the next is there yet.
    """

    changed = Signal()
    synced = Signal()
    switched = Signal()

    def __init__(
        self,
        chosen: Settings,
        store: Store,
        scope: TaskScope,
        parent: QObject | None = None,
        *,
        record: Connection = DEMO,
        copy: OfflineCopy | None = None,
        sessions: SessionVault | None = None,
    ) -> None:
        """Prepare a connection to the server of ``record``; nothing runs before `start`.

        What comes is kept in ``copy``; no request is sent before what was known is on the screen. ``sessions`` keeps
        who is signed in at servers by their address.
        """
        super().__init__(parent)
        self.client: Client | None = None
        self.record = record
        self.switching = False
        self._chosen, self._store, self._scope = chosen, store, scope
        self._copy, self._sessions = copy, sessions
        self._facts = _facts(record)
        self._sync: SyncLoop | None = None
        self._running: asyncio.Task[Any] | None = None
        self._turn = asyncio.Lock()
        self._closed = False
        self._was_online = False
        self._way = self._way_to(record)
        self._stop_listening = store.listen(self._on_change)

    @property
    def facts(self) -> Facts:
        """Return the connection as it is named, with its host once it is known."""
        return self._facts

    @property
    def cache(self) -> Cache | None:
        """Return the offline copy of this connection, where there is one."""
        return self._copy.cache if self._copy is not None else None

    @property
    def remote(self) -> RemoteWay | None:
        """Return the way to a server by its address; None where the desk runs the server itself."""
        return self._way if isinstance(self._way, RemoteWay) else None

    @property
    def server_pid(self) -> int:
        """Return the process id of the server that this desk runs; 0 while none does."""
        return self._way.pid

    def start(self) -> None:
        """Go the way to the server; the rest follows by itself."""
        if self._store.link.state == "unchosen":
            self._store.set_link(state="starting")
        self._way.start()

    def sync_now(self) -> None:
        """Ask the server now; start it again where it failed."""
        if self._sync is not None and self._running is not None and not self._running.done():
            self._sync.nudge()
        else:
            self._way.retry()

    async def switch(self, record: Connection) -> None:
        """Leave this connection for that of ``record``: nothing of the one before stays on the screen."""
        self.switching = True
        self.changed.emit()
        try:
            async with self._turn:
                if self._closed:
                    return
                await self._drop_client()
                await self._way.end()
                if self._copy is not None:
                    await self._copy.leave()
                self.record, self._facts = record, _facts(record)
                self._was_online = False
                self._way = self._way_to(record)
                self.forget()
                if self._copy is not None:
                    await self._copy.enter(record.id)
                self._way.start()
        finally:
            self.switching = False
            self.changed.emit()

    async def follow(self, client: Client, host: str) -> None:
        """Let the store follow ``client`` from now on."""
        await self._drop_client()
        from bcdesk.actions.sync import SyncLoop

        self.client = client
        self._facts = replace(self._facts, host=host)
        self._sync = SyncLoop(client, self._store, cache=self.cache)
        self._running = self._scope.start(self._sync.run(), name="sync")
        self.changed.emit()

    async def leave_server(self) -> None:
        """Ask the server nothing any more; what is known stays."""
        await self._drop_client()
        self.changed.emit()

    async def before_contact(self) -> None:
        """Return when all is imported that the first request needs, and what was known is on the screen."""
        await imports.load(*_HEAVY)
        if self._copy is not None:
            await self._copy.before_contact()

    async def close(self) -> None:
        """End the loop, close the client, and end the server; waits until it is gone."""
        self._closed = True
        self._stop_listening()
        async with self._turn:
            await self._drop_client()
            await self._way.end()

    def _way_to(self, record: Connection) -> Way:
        if record.kind == "remote":
            return RemoteWay(record, self, self._store, self._scope, self._sessions)
        folder = folder_of(record, self._chosen)
        return LocalWay(folder, self, self._store, self._scope, demo=record.kind == "demo")

    async def _drop_client(self) -> None:
        running, client = self._running, self.client
        self._running = self._sync = self.client = None
        if running is not None:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
        if client is not None:
            await client.aclose()

    def forget(self) -> None:
        """Let nothing stay on the screen of what this server said."""
        self._store.forget()
        self.switched.emit()

    def pause(self) -> None:
        """Stop the loop where its server is gone; the next client starts another."""
        if self._running is not None:
            self._running.cancel()
        self.changed.emit()

    def _on_change(self, change: Change) -> None:
        if change.session and self._store.session is not None:
            demo = "demo" in self._store.session.capabilities
            if demo != self._facts.demo:
                self._facts = replace(self._facts, demo=demo)
                self.changed.emit()
        if change.link:
            online = self._store.link.state == "online"
            if online and not self._was_online:
                self._was_online = True
                self.synced.emit()
            self._was_online = online


def _facts(record: Connection) -> Facts:
    return Facts(name_of(record), host_of(record))
