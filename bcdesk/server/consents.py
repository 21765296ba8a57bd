"""Grants: one consent of a user to an application, with the family of tokens that lives as long as it does."""

import json
from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bcdesk.contract.app_rules import CODE_TTL
from bcdesk.server.families import APPS, Tables, into
from bcdesk.server.ids import new_id
from bcdesk.server.state import ServerState

CODE_REPLAY: Final = "code_replay"
CODE_REFUSED: Final = "code_refused"
REFRESH_REUSE: Final = "refresh_reuse"
BY_CLIENT: Final = "by_client"
BY_MEMBER: Final = "by_member"
MEMBER_DISABLED: Final = "member_disabled"
NEW_PASSWORD: Final = "new_password"


def open_(
    state: ServerState,
    connection: Connection,
    *,
    app_id: str,
    user_id: str,
    scopes: Sequence[str],
    now: float,
    family: Tables = APPS,
) -> str:
    """Note that somebody allowed a client ``scopes``, and return the grant's id."""
    grant_id = new_id(family.kind)
    row = family.row(
        family.grants, user_id, id=grant_id, app_id=app_id, scopes=json.dumps(scopes), created_at=now,
        expires_at=now + CODE_TTL,
    )  # fmt: skip
    connection.execute(into(family.grants), row)
    state.audit.append(
        connection, at=now, actor=user_id, action=family.given, target=grant_id, app=app_id, scopes=list(scopes)
    )
    return grant_id


def prolong(connection: Connection, grant_id: str, until: float, family: Tables = APPS) -> None:
    """Let a grant last at least until ``until``, when the newest of its tokens ends."""
    its = family.grants.c
    connection.execute(
        family.grants.update()
        .where(its.id == grant_id, sa.or_(its.expires_at.is_(None), its.expires_at < until))
        .values(expires_at=until)
    )


def is_live(connection: Connection, grant_id: str, family: Tables = APPS) -> bool:
    """Tell whether a grant has not been revoked, as this transaction sees it."""
    its = family.grants.c
    revoked = connection.execute(sa.select(its.revoked_at).where(its.id == grant_id)).one_or_none()
    return revoked is not None and revoked.revoked_at is None


def revoke(
    state: ServerState,
    connection: Connection,
    grant_id: str,
    *,
    actor: str,
    reason: str,
    now: float,
    family: Tables = APPS,
) -> bool:
    """End a grant and with it every code and token that it gave, at once; tell whether it still lived."""
    its = family.grants.c
    named = {name.removesuffix("_id"): its[name] for name in ("app_id", family.who) if name in its}
    ended = connection.execute(
        family.grants.update()
        .where(its.id == grant_id, its.revoked_at.is_(None))
        .values(revoked_at=now, revoked_reason=reason)
        .returning(*named.values())
    ).one_or_none()
    if ended is None:
        return False
    told = dict(zip(named, ended, strict=True))
    state.audit.append(
        connection, at=now, actor=actor, action=family.ended, target=grant_id, reason=reason, **told
    )  # fmt: skip
    return True


def revoke_of(
    state: ServerState, connection: Connection, who: str, *, actor: str, reason: str, now: float, family: Tables
) -> None:
    """End every grant of somebody, at once."""
    its = family.grants.c
    for grant_id in list(connection.scalars(sa.select(its.id).where(its[family.who] == who, its.revoked_at.is_(None)))):
        revoke(state, connection, grant_id, actor=actor, reason=reason, now=now, family=family)
