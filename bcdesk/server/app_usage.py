"""When applications, their secrets and grants were last used, and members seen: kept in memory, written with calls."""

import threading
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bcdesk.contract.first_party import CLIENT_ID
from bcdesk.server.changes import take_changes
from bcdesk.server.tables import members
from bcdesk.server.tables_apps import app_secrets, applications
from bcdesk.server.tables_members import member_grants
from bcdesk.server.tables_oauth import grants

SEEN_SECONDS: Final = 60
"""How exactly it is known when a member was there last."""

Uses = dict[tuple[sa.Table, str], float]
"""The last use (seconds since the epoch) of each row of a table."""


class AppUsage:
    """Notes uses from the loop and from threads; `bcdesk.server.usage.Usage` writes them."""

    def __init__(self) -> None:
        """Start with none."""
        self._lock: Final = threading.Lock()
        self._uses: Uses = {}
        self._taken: Uses = {}
        self._seen: dict[str, float] = {}

    def __bool__(self) -> bool:
        """Tell whether there is something to write."""
        return bool(self._uses)

    def record(self, app_id: str, secret_id: str | None, grant_id: str | None, now: float) -> None:
        """Note that an application was used, and by which secret and for which grant, where there is one."""
        if app_id == CLIENT_ID:
            return  # members are noted as they come
        with self._lock:
            self._uses[applications, app_id] = now
            if secret_id is not None:
                self._uses[app_secrets, secret_id] = now
            if grant_id is not None:
                self._uses[grants, grant_id] = now

    def seen(self, member_id: str, grant_id: str | None, now: float) -> None:
        """Note that a member was there, once a minute: the desk of a member asks all the time."""
        if now - self._seen.get(member_id, 0.0) < SEEN_SECONDS:
            return
        self._seen[member_id] = now
        with self._lock:
            self._uses[members, member_id] = now
            if grant_id is not None:
                self._uses[member_grants, grant_id] = now

    def take(self) -> Uses:
        """Return what was noted, and begin anew."""
        with self._lock:
            uses, self._uses = self._uses, {}
            self._taken = uses
        return uses

    def holds(self, secret_id: str) -> bool:
        """Tell whether a use of that client secret waits, or is on its way to the database."""
        place = (app_secrets, secret_id)
        with self._lock:
            return place in self._uses or place in self._taken

    def give_back(self, uses: Uses) -> None:
        """Keep for the next time what could not be written."""
        with self._lock:
            for place, at in uses.items():
                self._uses[place] = max(at, self._uses.get(place, 0.0))


def write(connection: Connection, uses: Uses) -> None:
    """Write last uses; each application that moved gets a change number, so that lists of them move."""
    if not uses:
        return
    names = [name for table, name in uses if table is applications]
    change = take_changes(connection, len(names)) if names else 0
    for table in _TOUCH:
        rows = [{"b_id": name, "b_at": at} for (of, name), at in uses.items() if of is table]
        if table is applications:
            rows = [{**row, "b_changed": change + place} for place, row in enumerate(rows)]
        if rows:
            connection.execute(_TOUCH[table], rows)


def _touch(table: sa.Table) -> sa.Update:
    at: sa.BindParameter[float] = sa.bindparam("b_at")
    last = table.c["last_seen_at" if table is members else "last_used_at"]
    values: dict[str, object] = {last.name: at}
    if table is applications:
        values["changed"] = sa.bindparam("b_changed")
    return table.update().where(table.c.id == sa.bindparam("b_id"), sa.or_(last.is_(None), last < at)).values(values)


_TOUCH: Final = {table: _touch(table) for table in (applications, app_secrets, grants, members, member_grants)}
