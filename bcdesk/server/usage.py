"""Who called with which key: counted in memory, written together, within 2 seconds and at the stop."""

import asyncio
import logging
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from starlette.concurrency import run_in_threadpool

from bcdesk.contract.moments import format_moment
from bcdesk.server import app_usage
from bcdesk.server.app_usage import AppUsage
from bcdesk.server.changes import take_changes
from bcdesk.server.database import Database
from bcdesk.server.tables import callers, key_versions, keys

FLUSH_SECONDS: Final = 1.0
"""How long a call waits in memory at most, so that it shows within 2 seconds."""
KEEP_HOURS: Final = 8 * 24
CALLERS_MAX: Final = 100
USER_AGENT_MAX: Final = 120
KINDS_MAX: Final = 200
"""Pairs of address and program that are told apart for one key in one hour; the rest count as one."""
REST: Final = "(other programs)"

_SECRET: Final = re.compile(r"bc[a-z]_[0-9A-Za-z_-]{8,}")
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Tally:
    count: int = 0
    limited: int = 0
    last_seen_at: float = 0.0
    last_used_at: float = 0.0


_Kind = tuple[str, str, int, str, str]  # key, version, hour, address, program


class Usage:
    """Counts calls of keys and writes the counts; made once, used from the loop and from threads."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        """Write to ``database``; ``clock`` tells when to forget (seconds since the epoch)."""
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._tallies: dict[_Kind, _Tally] = {}
        self._kinds: dict[tuple[str, int], set[tuple[str, str]]] = {}
        self._pruned_hour = 0
        self.apps = AppUsage()
        """The uses of applications, which are only dated, not counted."""

    def record(
        self, key_id: str, version_id: str, address: str, user_agent: str, now: float, *, limited: bool = False
    ) -> None:
        """Count one call of a key that was recognised; a ``limited`` one is no use of it."""
        hour = int(now // 3600)
        with self._lock:
            kinds = self._kinds.get((key_id, hour))
            if kinds is None:
                kinds = self._kinds[key_id, hour] = set()
            program = clean_user_agent(user_agent)
            if (address, program) not in kinds:
                if len(kinds) >= KINDS_MAX:
                    program = REST
                kinds.add((address, program))
            tally = self._tallies.get((key_id, version_id, hour, address, program))
            if tally is None:
                tally = self._tallies[key_id, version_id, hour, address, program] = _Tally()
            tally.count += 1
            tally.last_seen_at = now
            if limited:
                tally.limited += 1
            else:
                tally.last_used_at = now

    async def run(self) -> None:
        """Write every second until cancelled, then once more."""
        try:
            while True:
                await asyncio.sleep(FLUSH_SECONDS)
                if self._tallies or self.apps:
                    await run_in_threadpool(self.flush)
        finally:
            self.flush()

    def flush(self) -> None:
        """Write what was counted in one transaction; what cannot be written now is kept for the next time."""
        with self._writing:
            with self._lock:
                tallies, self._tallies = self._tallies, {}
            uses = self.apps.take()
            hour = int(self._clock() // 3600)
            if not tallies and not uses and hour == self._pruned_hour:
                return
            try:
                with self._database.write() as connection:
                    if tallies:
                        _write(connection, tallies)
                    app_usage.write(connection, uses)
                    if hour != self._pruned_hour:
                        connection.execute(callers.delete().where(callers.c.hour < hour - KEEP_HOURS))
            except sa.exc.SQLAlchemyError as error:
                _log.warning("usage of %d callers waits for the database (%s)", len(tallies), type(error).__name__)
                self._give_back(tallies)
                self.apps.give_back(uses)
                return
            with self._lock:
                self._kinds = {name: kinds for name, kinds in self._kinds.items() if name[1] >= hour - 1}
            self._pruned_hour = hour

    def _give_back(self, tallies: dict[_Kind, _Tally]) -> None:
        with self._lock:
            for kind, old in tallies.items():
                new = self._tallies.setdefault(kind, _Tally())
                new.count += old.count
                new.limited += old.limited
                new.last_seen_at = max(new.last_seen_at, old.last_seen_at)
                new.last_used_at = max(new.last_used_at, old.last_used_at)


def clean_user_agent(text: str) -> str:
    """Return a program's name as it is kept: printable, at most 120 characters, without what looks like a secret."""
    if "bc" in text:
        text = _SECRET.sub("(removed)", text)
    if not text.isprintable():
        text = "".join(character if character.isprintable() else " " for character in text)
    return text[:USER_AGENT_MAX].strip()


