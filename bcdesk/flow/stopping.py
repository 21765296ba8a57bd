"""Ends from outside what a run is waiting for, and knows when nothing is waited for any more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Stops:
    """Everything that is under way; each is stopped where it waits and ends with ``CancelledError``."""

    def __init__(self) -> None:
        """Begin with nothing under way."""
        self._under_way: set[asyncio.Timeout] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._closed = False

    @asynccontextmanager
    async def stoppable(self) -> AsyncIterator[None]:
        """Let `stop` end what happens inside."""
        self.check()
        limit = asyncio.timeout(None)
        try:
            async with limit:
                self._under_way.add(limit)
                self._idle.clear()
                try:
                    yield
                finally:
                    self._under_way.discard(limit)
                    if not self._under_way:
                        self._idle.set()
        except TimeoutError:
            if not limit.expired():
                raise
            raise asyncio.CancelledError from None
        self.check()

    def check(self) -> None:
        """Raise ``CancelledError`` where all was stopped: what is awaited may still come in that very moment."""
        if self._closed:
            raise asyncio.CancelledError

    def stop(self) -> None:
        """End all that is under way; nothing starts afterwards."""
        self._closed = True
        for limit in self._under_way:
            if not limit.expired():
                limit.reschedule(0.0)

    async def stopped(self) -> None:
        """Wait until nothing is under way."""
        await self._idle.wait()
