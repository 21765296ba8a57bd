"""Who calls the management API: a member's token, and the role that each route asks for."""

import hmac
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from starlette.requests import Request

from bcdesk.contract.codes import Code
from bcdesk.server.problems import ProblemError, challenge
from bcdesk.server.state import ServerState
from bcdesk.server.tables import member_tokens, members
from bcdesk.server.tables_members import member_grants
from bcdesk.server.tables_oauth import access_tokens

REALM: Final = "bcdesk manage"
RANKS: Final = {"viewer": 0, "manager": 1, "owner": 2}
_OTHER_TOKENS: Final = ("bca_", "bcs_", "bcr_", "bcu_")
_COLUMNS: Final = (
    members.c.id,
    members.c.name,
    members.c.email,
    members.c.role,
    members.c.created_at,
    members.c.disabled_at,
)
_BY_TOKEN: Final = (
    sa.select(
        *_COLUMNS,
        member_tokens.c.expires_at,
        member_tokens.c.revoked_at,
        member_tokens.c.grant_id,
        member_grants.c.revoked_at.label("signed_out_at"),
    )
    .join(member_tokens, member_tokens.c.member_id == members.c.id)
    .outerjoin(member_grants, member_grants.c.id == member_tokens.c.grant_id)
    .where(member_tokens.c.token_hmac == sa.bindparam("token_hmac"))
)
_BY_ID: Final = sa.select(*_COLUMNS).where(members.c.id == sa.bindparam("member_id"))


class CallingMember(NamedTuple):
    """The member who calls, as the token says at this moment."""

    id: str
    name: str
    email: str
    role: str
    created_at: float
    signed_in_by: str = ""
    """One of `bcdesk.contract.first_party.SIGNED_IN_BY`."""

    def may(self, role: str) -> bool:
        """Tell whether this member's role is at least ``role``."""
        return RANKS[self.role] >= RANKS[role]


def bearer(authorization: list[str]) -> str | None:
    """Return the bearer token (RFC 6750 §2.1) of the ``Authorization`` headers, or None where there is not just one."""
    if len(authorization) != 1:
        return None
    scheme, _, token = authorization[0].partition(" ")
    token = token.strip()
    return token if scheme.lower() == "bearer" and token else None


def authenticate(state: ServerState, request: Request) -> CallingMember:
    """Return the member whose token ``request`` carries.

    Raise 401 where it carries none, or one that is unknown, expired or revoked; 403 where it is another kind of
    credential, or its member is disabled.
    """
    token = bearer(request.headers.getlist("authorization"))
    if token is None:
        raise ProblemError(401, Code.TOKEN_MISSING, "Sign in: this needs a member's token.", headers=challenge(REALM))
    return member_of(state, token)


def member_of(state: ServerState, token: str) -> CallingMember:
    """Return the member whose management token ``token`` is; raise as `authenticate` does."""
    if token.startswith(_OTHER_TOKENS):
        raise _other_token()
    with state.database.read() as connection:
        row = _find(state, connection, token)
        if row is None and _is_access_token(state, connection, token):
            raise _other_token()
    if row is None:
        raise ProblemError(
            401,
            Code.INVALID_TOKEN,
            "This token is unknown, expired or revoked.",
            headers=challenge(REALM, "invalid_token"),
        )
    if row["disabled_at"] is not None:
        raise _disabled()
    grant_id: str | None = row.get("grant_id")
    state.usage.apps.seen(row["id"], grant_id, state.now())
    by = "start" if "grant_id" not in row else "token" if grant_id is None else "browser"
    return _caller(row, by)


def demand(member: CallingMember, role: str) -> None:
    """Raise 403 where the member's role does not reach ``role``."""
    if not member.may(role):
        raise ProblemError(
            403,
            Code.FORBIDDEN_ROLE,
            f"This needs the role {role}.",
            headers=challenge(REALM, "insufficient_scope", "manage"),
            role=role,
        )


def demand_still(connection: Connection, member_id: str, role: str) -> None:
    """Raise 403 where the member has been turned off or lost the role while the request waited to be written."""
    row = connection.execute(_BY_ID, {"member_id": member_id}).mappings().one()
    if row["disabled_at"] is not None:
        raise _disabled()
    demand(_caller(row), role)


def _caller(row: sa.RowMapping, by: str = "") -> CallingMember:
    return CallingMember(row["id"], row["name"], row["email"], row["role"], row["created_at"], by)


def _other_token() -> ProblemError:
    return ProblemError(
        403,
        Code.NOT_A_MANAGEMENT_TOKEN,
        "This credential opens the API, not its management.",
        headers=challenge(REALM, "insufficient_scope", "manage"),
    )


def _is_access_token(state: ServerState, connection: Connection, token: str) -> bool:
    """Tell whether an application was given this token: both kinds look alike."""
    known = sa.select(access_tokens.c.app_id).where(access_tokens.c.token_hmac == state.secret.token_hmac(token))
    return connection.execute(known).first() is not None


def _disabled() -> ProblemError:
    return ProblemError(
        403,
        Code.MEMBER_DISABLED,
        "This member has been turned off.",
        headers=challenge(REALM, "insufficient_scope", "manage"),
    )


def _find(state: ServerState, connection: Connection, token: str) -> sa.RowMapping | None:
    token_hmac = state.secret.token_hmac(token)
    if state.owner_token_hmac is not None and hmac.compare_digest(token_hmac, state.owner_token_hmac):
        return connection.execute(_BY_ID, {"member_id": state.owner_member_id}).mappings().one_or_none()
    row = connection.execute(_BY_TOKEN, {"token_hmac": token_hmac}).mappings().one_or_none()
    if row is None or row["revoked_at"] is not None:
        return None
    if row["expires_at"] is not None and row["expires_at"] <= state.now():
        return None
    # A member who was turned off was signed out with it, and learns why.
    return None if row["signed_out_at"] is not None and row["disabled_at"] is None else row
