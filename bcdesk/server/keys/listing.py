"""Lists of keys: all of them in pages, or what changed since a change number; tombstones included.

The first page of either fixes ``since``; the cursor carries it, signed, so that whatever changes while somebody
pages comes with the next ``?since=``: repeats are allowed, gaps are not.
"""

import base64
import binascii
import heapq
import hmac
import re
from typing import Final, Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bcdesk.contract.codes import Code, Fault
from bcdesk.contract.key_rules import FieldFault
from bcdesk.server.changes import current_change
from bcdesk.server.keys.records import SELECT_KEYS, KeyRecord, load_around
from bcdesk.server.keys.render import deleted_json, key_json, page_json
from bcdesk.server.problems import ProblemError
from bcdesk.server.state import ServerState
from bcdesk.server.tables import keys, tombstones

_SINCE: Final = re.compile(r"([0-9a-z]{1,40})-([0-9]{1,18})")


class Cursor(NamedTuple):
    """Where a list goes on: after ``place`` (an id, or a change number and an id), with the ``since`` it began at."""

    kind: Literal["all", "changes"]
    since: int
    change: int
    last_id: str


def page(state: ServerState, limit: int, cursor: str | None, since: str | None) -> bytes:
    """Return a page as JSON; raise 400 where the cursor or ``since`` is not one of this server's."""
    now = state.now()
    with state.database.read() as connection:
        clock = current_change(connection)
        if cursor is not None:
            place = _read_cursor(state, cursor)
        elif since is not None:
            started = _read_since(state, since, clock)
            place = Cursor("changes", started, started, "~")  # "~" sorts after every id
        else:
            place = Cursor("all", clock, 0, "")
        if place.kind == "all":
            return _all(state, connection, place, limit, now)
        return _changes(state, connection, place, limit, clock, now)


def _all(state: ServerState, connection: Connection, place: Cursor, limit: int, now: float) -> bytes:
    rows = connection.execute(SELECT_KEYS.where(keys.c.id > place.last_id).order_by(keys.c.id).limit(limit + 1)).all()
    found = [KeyRecord._make(row) for row in rows[:limit]]
    following = place._replace(last_id=found[-1].id) if len(rows) > limit else None
    return page_json(
        (key_json(loaded, now) for loaded in load_around(connection, found, now)),
        next_cursor=_write_cursor(state, following) if following else None,
        as_of=now,
        since=_write_since(state, place.since),
    )


def _changes(state: ServerState, connection: Connection, place: Cursor, limit: int, clock: int, now: float) -> bytes:
    changed: list[tuple[int, str, KeyRecord | None, float]] = [
        (row.changed, row.id, KeyRecord._make(row), 0.0)
        for row in connection.execute(_after(SELECT_KEYS, keys, place, limit))
    ]
    deleted: list[tuple[int, str, KeyRecord | None, float]] = [
        (row.changed, row.id, None, row.deleted_at)
        for row in connection.execute(_after(sa.select(tombstones), tombstones, place, limit))
    ]
    both = list(heapq.merge(changed, deleted, key=lambda entry: entry[:2]))
    chosen = both[:limit]
    loaded = load_around(connection, [key for _, _, key, _ in chosen if key is not None], now)
    as_json = {one.key.id: key_json(one, now) for one in loaded}
    following = Cursor("changes", place.since, chosen[-1][0], chosen[-1][1]) if len(both) > limit else None
    return page_json(
        (as_json[name] if key is not None else deleted_json(name, at) for _, name, key, at in chosen),
        next_cursor=_write_cursor(state, following) if following else None,
        as_of=now,
        since=_write_since(state, place.since if following else clock),
    )


def _after(
    select: sa.Select[tuple[object, ...]], table: sa.Table, place: Cursor, limit: int
) -> sa.Select[tuple[object, ...]]:
    further = sa.or_(
        table.c.changed > place.change, sa.and_(table.c.changed == place.change, table.c.id > place.last_id)
    )
    # The first condition follows from the second, and lets every database begin at its place in the index.
    return select.where(table.c.changed >= place.change, further).order_by(table.c.changed, table.c.id).limit(limit + 1)


def _write_since(state: ServerState, change: int) -> str:
    return f"{state.server_id}-{change}"


def _read_since(state: ServerState, text: str, clock: int) -> int:
    match = _SINCE.fullmatch(text)
    if match is None or match[1] != state.server_id or int(match[2]) > clock:
        raise ProblemError(400, Code.UNKNOWN_SINCE, "This is no point in the history of this server; list anew.")
    return int(match[2])


def _write_cursor(state: ServerState, cursor: Cursor) -> str:
    payload = f"{cursor.kind}|{cursor.since}|{cursor.change}|{cursor.last_id}".encode("ascii")
    return base64.urlsafe_b64encode(state.secret.sign_cursor(payload) + payload).rstrip(b"=").decode("ascii")


def _read_cursor(state: ServerState, text: str) -> Cursor:
    try:
        sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        payload = sealed[16:]
        if not hmac.compare_digest(state.secret.sign_cursor(payload), sealed[:16]):
            raise ValueError
        kind, since, change, last_id = payload.decode("ascii").split("|")
        return Cursor("all" if kind == "all" else "changes", int(since), int(change), last_id)
    except (ValueError, binascii.Error):
        raise ProblemError(
            400, Code.MALFORMED_QUERY, "The query cannot be read.", [FieldFault("/cursor", Fault.UNKNOWN_VALUE)]
        ) from None
