"""Applications as OAuth clients: one read by the client id, with the secret that was presented beside it."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from bcdesk.contract import first_party, redirects
from bcdesk.contract.app_rules import ACCESS_TTL, REFRESH_TTL
from bcdesk.server.points import PointRead
from bcdesk.server.state import ServerState

_COLUMNS: Final = (
    "a.id, a.client_id, a.name, a.type, a.redirect_uris, a.scopes, a.grant_types, a.token_endpoint_auth_method,"
    " a.pkce_required, a.access_token_ttl, a.refresh_token_ttl, a.client_uri"
)
_LIVES: Final = "a.disabled_at IS NULL AND a.deleted_at IS NULL"
_BY_CLIENT_ID: Final = PointRead(
    f"SELECT {_COLUMNS}, NULL FROM applications a WHERE a.client_id = :client_id AND {_LIVES}"  # noqa: S608 - ours
)
_BY_SECRET: Final = PointRead(
    f"SELECT {_COLUMNS}, s.id FROM applications a LEFT JOIN app_secrets s"  # noqa: S608 - ours
    " ON s.app_id = a.id AND s.secret_hmac = :secret_hmac AND s.ended_at IS NULL"
    " AND (s.expires_at IS NULL OR s.expires_at > :now)"
    f" WHERE a.client_id = :client_id AND {_LIVES}"
)
_BY_ID: Final = PointRead(f"SELECT {_COLUMNS}, NULL FROM applications a WHERE a.id = :app_id AND {_LIVES}")  # noqa: S608


class Client(NamedTuple):
    """An enabled application, with the methods by which Authlib asks it (its ``ClientMixin``)."""

    id: str
    client_id: str
    name: str
    type: str
    redirect_uris: tuple[str, ...]
    scopes: tuple[str, ...]
    grant_types: tuple[str, ...]
    auth_method: str
    pkce_required: bool
    access_token_ttl: int
    refresh_token_ttl: int
    client_uri: str
    secret_id: str | None
    """The secret of this application that was presented, if one was."""

    def get_client_id(self) -> str:
        """Return the public id."""
        return self.client_id

    def get_default_redirect_uri(self) -> str | None:
        """Return where to go when the request does not say: the one registered URI (RFC 6749 §3.1.2.3)."""
        return self.redirect_uris[0] if len(self.redirect_uris) == 1 else None

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """Return the scope that a request gets: all registered ones by default, None where one is not registered."""
        names = tuple(dict.fromkeys((scope or "").split())) or self.scopes
        return " ".join(names) if names and set(names) <= set(self.scopes) else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Tell whether the browser may be sent there."""
        return redirects.judge(redirect_uri, app_type=self.type, registered=self.redirect_uris).ok

    def check_client_secret(self, _secret: str) -> bool:
        """Tell whether the presented secret is one of this application's; it was looked up with the row."""
        return self.secret_id is not None

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        """Tell whether the client registered to authenticate in this way."""
        return method == self.auth_method

    def check_response_type(self, response_type: str) -> bool:
        """Tell whether the client may ask for this response."""
        return response_type == "code" and self.check_grant_type("authorization_code")

    def check_grant_type(self, grant_type: str) -> bool:
        """Tell whether the client may ask for tokens in this way."""
        return grant_type in self.grant_types

    def left_of(self, scopes: Sequence[str]) -> list[str]:
        """Return those of once granted scopes that the application still has."""
        return [name for name in scopes if name in self.scopes]


FIRST_PARTY: Final = Client(
    first_party.CLIENT_ID,
    first_party.CLIENT_ID,
    first_party.NAME,
    "mobile",
    first_party.REDIRECT_URIS,
    (first_party.SCOPE,),
    ("authorization_code", "refresh_token"),
    "none",
    True,
    ACCESS_TTL,
    REFRESH_TTL,
    "",
    None,
)
"""The desk itself, at which members sign in: no application, so no list has it and nobody edits it."""


def find(state: ServerState, client_id: str) -> Client | None:
    """Return the enabled application of that client id, or the desk itself."""
    if client_id == FIRST_PARTY.client_id:
        return FIRST_PARTY
    return _client(_BY_CLIENT_ID.find(state.database, client_id=client_id))


def find_by_id(state: ServerState, app_id: str) -> Client | None:
    """Return the enabled application of that id."""
    return _client(_BY_ID.find(state.database, app_id=app_id))


def find_with_secret(state: ServerState, client_id: str, secret: str, now: float) -> Client | None:
    """Return the enabled application of that client id, which knows whether ``secret`` is its own."""
    secret_hmac = state.secret.token_hmac(secret)
    return _client(_BY_SECRET.find(state.database, client_id=client_id, secret_hmac=secret_hmac, now=now))


async def ask_with_secret(state: ServerState, client_id: str, secret: str, now: float) -> Client | None:
    """Do as `find_with_secret`, without holding up the loop."""
    secret_hmac = state.secret.token_hmac(secret)
    return _client(await _BY_SECRET.ask(state.database, client_id=client_id, secret_hmac=secret_hmac, now=now))


def _client(row: Sequence[Any] | None) -> Client | None:
    if row is None:
        return None
    values = list(row)
    values[4:7] = map(_list, row[4:7])
    values[8] = bool(row[8])
    return Client._make(values)


@lru_cache(1024)
def _list(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))
