"""The way to a server of this computer: started as a child, followed through its restarts, ended."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from bcdesk.ui.local_server import LocalServer, LocalServerFailedError, Ready, ServerFailed

if TYPE_CHECKING:
    from pathlib import Path

    from bcdesk.store.store import Store
    from bcdesk.ui.tasks import TaskScope
    from bcdesk.ui.ways.way import Follower


class LocalWay(QObject):
    """Runs ``bcdesk serve`` on a folder, and hands each start of it to the connection."""

    def __init__(self, folder: Path, follower: Follower, store: Store, scope: TaskScope, *, demo: bool) -> None:
        """Prepare a server on ``folder``, with demo data where ``demo``."""
        super().__init__()
        self._follower, self._store, self._scope = follower, store, scope
        self._ready: Ready | None = None
        self._failed = False
        self._ended = asyncio.Event()
        self._server = LocalServer(folder, self, demo=demo)
        self._server.ready.connect(self._on_ready)
        self._server.lost.connect(self._on_lost)
        self._server.failed.connect(self._on_failed)
        self._server.stopped.connect(self._ended.set)

    @property
    def pid(self) -> int:
        """Return the server's process id; 0 while none runs."""
        return self._server.pid

    def start(self) -> None:
        """Start the server; the rest follows by itself."""
        self._server.start()

    def retry(self) -> None:
        """Start the server again after it failed."""
        if self._failed:
            self._failed = False
            self._store.set_link(state="starting", error=None)
            self._server.retry()

    async def end(self) -> None:
        """End the server, and wait until it is gone."""
        self._ready = None
        self._server.stop()
        await self._ended.wait()

    def _on_ready(self, ready: Ready) -> None:
        self._ready = ready
        self._scope.start(self._follow(ready), name="connection")

    async def _follow(self, ready: Ready) -> None:
        await self._follower.leave_server()
        await self._follower.before_contact()
        if self._ready is not ready:  # it was started again meanwhile, or left
            ready.token.discard()
            return
        from bcdesk.client.bearer import Bearer
        from bcdesk.client.client import Client
        from bcdesk.client.transport import Transport

        self._failed = False
        client = Client(Transport(ready.base_url, Bearer(ready.token.take())))
        await self._follower.follow(client, ready.base_url.partition("://")[2])

    def _on_lost(self) -> None:
        self._follower.pause()
        self._store.set_link(state="offline", error=None)

    def _on_failed(self, failed: ServerFailed) -> None:
        self._failed = True
        self._store.set_link(state="error", error=LocalServerFailedError(failed))
