"""The offline copy of one connection: every row without a secret, encrypted, as of the last round of the sync.

It is disposable: what cannot be read is set aside and loaded anew from the server. One thread reads and writes it,
in rounds that are there whole or not at all, so that after any crash the rows fit the ``since`` that is kept with
them. Without the vault's key there is none.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any, Final

from bcdesk.contract.rows import SessionRow
from bcdesk.store.cache_file import CacheFile
from bcdesk.store.cache_rows import LISTS
from bcdesk.store.cache_shelf import CacheShelf
from bcdesk.store.cache_state import CopyState, Known
from bcdesk.store.vault import Vault, VaultClosedError, VaultState
from bcdesk.store.worker import Worker

DAYS: Final = 30
DAYS_MOST: Final = 90
QUIET_SECONDS: Final = 30.0
"""How long a round that changed nothing but its time may stay unwritten."""
_log = logging.getLogger(__name__)


class Cache:
    """Keeps what the server said; ``follows`` tells whether the file holds all that the store does."""

    def __init__(
        self,
        folder: Path,
        vault: Vault,
        *,
        connection: str = "local",
        days: int = DAYS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Keep the copy of ``connection`` in ``folder``; it locks itself after ``days`` without contact."""
        self.state = CopyState.UNOPENED
        self.follows = False
        self.known: Known | None = None
        self.turn = asyncio.Lock()
        """Held while rows go from the file to the store or from the server to both."""
        self._shelf = CacheShelf(folder, vault, connection=connection, clock=clock)
        self._vault = vault
        self._clock = clock
        self._worker = Worker("cache")
        self._putting: asyncio.Future[None] | None = None
        self._dirty = False
        self._anew = False
        self._written_at = 0.0
        self._unwritten = False
        self._failure: OSError | None = None
        self.set_days(days)

    # ------------------------------------------------------------------ reading

    async def open(self) -> CopyState:
        """Open the copy that this connection used last; where it is ready, `known` and `parts` say what it holds."""
        if self._vault.state is not VaultState.READY:
            self.state = CopyState.OFF
        elif self.state in (CopyState.UNOPENED, CopyState.OFF):
            self.state, self.known = await self._worker.submit(self._shelf.open_last)
        return self.state

    async def parts(self, name: str) -> AsyncIterator[list[Any]]:
        """Return all rows of a list, some at a time; raise `UnusableError` where the file is damaged."""
        following = self._worker.submit(lambda: self._shelf.part(name, ""))
        while (found := await following) is not None:
            last, rows = found
            following = self._worker.submit(lambda last=last: self._shelf.part(name, last))  # type: ignore[misc]
            yield rows

    async def give_up(self, reason: str) -> CopyState:
        """Set the open file aside, because of what `parts` raised."""
        self.known = None
        self.state = await self._worker.submit(lambda: self._shelf.aside(reason))
        return self.state

    # ------------------------------------------------------------------ writing

    async def attach(self, session: SessionRow) -> None:
        """Write to the file of this member of this server from now on; `follows` tells whether the store came from it.

        A file that this connection did not use last begins empty.
        """
        if self._vault.state is not VaultState.READY or self.state is CopyState.FAILED:
            return
        same = await self._safely(lambda: self._shelf.attach(session))
        self.follows = bool(same) and self.follows
        if self.state in (CopyState.OFF, CopyState.UNOPENED):
            self.state = CopyState.NONE

    async def begin_anew(self) -> None:
        """Empty the copy within the present round, whose pages will fill it again."""
        if self._shelf.file is not None:
            self.follows = self._anew = True
            for name in LISTS:
                await self.clear(name)

    async def put(self, name: str, rows: Sequence[Any], gone: Sequence[str] = ()) -> None:
        """Add rows of a list to the present round; returns while they are being written, once the last ones are."""
        if self.follows and (rows or gone):
            await self._do(lambda file: file.put(name, rows, gone))

    async def clear(self, name: str) -> None:
        """Empty a list in the present round."""
        if self.follows:
            await self._do(lambda file: file.clear(name))

    async def commit(self, known: Known) -> None:
        """End the present round. One that brought nothing is written within 30 s, or at the end of the desk."""
        if not self.follows:
            return
        before, self.known = self.known, known
        same = before is not None and (before.session, before.since) == (known.session, known.since)
        if same and not self._dirty and time.monotonic() - self._written_at < QUIET_SECONDS:
            self._unwritten = True
            return
        members = known.members(self._clock())
        await self._do(lambda file: file.commit(members))
        await self._settled()
        self._dirty = self._unwritten = self._anew = False
        self._written_at = time.monotonic()

    def abandon(self) -> None:
        """Forget the present round, because it failed; what was before it stays."""
        if self._anew:
            self.follows = self._anew = False
        if self._dirty and self._shelf.file is not None:
            self._dirty = False
            self._queue(lambda file: file.rollback())

    async def wipe(self, *, every: bool = False) -> None:
        """Remove the copy, for a member who signs out; with ``every`` those of all connections and members too."""
        await self._settled()
        self.follows, self.known, self.state = False, None, CopyState.NONE
        self._dirty = self._unwritten = self._anew = False
        await self._safely(lambda: self._shelf.wipe(every))

    async def size(self) -> int:
        """Return how many bytes all copies take on the disk; 0 where the folder cannot be read."""
        try:
            return await self._worker.submit(self._shelf.size)
        except OSError:
            return 0

    def set_days(self, days: int) -> None:
        """Let the copy lock itself after ``days`` without contact, from the next opening on."""
        self._shelf.days = min(max(days, 1), DAYS_MOST)

    async def reseal(self) -> None:
        """Encrypt every copy of this desk under the vault's present key; raise OSError where that fails."""
        async with self.turn:
            await self._settled()
            await self._worker.submit(self._shelf.reseal)

    async def forget_sealed(self) -> None:
        """Remove every copy of this desk: the key is not had any more; a new one begins with the next round."""
        async with self.turn:
            await self.wipe(every=True)

    async def close(self) -> None:
        """Write what is not written yet, and close the file."""
        known = self.known
        if self._unwritten and self.follows and known is not None and not self._dirty:
            members = known.members(self._clock())
            self._queue(lambda file: file.commit(members))
        await self._settled()
        self.follows = False
        await self._safely(self._shelf.close)
        self._worker.stop()

    async def _do(self, call: Callable[[CacheFile], None]) -> None:
        await self._settled()
        if self.follows:
            self._dirty = True
            self._queue(call)

    def _queue(self, call: Callable[[CacheFile], None]) -> None:
        file = self._shelf.file
        if file is None:
            return

        def run() -> None:
            if self._failure is None:
                try:
                    call(file)
                except OSError as error:
                    self._failure = error

        self._putting = self._worker.submit(run)

    async def _settled(self) -> None:
        """Wait for what is being written; where that failed, write nothing more."""
        if self._putting is not None:
            await asyncio.wait({self._putting})
            self._putting = None
        if self._failure is not None and self.state is not CopyState.FAILED:
            self._fail(self._failure)

    async def _safely(self, call: Callable[[], Any]) -> Any:
        try:
            return await self._worker.submit(call)
        except VaultClosedError:
            self.state, self.follows = CopyState.OFF, False
        except OSError as error:
            self._fail(error)
        return None

    def _fail(self, error: OSError) -> None:
        cause = type(error.__cause__ or error).__name__
        _log.warning("the offline copy cannot be written (%s); it stays as it was", cause)
        self.state, self.follows, self._dirty = CopyState.FAILED, False, False
