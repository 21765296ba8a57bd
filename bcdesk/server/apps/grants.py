"""The grants of an application, as whoever manages it sees and ends them."""

import json

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bcdesk.contract.codes import Code
from bcdesk.contract.moments import format_moment
from bcdesk.server import consents
from bcdesk.server.apps.store import get
from bcdesk.server.auth import CallingMember
from bcdesk.server.ids import is_id
from bcdesk.server.listing import read_cursor, write_cursor
from bcdesk.server.problems import ProblemError
from bcdesk.server.state import ServerState
from bcdesk.server.tables_oauth import grants, users

_CURSOR = "gra"


def page(
    state: ServerState, connection: Connection, app_id: str, limit: int, cursor: str | None, now: float
) -> dict[str, object]:
    """Return the grants that live, newest first, as JSON of ``wire.GrantPage``; raise 404, 400 of a foreign cursor."""
    get(connection, app_id, now)
    query = (
        sa.select(grants, users.c.name.label("user_name"))
        .join(users, users.c.id == grants.c.user_id)
        .where(
            grants.c.app_id == app_id,
            grants.c.revoked_at.is_(None),
            sa.or_(grants.c.expires_at.is_(None), grants.c.expires_at > now),
        )
        .order_by(grants.c.id.desc())
        .limit(limit + 1)
    )
    if cursor is not None:
        (last_id,) = read_cursor(state, cursor, f"{_CURSOR}{app_id}", 2)
        query = query.where(grants.c.id < last_id)
    rows = connection.execute(query).all()
    items = [
        {
            "id": row.id,
            "user": {"id": row.user_id, "name": row.user_name},
            "scopes": json.loads(row.scopes),
            "created_at": format_moment(row.created_at),
            "last_used_at": _moment(row.last_used_at),
            "expires_at": _moment(row.expires_at),
        }
        for row in rows[:limit]
    ]
    following = write_cursor(state, f"{_CURSOR}{app_id}", rows[limit - 1].id) if len(rows) > limit else None
    return {"items": items, "next_cursor": following, "as_of": format_moment(now)}


def revoke(
    state: ServerState, connection: Connection, member: CallingMember, app_id: str, grant_id: str, now: float
) -> None:
    """End a grant with its codes and tokens, at once; again changes nothing. Raise 404."""
    get(connection, app_id, now)
    its = sa.select(grants.c.id).where(grants.c.id == grant_id, grants.c.app_id == app_id)
    if not is_id("gra", grant_id) or connection.execute(its).first() is None:
        raise ProblemError(404, Code.NOT_FOUND, "The application has no grant of that id.")
    consents.revoke(state, connection, grant_id, actor=member.id, reason=consents.BY_MEMBER, now=now)


def revoke_all(state: ServerState, connection: Connection, member: CallingMember, app_id: str, now: float) -> None:
    """End every grant of an application. Raise 404."""
    get(connection, app_id, now)
    living = sa.select(grants.c.id).where(grants.c.app_id == app_id, grants.c.revoked_at.is_(None))
    for grant_id in list(connection.scalars(living)):
        consents.revoke(state, connection, grant_id, actor=member.id, reason=consents.BY_MEMBER, now=now)


def _moment(seconds: float | None) -> str | None:
    return None if seconds is None else format_moment(seconds)
