"""Set-up links: how a member comes in the first time, or sets a new password; each works once, for 15 minutes."""

import secrets
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bcdesk.contract.first_party import SETUP, SETUP_PREFIX, SETUP_SECONDS
from bcdesk.server import consents, handovers, members
from bcdesk.server.audit import SERVER
from bcdesk.server.changes import next_change
from bcdesk.server.families import MEMBERS
from bcdesk.server.ids import new_id
from bcdesk.server.members import MemberRecord
from bcdesk.server.revisions import revise
from bcdesk.server.state import SecretKind, ServerState
from bcdesk.server.tables import member_tokens, tombstones
from bcdesk.server.tables import members as member_rows
from bcdesk.server.tables_members import member_passwords, setup_links

OWNER_NAME: Final = "Owner"
"""The first owner's, until the set-up page has asked for a better one."""


class Made(NamedTuple):
    """A fresh link: its id and its token, which is never told again."""

    id: str
    token: str

    def __repr__(self) -> str:
        return f"<Made {self.id}>"


class Link(NamedTuple):
    """A link that works, and whose it is."""

    id: str
    member: MemberRecord


def make(state: ServerState, connection: Connection, member_id: str, *, actor: str, now: float) -> Made:
    """Make a link for a member and end those before it; raise 404."""
    member = members.find(connection, member_id)
    _end_others(connection, member.id, now)
    made = Made(new_id("lnk"), SETUP_PREFIX + secrets.token_urlsafe(32))
    connection.execute(
        setup_links.insert().values(
            id=made.id,
            token_hmac=state.secret.token_hmac(made.token),
            member_id=member.id,
            created_at=now,
            expires_at=now + SETUP_SECONDS,
        )
    )
    state.audit.append(connection, at=now, actor=actor, action="member.setup_link", target=member.id, link=made.id)
    return made


def for_first_owner(state: ServerState, now: float) -> str | None:
    """Return the token of a link for the first owner, made where there is none, if nobody can come in yet at all."""
    with state.database.write() as connection:
        everyone = members.every(connection)
        live = sa.select(member_tokens.c.member_id).where(
            member_tokens.c.revoked_at.is_(None),
            sa.or_(member_tokens.c.expires_at.is_(None), member_tokens.c.expires_at > now),
        )
        if any(one.state != "invited" for one in everyone) or connection.execute(live).first() is not None:
            return None
        owner = next((one for one in everyone if one.role == "owner"), None)
        if owner is None:
            owner = members.add(state, connection, actor=SERVER, name=OWNER_NAME, role="owner", now=now)
        return make(state, connection, owner.id, actor=SERVER, now=now).token


def by_token(state: ServerState, connection: Connection, token: str, now: float) -> Link | None:
    """Return the link of a token, or None where it is unknown, used, old, or its member is turned off."""
    if not SETUP.fullmatch(token):
        return None
    return _link(connection, setup_links.c.token_hmac == state.secret.token_hmac(token), now)


def by_id(connection: Connection, link_id: str, now: float) -> Link | None:
    """Return the link of that id, on the same terms."""
    return _link(connection, setup_links.c.id == link_id, now)


def set_up(
    state: ServerState, connection: Connection, link: Link, *, password_hash: str, name: str, email: str, now: float
) -> bool:
    """Set a member's password, and name and address with it, and end every sign-in of before.

    Tell whether it was done: a link works once, and of two at once the first wins.
    """
    live = (setup_links.c.used_at.is_(None), setup_links.c.ended_at.is_(None), setup_links.c.expires_at > now)
    used = connection.execute(setup_links.update().where(setup_links.c.id == link.id, *live).values(used_at=now))
    if used.rowcount != 1:
        return False
    member = members.find(connection, link.member.id)
    kept = {"password_hash": password_hash, "set_at": now, "failed": 0}
    changed = connection.execute(
        member_passwords.update().where(member_passwords.c.member_id == member.id).values(kept)
    )
    if not changed.rowcount:
        connection.execute(member_passwords.insert().values(member_id=member.id, **kept))
    fields = ["state"] if member.state == "invited" else []
    values = {field: value for field, value in (("name", name), ("email", email)) if value != getattr(member, field)}
    revise(connection, member_rows, member, [*fields, *values], **values)
    consents.revoke_of(
        state, connection, member.id, actor=member.id, reason=consents.NEW_PASSWORD, now=now, family=MEMBERS
    )
    state.audit.append(connection, at=now, actor=member.id, action="member.set_up", target=member.id, link=link.id)
    return True


def kinds() -> dict[str, SecretKind]:
    """Return what the hand-overs of an invitation and of a further link are about."""
    return {
        "member": SecretKind(_take_back_member, _used, _mark_changed),
        "setup": SecretKind(_take_back_link, _used, _mark_changed),
    }


def _link(connection: Connection, which: sa.ColumnElement[bool], now: float) -> Link | None:
    row = connection.execute(
        sa.select(setup_links.c.id, setup_links.c.member_id).where(
            which,
            setup_links.c.used_at.is_(None),
            setup_links.c.ended_at.is_(None),
            setup_links.c.expires_at > now,
        )
    ).one_or_none()
    if row is None:
        return None
    member = members.find(connection, row.member_id)
    return None if member.disabled_at is not None else Link(row.id, member)


def _end_others(connection: Connection, member_id: str, now: float) -> None:
    its = (setup_links.c.member_id == member_id, setup_links.c.used_at.is_(None), setup_links.c.ended_at.is_(None))
    for link_id in list(connection.scalars(sa.select(setup_links.c.id).where(*its))):
        _end(connection, link_id, now)
        handovers.end_waiting(connection, link_id, now)


def _end(connection: Connection, link_id: str, now: float) -> None:
    connection.execute(
        setup_links.update().where(setup_links.c.id == link_id, setup_links.c.ended_at.is_(None)).values(ended_at=now)
    )


def _used(connection: Connection, link_id: str) -> bool:
    used = sa.select(setup_links.c.used_at).where(setup_links.c.id == link_id)
    return connection.scalars(used).one_or_none() is not None


def _take_back_link(connection: Connection, _member_id: str, link_id: str, now: float) -> bool:
    """End a link that nobody got; its member is as before."""
    _end(connection, link_id, now)
    return True


def _take_back_member(connection: Connection, member_id: str, link_id: str, now: float) -> bool:
    """End an invitation that nobody got, and the member with it unless there is another way in by now."""
    _end(connection, link_id, now)
    member = members.find_by_id(connection, member_id)
    if member is None:
        return False
    tokens = sa.select(member_tokens.c.member_id).where(member_tokens.c.member_id == member_id)
    links = sa.select(setup_links.c.id).where(setup_links.c.member_id == member_id, setup_links.c.ended_at.is_(None))
    if member.state != "invited" or connection.execute(tokens).first() or connection.execute(links).first():
        return True
    connection.execute(setup_links.delete().where(setup_links.c.member_id == member_id))
    connection.execute(member_rows.delete().where(member_rows.c.id == member_id))
    connection.execute(tombstones.insert().values(id=member_id, deleted_at=now, changed=next_change(connection)))
    return False


def _mark_changed(_connection: Connection, _member_id: str) -> None:
    """Do nothing: a member's JSON does not show the hand-over."""
