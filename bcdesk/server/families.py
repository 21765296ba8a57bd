"""Where the grants, codes and tokens of a kind of client lie: the steps from one to the next are the same for all.

A family is a grant with all that it gave: one consent of a user to an application, one sign-in of a member.
"""

import json
from functools import cache
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from bcdesk.contract.first_party import CLIENT_ID
from bcdesk.server.ids import Kind
from bcdesk.server.points import PointRead
from bcdesk.server.tables import member_tokens
from bcdesk.server.tables_members import member_codes, member_grants, member_refresh_tokens
from bcdesk.server.tables_oauth import access_tokens, auth_codes, grants, refresh_tokens


class CodeRow(NamedTuple):
    """An authorization code as it is stored; ``user_id`` is whoever signed in for it."""

    code_hmac: bytes
    app_id: str
    user_id: str
    grant_id: str
    redirect_uri: str
    redirect_uri_sent: bool
    code_challenge: str | None
    scopes: str
    expires_at: float
    used_at: float | None
    revoked_at: float | None
    user_disabled_at: float | None


class RefreshRow(NamedTuple):
    """A refresh token as it is stored; ``user_id`` is whoever signed in for it."""

    token_hmac: bytes
    app_id: str
    user_id: str
    grant_id: str
    scopes: str
    created_at: float
    expires_at: float
    used_at: float | None
    parent_hmac: bytes | None
    revoked_at: float | None
    user_disabled_at: float | None

    @property
    def scope(self) -> str:
        """Return its scopes as the wire has them."""
        return " ".join(json.loads(self.scopes))

    def lives(self, now: float) -> bool:
        """Tell whether its time, its grant and its user last; a used one may live."""
        return self.expires_at > now and self.revoked_at is None and self.user_disabled_at is None


class Tables(NamedTuple):
    """The tables of one kind of families, and how the audit tells of them."""

    grants: sa.Table
    codes: sa.Table
    access: sa.Table
    refresh: sa.Table
    find_code: PointRead
    find_refresh: PointRead
    kind: Kind
    """The prefix of a grant's id."""
    who: str
    """The column that names whoever signed in."""
    given: str
    ended: str

    def row(self, table: sa.Table, who: str | None, **values: Any) -> dict[str, Any]:
        """Return the row of a table that ``values`` make; what the table has no column for is left out."""
        known = _columns(table)
        values[self.who] = who
        return {name: value for name, value in values.items() if name in known}


@cache
def _columns(table: sa.Table) -> frozenset[str]:
    return frozenset(table.columns.keys())


@cache
def into(table: sa.Table) -> sa.Insert:
    """Return the statement that adds a row to a table; made once, since tokens are given all day long."""
    return table.insert()


APPS: Final = Tables(
    grants,
    auth_codes,
    access_tokens,
    refresh_tokens,
    PointRead(
        "SELECT c.code_hmac, c.app_id, c.user_id, c.grant_id, c.redirect_uri, c.redirect_uri_sent, c.code_challenge,"
        " c.scopes, c.expires_at, c.used_at, g.revoked_at, u.disabled_at"
        " FROM auth_codes c JOIN grants g ON g.id = c.grant_id JOIN users u ON u.id = c.user_id"
        " WHERE c.code_hmac = :token_hmac"
    ),
    PointRead(
        "SELECT r.token_hmac, r.app_id, g.user_id, r.grant_id, r.scopes, r.created_at, r.expires_at, r.used_at,"
        " r.parent_hmac, g.revoked_at, u.disabled_at"
        " FROM refresh_tokens r JOIN grants g ON g.id = r.grant_id JOIN users u ON u.id = g.user_id"
        " WHERE r.token_hmac = :token_hmac"
    ),
    "gra",
    "user_id",
    "grant.given",
    "grant.revoked",
)
"""What users allow applications."""

MEMBERS: Final = Tables(
    member_grants,
    member_codes,
    member_tokens,
    member_refresh_tokens,
    PointRead(
        f"SELECT c.code_hmac, '{CLIENT_ID}', c.member_id, c.grant_id, c.redirect_uri, TRUE, c.code_challenge,"  # noqa: S608 - ours
        " c.scopes, c.expires_at, c.used_at, g.revoked_at, m.disabled_at"
        " FROM member_codes c JOIN member_grants g ON g.id = c.grant_id JOIN members m ON m.id = c.member_id"
        " WHERE c.code_hmac = :token_hmac"
    ),
    PointRead(
        f"SELECT r.token_hmac, '{CLIENT_ID}', g.member_id, r.grant_id, r.scopes, r.created_at, r.expires_at, r.used_at,"  # noqa: S608 - ours
        " r.parent_hmac, g.revoked_at, m.disabled_at"
        " FROM member_refresh_tokens r JOIN member_grants g ON g.id = r.grant_id JOIN members m ON m.id = g.member_id"
        " WHERE r.token_hmac = :token_hmac"
    ),
    "ses",
    "member_id",
    "member.signed_in",
    "member.signed_out",
)
"""What members allow the desk, which is the first-party client."""


def of(app_id: str) -> Tables:
    """Return where the families of a client lie, by the id that it has inside the server."""
    return MEMBERS if app_id == CLIENT_ID else APPS
