"""Grants: one consent of a user to an application, with the family of tokens that lives as long as it does."""

import json
from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bcdesk.contract.app_rules import CODE_TTL
from bcdesk.server.ids import new_id
from bcdesk.server.state import ServerState
from bcdesk.server.tables_oauth import grants

CODE_REPLAY: Final = "code_replay"
CODE_REFUSED: Final = "code_refused"
REFRESH_REUSE: Final = "refresh_reuse"
BY_CLIENT: Final = "by_client"
BY_MEMBER: Final = "by_member"


def open_(
    state: ServerState, connection: Connection, *, app_id: str, user_id: str, scopes: Sequence[str], now: float
) -> str:
    """Note that a user allowed an application ``scopes``, and return the grant's id."""
    grant_id = new_id("gra")
    connection.execute(
        grants.insert().values(
            id=grant_id,
            app_id=app_id,
            user_id=user_id,
            scopes=json.dumps(scopes),
            created_at=now,
            expires_at=now + CODE_TTL,
        )
    )
    state.audit.append(
        connection, at=now, actor=user_id, action="grant.given", target=grant_id, app=app_id, scopes=list(scopes)
    )
    return grant_id


def prolong(connection: Connection, grant_id: str, until: float) -> None:
    """Let a grant last at least until ``until``, when the newest of its tokens ends."""
    connection.execute(
        grants.update()
        .where(grants.c.id == grant_id, sa.or_(grants.c.expires_at.is_(None), grants.c.expires_at < until))
        .values(expires_at=until)
    )


def is_live(connection: Connection, grant_id: str) -> bool:
    """Tell whether a grant has not been revoked, as this transaction sees it."""
    revoked = connection.execute(sa.select(grants.c.revoked_at).where(grants.c.id == grant_id)).one_or_none()
    return revoked is not None and revoked.revoked_at is None


def revoke(state: ServerState, connection: Connection, grant_id: str, *, actor: str, reason: str, now: float) -> bool:
    """End a grant and with it every code and token that it gave, at once; tell whether it still lived."""
    ended = connection.execute(
        grants.update()
        .where(grants.c.id == grant_id, grants.c.revoked_at.is_(None))
        .values(revoked_at=now, revoked_reason=reason)
        .returning(grants.c.app_id, grants.c.user_id)
    ).one_or_none()
    if ended is None:
        return False
    state.audit.append(
        connection, at=now, actor=actor, action="grant.revoked", target=grant_id, app=ended.app_id,
        user=ended.user_id, reason=reason,
    )  # fmt: skip
    return True