def _write(connection: Connection, tallies: dict[_Kind, _Tally]) -> None:
    key_uses: dict[str, tuple[float, str]] = {}
    version_uses: dict[str, tuple[float, str]] = {}
    for (key_id, version_id, _hour, address, _program), tally in tallies.items():
        for uses, name in ((key_uses, key_id), (version_uses, version_id)):
            uses[name] = max(uses.get(name, (0.0, "")), (tally.last_used_at, address))
    # The first change number locks the clock: no other process counts the same callers meanwhile.
    change = take_changes(connection, max(1, len(key_uses)))
    known = _known_keys(connection, list(key_uses))
    rows = []
    for key_id, (at, address) in key_uses.items():
        if key_id in known and at:
            rows.append({"b_id": key_id, "b_at": at, "b_from": address, "b_changed": change})
            change += 1
    if rows:
        connection.execute(_TOUCH_KEY, rows)
    if rows := [{"b_id": name, "b_at": at, "b_from": address} for name, (at, address) in version_uses.items() if at]:
        connection.execute(_TOUCH_VERSION, rows)
    for (key_id, version_id, hour, address, program), tally in tallies.items():
        if key_id in known:
            _count(connection, key_id, version_id, hour, address, program, tally)


def _known_keys(connection: Connection, names: list[str]) -> set[str]:
    known: set[str] = set()
    for start in range(0, len(names), 500):
        known.update(connection.scalars(sa.select(keys.c.id).where(keys.c.id.in_(names[start : start + 500]))))
    return known


def _count(
    connection: Connection, key_id: str, version_id: str, hour: int, address: str, program: str, tally: _Tally
) -> None:
    place = {"key_id": key_id, "version_id": version_id, "hour": hour, "address": address, "user_agent": program}
    found = connection.execute(
        callers.update()
        .where(*(callers.c[name] == value for name, value in place.items()))
        .values(
            count=callers.c.count + tally.count,
            limited=callers.c.limited + tally.limited,
            last_seen_at=tally.last_seen_at,
        )
    )
    if not found.rowcount:
        connection.execute(
            callers.insert().values(**place, count=tally.count, limited=tally.limited, last_seen_at=tally.last_seen_at)
        )


def _touch(table: sa.Table, **more: object) -> sa.Update:
    at: sa.BindParameter[float] = sa.bindparam("b_at")
    return (
        table.update()
        .where(table.c.id == sa.bindparam("b_id"), sa.or_(table.c.last_used_at.is_(None), table.c.last_used_at < at))
        .values(last_used_at=at, last_used_from=sa.bindparam("b_from"), **more)
    )


_TOUCH_KEY: Final = _touch(keys, changed=sa.bindparam("b_changed"))
_TOUCH_VERSION: Final = _touch(key_versions)


def callers_of(connection: Connection, key_id: str, now: float) -> dict[str, object]:
    """Return who called with a key, as JSON of `bcdesk.contract.wire.Callers`, busiest first, at most 100.

    The 24 hours and 7 days are counted in whole hours, the present one included.
    """
    hour = int(now // 3600)
    day = callers.c.hour > hour - 24
    today = sa.func.coalesce(sa.func.sum(sa.case((day, callers.c.count), else_=0)), 0).label("requests_24h")
    limited = sa.func.coalesce(sa.func.sum(sa.case((day, callers.c.limited), else_=0)), 0).label("limited_24h")
    week = sa.func.coalesce(sa.func.sum(callers.c.count), 0).label("requests_7d")
    within = (callers.c.key_id == key_id, callers.c.hour > hour - 7 * 24)
    totals = connection.execute(sa.select(today, week, limited).where(*within)).one()
    each = connection.execute(
        sa.select(
            callers.c.address,
            callers.c.user_agent,
            sa.func.max(callers.c.last_seen_at).label("last_seen_at"),
            today,
            week,
            limited,
        )
        .where(*within)
        .group_by(callers.c.address, callers.c.user_agent)
        .order_by(today.desc(), week.desc(), callers.c.address, callers.c.user_agent)
        .limit(CALLERS_MAX)
    )
    items = [{**row, "last_seen_at": format_moment(row["last_seen_at"])} for row in each.mappings()]
    return {"items": items, **totals._mapping, "as_of": format_moment(now)}
