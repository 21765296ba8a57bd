"""Follows what changes on the server beside the loop that fetches it, and says when there is something to fetch."""

import asyncio
import random
from collections.abc import Callable
from contextlib import aclosing
from typing import Final

from bcdesk.client.client import Client
from bcdesk.client.errors import ClientError, Refused
from bcdesk.store.store import Store

SILENT_SECONDS: Final = 20.0
"""How long the stream may say nothing: the server does each 15 s."""
GATHER_SECONDS: Final = 0.3
"""The least pause between two fetches that changes ask for: a storm of changes is few requests."""
WAIT_FIRST: Final = 1.0
WAIT_MOST: Final = 60.0
STEADY_SECONDS: Final = 30.0
"""How long a stream has lasted that is opened again at once when it ends."""


class Following:
    """Keeps a stream of changes open while the store is in sync; ``live`` is set while it is.

    ``fetch`` is called when something changed, ``lost`` when a stream that was open is no more.
    """

    def __init__(
        self,
        client: Client,
        store: Store,
        *,
        fetch: Callable[[], None],
        lost: Callable[[], None],
        renew: Callable[[], None],
        members: Callable[[], None] = lambda: None,
    ) -> None:
        """Follow nothing yet; ``renew`` is called where the session itself changed, ``members`` where a member did."""
        self.live = asyncio.Event()
        self._client, self._store = client, store
        self._fetch, self._lost, self._renew, self._members = fetch, lost, renew, members
        self._in_sync = asyncio.Event()
        self._fetched_at = 0.0
        self._due: asyncio.TimerHandle | None = None

    def in_sync(self) -> None:
        """Hear that the store is in sync: what comes after its ``since`` can be followed, where the server tells it."""
        session = self._store.session
        if session is not None and "events" in session.capabilities:
            self._in_sync.set()
        else:
            self._in_sync.clear()

    def out_of_sync(self) -> None:
        """Hear that a fetch failed: nothing is followed before the next that does not."""
        self._in_sync.clear()

    async def run(self) -> None:
        """Follow until cancelled."""
        loop = asyncio.get_running_loop()
        wait = WAIT_FIRST
        try:
            while True:
                await self._in_sync.wait()
                begun = loop.time()
                asked = await self._stream()
                self._in_sync.clear()  # the next fetch tells whether the server is there
                if loop.time() - begun >= STEADY_SECONDS:
                    wait = WAIT_FIRST
                if self.live.is_set():
                    self.live.clear()
                    self._lost()
                await asyncio.sleep(max(asked, wait * random.uniform(0.5, 1.0)))  # noqa: S311 - spreads who comes back
                wait = min(wait * 2, WAIT_MOST)
        finally:
            self.live.clear()
            if self._due is not None:
                self._due.cancel()

    async def _stream(self) -> float:
        """Read one stream to its end, and return how long the server asks to wait before the next."""
        try:
            async with aclosing(self._client.changes.follow(self._store.link.since)) as parts:
                while True:
                    async with asyncio.timeout(SILENT_SECONDS):
                        told = await anext(parts, None)
                    if told is None:
                        return 0.0
                    self.live.set()
                    if any(one.kind == "session" for one in told):
                        self._renew()
                    if any(one.kind == "members" for one in told):
                        self._members()
                    if any(one.since is None or one.since != self._store.link.since for one in told):
                        self._soon()
        except TimeoutError:
            return 0.0
        except Refused as error:
            return getattr(error, "retry_after", None) or WAIT_MOST
        except ClientError:
            return 0.0

    def _soon(self) -> None:
        """Ask for a fetch, now or as soon as the last one that was asked for is long enough ago."""
        if self._due is not None:
            return
        loop = asyncio.get_running_loop()
        self._due = loop.call_at(self._fetched_at + GATHER_SECONDS, self._fetch_now)

    def _fetch_now(self) -> None:
        self._due = None
        self._fetched_at = asyncio.get_running_loop().time()
        self._fetch()
