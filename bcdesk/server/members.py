"""Members: who runs the studio, their roles and their tokens; the last owner can be neither disabled nor demoted."""

import secrets
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bcdesk.contract import member_rules, wire
from bcdesk.contract.codes import Code, Fault
from bcdesk.contract.key_rules import FieldFault
from bcdesk.contract.moments import format_moment
from bcdesk.server import consents
from bcdesk.server.audit import SERVER
from bcdesk.server.changes import next_change
from bcdesk.server.families import MEMBERS
from bcdesk.server.ids import is_id, new_id
from bcdesk.server.preconditions import demand_match
from bcdesk.server.problems import ProblemError, invalid
from bcdesk.server.revisions import revise
from bcdesk.server.state import ServerState
from bcdesk.server.tables import member_tokens, members
from bcdesk.server.tables_members import member_passwords

TOKEN_PREFIX = "bct_"


class MemberRecord(NamedTuple):
    """A row of ``members``."""

    id: str
    name: str
    email: str
    role: str
    created_at: float
    disabled_at: float | None
    revision: int
    field_revisions: str
    changed: int
    last_seen_at: float | None
    set_up_at: float | None

    @property
    def state(self) -> str:
        """Return invited, active or disabled; whoever was never here and set no password is invited."""
        if self.disabled_at is not None:
            return "disabled"
        return "invited" if self.set_up_at is None and self.last_seen_at is None else "active"


_SELECT = sa.select(
    *(members.c[name] for name in MemberRecord._fields[:-1]), member_passwords.c.set_at.label("set_up_at")
).select_from(members.outerjoin(member_passwords, member_passwords.c.member_id == members.c.id))


def add(
    state: ServerState, connection: Connection, *, actor: str, name: str, role: str, email: str = "", now: float
) -> MemberRecord:
    """Add a member; raise 422 where name or email cannot be taken."""
    email = email.strip().lower() if email.isprintable() else email
    faults = [*member_rules.check_name(name), *check_email(connection, email)]
    if faults:
        raise invalid(faults)
    member_id = new_id("mem")
    connection.execute(
        members.insert().values(
            id=member_id,
            name=name,
            email=email,
            role=role,
            created_at=now,
            revision=1,
            field_revisions="{}",
            changed=next_change(connection),
        )
    )
    state.audit.append(connection, at=now, actor=actor, action="member.added", target=member_id, name=name, role=role)
    return find(connection, member_id)


def find(connection: Connection, member_id: str) -> MemberRecord:
    """Return a member; raise 404 where there is none of that id."""
    found = find_by_id(connection, member_id)
    if found is None:
        raise ProblemError(404, Code.NOT_FOUND, "There is no member of that id.")
    return found


def find_by_id(connection: Connection, member_id: str) -> MemberRecord | None:
    """Return a member, or None where there is none of that id."""
    row = (
        connection.execute(_SELECT.where(members.c.id == member_id)).one_or_none() if is_id("mem", member_id) else None
    )
    return None if row is None else MemberRecord._make(row)


def check_email(connection: Connection, email: str, besides: str = "") -> list[FieldFault]:
    """Check an address, which may be empty: with it a member signs in, so only one has it."""
    faults = member_rules.check_address(email)
    if faults or not email:
        return faults
    found = find_by_email(connection, email)
    return [] if found is None or found.id == besides else [FieldFault("/email", Fault.DUPLICATE)]


def find_by_email(connection: Connection, email: str) -> MemberRecord | None:
    """Return the member of that address, or None; the case of letters does not matter."""
    rows = connection.execute(_SELECT.where(sa.func.lower(members.c.email) == email.strip().lower()).limit(1))
    row = rows.one_or_none() if email.strip() else None
    return None if row is None else MemberRecord._make(row)


def first_owner(state: ServerState) -> str:
    """Return the id of the first owner who is not disabled, adding one named *Owner* where there is none."""
    with state.database.write() as connection:
        owners = [one for one in every(connection) if one.role == "owner" and one.disabled_at is None]
        if owners:
            return owners[0].id
        return add(state, connection, actor=SERVER, name="Owner", role="owner", now=state.now()).id


def every(connection: Connection) -> list[MemberRecord]:
    """Return all members, oldest first."""
    return [MemberRecord._make(row) for row in connection.execute(_SELECT.order_by(members.c.id))]


