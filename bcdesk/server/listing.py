"""Lists of rows: all of them in pages, or what changed since a change number; tombstones included.

The first page of either fixes ``since``; the cursor carries it, signed, so that whatever changes while somebody
pages comes with the next ``?since=``: repeats are allowed, gaps are not.
"""

import base64
import binascii
import heapq
import hmac
import re
from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bcdesk.contract.codes import Code, Fault
from bcdesk.contract.key_rules import FieldFault
from bcdesk.server.changes import current_change
from bcdesk.server.json_text import deleted_json, page_json
from bcdesk.server.problems import ProblemError
from bcdesk.server.state import ServerState
from bcdesk.server.tables import tombstones

_SINCE: Final = re.compile(r"([0-9a-z]{1,40})-([0-9]{1,18})")


class Listed(NamedTuple):
    """What is listed: rows with ``id`` and ``changed``, whose tombstones have ids of the same kind."""

    kind: str
    """The prefix of the ids."""
    table: sa.Table
    select: sa.Select[Any]
    as_json: Callable[[Connection, Sequence[Row[Any]], float], list[str]]
    """Returns the JSON of rows that ``select`` found, in their order."""


class Cursor(NamedTuple):
    """Where a list goes on: after ``place`` (an id, or a change number and an id), with the ``since`` it began at."""

    kind: Literal["all", "changes"]
    since: int
    change: int
    last_id: str


def page(state: ServerState, listed: Listed, limit: int, cursor: str | None, since: str | None) -> bytes:
    """Return a page as JSON; raise 400 where the cursor or ``since`` is not one of this server's."""
    now = state.now()
    with state.database.read() as connection:
        clock = current_change(connection)
        if cursor is not None:
            place = _read_place(state, listed, cursor)
        elif since is not None:
            started = _read_since(state, since, clock)
            place = Cursor("changes", started, started, "~")  # "~" sorts after every id
        else:
            place = Cursor("all", clock, 0, "")
        if place.kind == "all":
            return _all(state, connection, listed, place, limit, now)
        return _changes(state, connection, listed, place, limit, clock, now)


def _all(state: ServerState, connection: Connection, listed: Listed, place: Cursor, limit: int, now: float) -> bytes:
    by_id = listed.table.c.id
    rows = connection.execute(listed.select.where(by_id > place.last_id).order_by(by_id).limit(limit + 1)).all()
    found = rows[:limit]
    following = place._replace(last_id=found[-1].id) if len(rows) > limit else None
    return page_json(
        listed.as_json(connection, found, now),
        next_cursor=_write_place(state, listed, following) if following else None,
        as_of=now,
        since=since_at(state, place.since),
    )


def _changes(
    state: ServerState, connection: Connection, listed: Listed, place: Cursor, limit: int, clock: int, now: float
) -> bytes:
    its_kind = tombstones.c.id.startswith(f"{listed.kind}_", autoescape=True)
    changed = connection.execute(_after(listed.select, listed.table, place, limit)).all()
    deleted = connection.execute(_after(sa.select(tombstones).where(its_kind), tombstones, place, limit)).all()
    as_json = dict(zip((row.id for row in changed), listed.as_json(connection, changed[:limit], now), strict=False))
    both = list(
        heapq.merge(
            ((row.changed, row.id, None) for row in changed),
            ((row.changed, row.id, row.deleted_at) for row in deleted),
            key=lambda entry: entry[:2],
        )
    )
    chosen = both[:limit]
    following = Cursor("changes", place.since, chosen[-1][0], chosen[-1][1]) if len(both) > limit else None
    return page_json(
        (as_json[name] if at is None else deleted_json(name, at) for _, name, at in chosen),
        next_cursor=_write_place(state, listed, following) if following else None,
        as_of=now,
        since=since_at(state, place.since if following else clock),
    )


def _after(select: sa.Select[Any], table: sa.Table, place: Cursor, limit: int) -> sa.Select[Any]:
    further = sa.or_(
        table.c.changed > place.change, sa.and_(table.c.changed == place.change, table.c.id > place.last_id)
    )
    # The first condition follows from the second, and lets every database begin at its place in the index.
    return select.where(table.c.changed >= place.change, further).order_by(table.c.changed, table.c.id).limit(limit + 1)


def write_cursor(state: ServerState, *parts: str) -> str:
    """Return a cursor that holds ``parts``, signed; the first says of which list it is."""
    payload = "|".join(parts).encode("ascii")
    return base64.urlsafe_b64encode(state.secret.sign_cursor(payload) + payload).rstrip(b"=").decode("ascii")


def read_cursor(state: ServerState, text: str, of: str, count: int) -> list[str]:
    """Return the ``count`` parts of a cursor less the first, which is ``of``; raise 400 where it is none of ours."""
    try:
        sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        payload = sealed[16:]
        if base64.urlsafe_b64encode(sealed).rstrip(b"=").decode("ascii") != text:
            raise ValueError  # the spare bits of the last character were changed
        if not hmac.compare_digest(state.secret.sign_cursor(payload), sealed[:16]):
            raise ValueError
        found, *parts = payload.decode("ascii").split("|")
        if found != of or len(parts) != count - 1:
            raise ValueError
    except (ValueError, binascii.Error):
        raise ProblemError(
            400, Code.MALFORMED_QUERY, "The query cannot be read.", [FieldFault("/cursor", Fault.UNKNOWN_VALUE)]
        ) from None
    return parts


def _write_place(state: ServerState, listed: Listed, place: Cursor) -> str:
    return write_cursor(state, listed.kind, place.kind, str(place.since), str(place.change), place.last_id)


def _read_place(state: ServerState, listed: Listed, text: str) -> Cursor:
    kind, since, change, last_id = read_cursor(state, text, listed.kind, 5)
    return Cursor("all" if kind == "all" else "changes", int(since), int(change), last_id)


def since_at(state: ServerState, change: int) -> str:
    """Return the ``since`` that asks for what comes after a change number."""
    return f"{state.server_id}-{change}"


def change_at(state: ServerState, since: str) -> int | None:
    """Return the change number in a ``since``, or None where it is none of this server's."""
    match = _SINCE.fullmatch(since)
    return None if match is None or match[1] != state.server_id else int(match[2])


def _read_since(state: ServerState, text: str, clock: int) -> int:
    change = change_at(state, text)
    if change is None or change > clock:
        raise ProblemError(400, Code.UNKNOWN_SINCE, "This is no point in the history of this server; list anew.")
    return change
