"""How clients say who they are (RFC 6749 §2.3): by the one method they registered, and by one method alone."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple
from urllib.parse import unquote_plus

from bcdesk.server.oauth import clients
from bcdesk.server.oauth.clients import Client
from bcdesk.server.oauth.errors import InvalidClientError, InvalidRequestError
from bcdesk.server.state import ServerState

METHODS: Final = ("client_secret_basic", "client_secret_post", "none")
CONFIDENTIAL: Final = METHODS[:2]


class Credentials(NamedTuple):
    """What a request presents, and by which method."""

    method: str
    client_id: str
    secret: str = ""

    def __repr__(self) -> str:
        return f"<Credentials {self.method}>"


def presented(form: Mapping[str, str], authorization: Sequence[str]) -> Credentials:
    """Return the credentials of a request.

    Raise ``invalid_request`` where it uses more than one way, ``invalid_client`` where it uses none that is known.
    """
    if len(authorization) > 1:
        raise InvalidRequestError("Two credentials were presented.")
    client_id, secret = form.get("client_id"), form.get("client_secret")
    if "client_assertion" in form or "client_assertion_type" in form:
        raise refused("This server takes no client assertions.")
    if authorization:
        basic = _basic(authorization[0])
        if secret is not None or client_id not in (None, basic.client_id):
            raise InvalidRequestError("The client authenticates in more than one way.")
        return basic
    if client_id is None:
        raise refused("No client authentication was sent.")
    return Credentials("none", client_id) if secret is None else Credentials("client_secret_post", client_id, secret)


def authenticate(
    state: ServerState, form: Mapping[str, str], authorization: Sequence[str], now: float, methods: Sequence[str]
) -> Client:
    """Return the client that a request comes from; raise ``invalid_client`` where it does not prove so."""
    shown = presented(form, authorization)
    if shown.method == "none":
        client = clients.find(state, shown.client_id)
    else:
        client = clients.find_with_secret(state, shown.client_id, shown.secret, now)
    return _judge(client, shown, methods)


async def authenticate_soon(
    state: ServerState, form: Mapping[str, str], authorization: Sequence[str], now: float
) -> Client:
    """Do as `authenticate` for confidential clients, without holding up the loop."""
    shown = presented(form, authorization)
    return _judge(await clients.ask_with_secret(state, shown.client_id, shown.secret, now), shown, CONFIDENTIAL)


def refused(description: str = "The client is unknown, or its authentication failed.") -> InvalidClientError:
    """Return the error of a client that does not prove who it is."""
    return InvalidClientError(description, status_code=401)


def _judge(client: Client | None, shown: Credentials, methods: Sequence[str]) -> Client:
    if client is None or shown.method not in methods or not client.check_endpoint_auth_method(shown.method, ""):
        raise refused()
    if shown.method != "none" and not client.check_client_secret(shown.secret):
        raise refused()
    return client


def _basic(header: str) -> Credentials:
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        raise refused("This takes HTTP Basic authentication.")
    try:
        client_id, colon, secret = base64.b64decode(value.strip(), validate=True).decode("utf-8").partition(":")
        # Both were form-encoded before they were joined (RFC 6749 §2.3.1).
        shown = Credentials(
            "client_secret_basic", unquote_plus(client_id, errors="strict"), unquote_plus(secret, errors="strict")
        )
    except (binascii.Error, UnicodeError, ValueError):
        raise refused() from None
    if not (colon and shown.client_id and shown.secret):
        raise refused()
    return shown
