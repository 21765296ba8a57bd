"""What an access token opens at this moment: it ends with its time, its grant, its application and its user."""

import json
from functools import lru_cache
from typing import Final, NamedTuple

from bcdesk.contract.app_rules import ACCESS_PREFIX
from bcdesk.server.points import PointRead
from bcdesk.server.state import ServerState

_FIND: Final = PointRead(
    "SELECT t.app_id, a.client_id, a.name, t.grant_id, t.user_id, u.name, t.scopes, a.scopes,"
    " t.created_at, t.expires_at"
    " FROM access_tokens t JOIN applications a ON a.id = t.app_id LEFT JOIN grants g ON g.id = t.grant_id"
    " LEFT JOIN users u ON u.id = t.user_id"
    " WHERE t.token_hmac = :token_hmac AND t.expires_at > :now AND t.revoked_at IS NULL"
    " AND a.disabled_at IS NULL AND a.deleted_at IS NULL AND g.revoked_at IS NULL AND u.disabled_at IS NULL"
)


class Access(NamedTuple):
    """A live access token; ``user_id`` is None where the application acts for itself."""

    app_id: str
    client_id: str
    app_name: str
    grant_id: str | None
    user_id: str | None
    user_name: str | None
    scopes: frozenset[str]
    scope: str
    created_at: float
    expires_at: float


async def find_access(state: ServerState, token: str, now: float) -> Access | None:
    """Return what ``token`` opens, or None where it is no live access token."""
    if not token.startswith(ACCESS_PREFIX):
        return None
    row = await _FIND.ask(state.database, token_hmac=state.secret.token_hmac(token), now=now)
    if row is None:
        return None
    names = _names(row[6], row[7])
    return Access._make((*row[:6], frozenset(names), " ".join(names), row[8], row[9]))


@lru_cache(1024)
def _names(given: str, left: str) -> tuple[str, ...]:
    """Return those of the token's scopes that its application still has: one that it lost opens nothing at once."""
    has = json.loads(left)
    return tuple(name for name in json.loads(given) if name in has)
