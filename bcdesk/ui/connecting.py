"""The desk's default connection: its server, the client of each start of it, and the loop that keeps the store."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal

from bcdesk.ui import imports
from bcdesk.ui.desk import Connection
from bcdesk.ui.local_server import LocalServer, LocalServerFailedError, Ready, ServerFailed
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from pathlib import Path

    from bcdesk.actions.sync import SyncLoop
    from bcdesk.client.client import Client
    from bcdesk.store.store import Change, Store
    from bcdesk.ui.offline_copy import OfflineCopy
    from bcdesk.ui.tasks import TaskScope

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


class LocalConnection(QObject):
    """Starts ``bcdesk serve``, follows it through restarts, and ends it; ``changed`` says that its facts moved.

    ``synced`` fires each time that the store is in sync anew: at the start and after every gap.
    """

    changed = Signal()
    synced = Signal()

    def __init__(
        self,
        folder: Path,
        store: Store,
        scope: TaskScope,
        parent: QObject | None = None,
        *,
        copy: OfflineCopy | None = None,
    ) -> None:
        """Prepare a connection to a server on ``folder``; nothing runs before `start`.

        What comes is kept in ``copy``; no request is sent before what was known is on the screen.
        """
        super().__init__(parent)
        self.client: Client | None = None
        self._store, self._scope = store, scope
        self._copy = copy
        self._ready: Ready | None = None
        self._facts = Connection(tr("Local server"))
        self._sync: SyncLoop | None = None
        self._running: asyncio.Task[Any] | None = None
        self._failed = False
        self._was_online = False
        self._ended = asyncio.Event()
        self._server = LocalServer(folder, self)
        self._server.ready.connect(self._on_ready)
        self._server.lost.connect(self._on_lost)
        self._server.failed.connect(self._on_failed)
        self._server.stopped.connect(self._ended.set)
        self._stop_listening = store.listen(self._on_change)

    @property
    def facts(self) -> Connection:
        """Return the connection as it is named, with its host once it is known."""
        return self._facts

    @property
    def server_pid(self) -> int:
        """Return the server's process id; 0 while none runs."""
        return self._server.pid

    def start(self) -> None:
        """Start the server; the rest follows by itself."""
        self._server.start()

    def sync_now(self) -> None:
        """Ask the server now; start it again where it failed."""
        if self._failed:
            self.restart()
        elif self._sync is not None:
            self._sync.nudge()

    def restart(self) -> None:
        """Start the server again after it failed."""
        if self._failed:
            self._failed = False
            self._store.set_link(state="starting", error=None)
            self._server.retry()

    async def close(self) -> None:
        """End the loop, close the client, and end the server; waits until it is gone."""
        self._stop_listening()
        await self._drop_client()
        self._server.stop()
        await self._ended.wait()

    def _on_ready(self, ready: Ready) -> None:
        self._ready = ready
        self._scope.start(self._follow(ready), name="connection")

    async def _follow(self, ready: Ready) -> None:
        await self._drop_client()
        await imports.load(*_HEAVY)
        if self._copy is not None:
            await self._copy.before_contact()
        if self._ready is not ready:  # it was started again meanwhile
            ready.token.discard()
            return
        from bcdesk.actions.sync import SyncLoop
        from bcdesk.client.bearer import Bearer
        from bcdesk.client.client import Client
        from bcdesk.client.transport import Transport

        self._failed = False
        self.client = Client(Transport(ready.base_url, Bearer(ready.token.take())))
        self._facts = replace(self._facts, host=ready.base_url.partition("://")[2])
        self._sync = SyncLoop(self.client, self._store, cache=self._copy.cache if self._copy else None)
        self._running = self._scope.start(self._sync.run(), name="sync")
        self.changed.emit()

    async def _drop_client(self) -> None:
        running, client = self._running, self.client
        self._running = self._sync = self.client = None
        if running is not None:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
        if client is not None:
            await client.aclose()

    def _on_lost(self) -> None:
        if self._running is not None:
            self._running.cancel()
        self._store.set_link(state="offline", error=None)
        self.changed.emit()

    def _on_failed(self, failed: ServerFailed) -> None:
        self._failed = True
        self._store.set_link(state="error", error=LocalServerFailedError(failed))
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