def change(
    state: ServerState,
    connection: Connection,
    member_id: str,
    *,
    actor: str,
    now: float,
    role: str | None = None,
    disabled: bool | None = None,
) -> MemberRecord:
    """Set a member's role, or disable or enable the member; None leaves as it is.

    Raise 404, and 409 ``last_owner`` where no enabled owner would be left, or none who can come in.
    """
    member = find(connection, member_id)
    values: dict[str, object] = {}
    if role is not None and role != member.role:
        values["role"] = role
    if disabled is not None and disabled != (member.disabled_at is not None):
        values["disabled_at"] = now if disabled else None
    if not values:
        return member
    leaves = member.role == "owner" and member.disabled_at is None
    if leaves and (values.get("role", "owner") != "owner" or values.get("disabled_at") is not None):
        _demand_another_owner(connection, member_id, actor)
    fields = {"disabled" if name == "disabled_at" else name: value for name, value in values.items()}
    revise(connection, members, member, fields, **values)
    if disabled:
        consents.revoke_of(
            state, connection, member_id, actor=actor, reason=consents.MEMBER_DISABLED, now=now, family=MEMBERS
        )
    state.audit.append(connection, at=now, actor=actor, action="member.changed", target=member_id, **fields)
    return find(connection, member_id)


def _demand_another_owner(connection: Connection, member_id: str, actor: str) -> None:
    """Raise 409 ``last_owner`` where no other owner is left, or none who can come in: an invitation may end unused."""
    owner = sa.and_(members.c.role == "owner", members.c.disabled_at.is_(None))
    owners = set(connection.scalars(sa.select(members.c.id).where(owner)))
    ways_in = (
        sa.select(members.c.id).where(members.c.last_seen_at.is_not(None)),
        sa.select(member_passwords.c.member_id),
        sa.select(member_tokens.c.member_id).where(member_tokens.c.revoked_at.is_(None)),
    )
    able = {actor, *(id for way in ways_in for id in connection.scalars(way))} & owners
    if owners <= {member_id}:
        raise ProblemError(409, Code.LAST_OWNER, "The last owner stays: make somebody else an owner first.")
    if able == {member_id}:
        raise ProblemError(409, Code.LAST_OWNER, "The last owner stays until another one has come in.")


def patch(
    state: ServerState,
    connection: Connection,
    member_id: str,
    body: wire.MemberPatch,
    if_match: str | None,
    *,
    actor: str,
    now: float,
) -> MemberRecord:
    """Apply a merge patch under ``If-Match``; raise 404, 428, 412, 409 ``last_owner``."""
    member = find(connection, member_id)
    demand_match(if_match, member.revision, member.field_revisions)
    return change(state, connection, member_id, actor=actor, now=now, **body.model_dump(exclude_unset=True))


def draw_token() -> str:
    """Draw a management token: ``bct_`` and 256 random bits."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def issue_token(
    state: ServerState, connection: Connection, member_id: str, *, actor: str, expires_at: float | None, now: float
) -> str:
    """Store and return a fresh management token of a member; it is never shown again. Raise 404."""
    find(connection, member_id)
    token = draw_token()
    connection.execute(
        member_tokens.insert().values(
            token_hmac=state.secret.token_hmac(token),
            member_id=member_id,
            last4=token[-4:],
            created_at=now,
            expires_at=expires_at,
        )
    )
    state.audit.append(
        connection, at=now, actor=actor, action="member.token.issued", target=member_id, expires_at=expires_at
    )
    return token


def revoke_token(state: ServerState, connection: Connection, token: str, *, actor: str, now: float) -> None:
    """End a management token, unless it has ended."""
    ended = connection.execute(
        member_tokens.update()
        .where(member_tokens.c.token_hmac == state.secret.token_hmac(token), member_tokens.c.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(member_tokens.c.member_id)
    ).one_or_none()
    if ended is not None:
        state.audit.append(connection, at=now, actor=actor, action="member.token.revoked", target=ended.member_id)


def as_json(member: MemberRecord) -> dict[str, object]:
    """Return a member as JSON of ``wire.Member``."""
    return {
        "id": member.id,
        "name": member.name,
        "email": member.email,
        "role": member.role,
        "disabled": member.disabled_at is not None,
        "created_at": format_moment(member.created_at),
        "revision": member.revision,
        "state": member.state,
        "last_seen_at": None if member.last_seen_at is None else format_moment(member.last_seen_at),
    }
