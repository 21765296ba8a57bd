"""Knows when something changed, and what: of this process at once, of others of the same database within a second."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from starlette.concurrency import run_in_threadpool

from bcdesk.contract.wire import ChangeKind
from bcdesk.server.changes import current_change
from bcdesk.server.database import Database
from bcdesk.server.tables import keys, members, tombstones
from bcdesk.server.tables_apps import applications

IDS_MAX: Final = 200
"""How many ids a note has at most; where more changed it has none."""
FOLLOWERS_MAX: Final = 256
LOOK_SECONDS: Final = 1.0
"""How often the database is asked whether another process changed something."""
_TABLES: Final[tuple[tuple[ChangeKind, sa.Table], ...]] = (
    ("keys", keys),
    ("apps", applications),
    ("members", members),
)
_KIND_OF: Final[dict[str, ChangeKind]] = {"key": "keys", "app": "apps"}


class Note(NamedTuple):
    """Rows of one kind that changed; no ids mean that any may have."""

    kind: ChangeKind
    ids: tuple[str, ...] = ()


class Batch(NamedTuple):
    """What changed up to a change number, each id once."""

    upto: int
    notes: tuple[Note, ...] = ()


class Feed:
    """Wakes followers and reads what changed for all of them at once."""

    def __init__(self, database: Database) -> None:
        """Follow the changes of ``database``."""
        self._database: Final = database
        self._followers: Final[dict[asyncio.Event, asyncio.AbstractEventLoop]] = {}
        self._looking: Final = asyncio.Lock()
        self._looked_at = 0.0
        self._last = 0
        self._read: tuple[int, Batch] | None = None
        self._open = True
        database.watch(self._written)

    @property
    def crowded(self) -> bool:
        """Tell whether as many follow as may."""
        return len(self._followers) >= FOLLOWERS_MAX

    def follow(self) -> asyncio.Event:
        """Return what is set when this process changed something, until `leave`."""
        wake = asyncio.Event()
        self._followers[wake] = asyncio.get_running_loop()
        return wake

    def leave(self, wake: asyncio.Event) -> None:
        """Follow no longer."""
        self._followers.pop(wake, None)

    def open(self) -> bool:
        """Tell whether who follows may go on."""
        return self._open

    def close(self) -> None:
        """End all who follow: the server stops."""
        self._open = False
        for wake in tuple(self._followers):
            wake.set()

    async def changed_after(self, number: int) -> bool:
        """Tell whether there is a change after ``number``; the database is asked once a second for all followers."""
        if number >= self._last:
            async with self._looking:
                if number >= self._last and time.monotonic() - self._looked_at >= LOOK_SECONDS:
                    self._looked_at = time.monotonic()  # before the look: what is written during it is looked for
                    self._last = max(self._last, await run_in_threadpool(self._current))
        return number < self._last

    async def batch(self, after: int | None) -> Batch:
        """Return what changed after a change number; of an unknown one (None) that anything may have."""
        if after is not None and self._read is not None and self._read[0] == after and self._read[1].upto >= self._last:
            return self._read[1]
        found = await run_in_threadpool(self._batch, after)
        if after is not None:
            self._read = (after, found)
        self._last = max(self._last, found.upto)
        return found

    def _current(self) -> int:
        with self._database.read() as connection:
            return current_change(connection)

    def _batch(self, after: int | None) -> Batch:
        with self._database.read() as connection:
            upto = current_change(connection)
            if after is None or after > upto:
                return Batch(upto, (*(Note(kind) for kind, _ in _TABLES), Note("session")))
            return Batch(upto, _notes(connection, after) if after < upto else ())

    def _written(self) -> None:
        """Wake every follower; runs in the thread that wrote."""
        for wake, loop in tuple(self._followers.items()):
            _in_loop(loop, self._stale)
            _in_loop(loop, wake.set)

    def _stale(self) -> None:
        self._looked_at = 0.0


def _notes(connection: Connection, after: int) -> tuple[Note, ...]:
    gone = _changed(connection, tombstones, after)
    found: list[Note] = []
    for kind, table in _TABLES:
        ids = _changed(connection, table, after)
        ids += [id for id in gone if _KIND_OF.get(id.partition("_")[0]) == kind]
        if len(ids) > IDS_MAX or len(gone) > IDS_MAX:
            found.append(Note(kind))
        elif ids:
            found.append(Note(kind, tuple(dict.fromkeys(ids))))
    return tuple(found)


def _changed(connection: Connection, table: sa.Table, after: int) -> list[str]:
    ids = sa.select(table.c.id).where(table.c.changed > after).order_by(table.c.changed).limit(IDS_MAX + 1)
    return list(connection.scalars(ids))


def _in_loop(loop: asyncio.AbstractEventLoop, call: Callable[[], object]) -> None:
    with contextlib.suppress(RuntimeError):  # the loop has ended, and with it whoever followed
        loop.call_soon_threadsafe(call)
