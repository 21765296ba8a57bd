"""Pushed authorization requests (RFC 9126): kept for a minute, for one client, for one use."""

import json
import secrets
from typing import Final

from bcdesk.server import hop_notes as notes
from bcdesk.server.flow_trace import why
from bcdesk.server.oauth.authorization import PageError, check_pushed
from bcdesk.server.oauth.clients import FIRST_PARTY, Client
from bcdesk.server.oauth.errors import UnauthorizedClientError
from bcdesk.server.oauth.forms import Parameters
from bcdesk.server.state import ServerState
from bcdesk.server.tables_oauth import par_requests

PREFIX: Final = "urn:ietf:params:oauth:request_uri:"
SECONDS: Final = 60
_CREDENTIALS: Final = frozenset({"client_secret", "client_assertion", "client_assertion_type"})


def push(state: ServerState, client: Client, parameters: Parameters, now: float) -> dict[str, object]:
    """Keep a request that could be answered; return its ``request_uri``. Raise what the client did wrong."""
    if client is FIRST_PARTY:
        notes.failed("grant.registered", "not_registered")
        raise UnauthorizedClientError("The desk sends its requests with the browser.")
    check_pushed(client, parameters)
    request_uri = PREFIX + secrets.token_urlsafe(32)
    kept = {name: value for name, value in parameters.values.items() if name not in _CREDENTIALS}
    with state.database.write() as connection:
        connection.execute(
            par_requests.insert().values(
                uri_hmac=state.secret.token_hmac(request_uri),
                app_id=client.id,
                parameters=json.dumps(kept | {"client_id": client.client_id}),
                created_at=now,
                expires_at=now + SECONDS,
            )
        )
    notes.effect("request_pushed")
    return {"request_uri": request_uri, "expires_in": SECONDS}


def take(state: ServerState, client: Client, request_uri: str, now: float) -> Parameters:
    """Return the request behind ``request_uri``, once; raise `PageError` where it is another client's, old or used."""
    with state.database.write() as connection:
        row = connection.execute(
            par_requests.update()
            .where(
                par_requests.c.uri_hmac == state.secret.token_hmac(request_uri),
                par_requests.c.app_id == client.id,
                par_requests.c.used_at.is_(None),
                par_requests.c.expires_at > now,
            )
            .values(used_at=now)
            .returning(par_requests.c.parameters)
        ).one_or_none()
    if row is None:
        why.no_request(state, client.id, request_uri, now)
        raise PageError("unknown_request", client)
    notes.passed("request_uri.live")
    return Parameters(json.loads(row.parameters), frozenset())
