"""How clients say who they are (RFC 6749 §2.3): by the one method they registered, and by one method alone."""

import base64
import binascii
import contextlib
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple
from urllib.parse import unquote_plus

from starlette.concurrency import run_in_threadpool

from bcdesk.server import hop_notes as notes
from bcdesk.server.flow_trace import why
from bcdesk.server.hop_notes import Note
from bcdesk.server.oauth import clients
from bcdesk.server.oauth.clients import Client
from bcdesk.server.oauth.errors import InvalidClientError, InvalidRequestError, OAuth2Error
from bcdesk.server.state import ServerState

METHODS: Final = ("client_secret_basic", "client_secret_post", "none")
CONFIDENTIAL: Final = METHODS[:2]
_PROVEN: Final = {
    method: (
        Note("client.known", "passed"),
        Note("client.method", "passed", got=method),
        *([Note("client.secret", "passed")] if method != "none" else ()),
    )
    for method in METHODS
}
"""The rules that a client keeps who proves by such a method who it is."""


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
    notes.asked_by(form.get("client_id"))
    if len(authorization) > 1:
        notes.failed("client.method", "two_sent")
        raise InvalidRequestError("Two credentials were presented.")
    client_id, secret = form.get("client_id"), form.get("client_secret")
    if "client_assertion" in form or "client_assertion_type" in form:
        notes.failed("client.method", "assertion")
        raise refused("This server takes no client assertions.")
    if authorization:
        basic = _basic(authorization[0])
        notes.asked_by(basic.client_id)
        if secret is not None or client_id not in (None, basic.client_id):
            notes.failed("client.method", "two_sent")
            raise InvalidRequestError("The client authenticates in more than one way.")
        return basic
    if client_id is None:
        notes.failed("client.method", "none_sent")
        raise refused("No client authentication was sent.")
    return Credentials("none", client_id) if secret is None else Credentials("client_secret_post", client_id, secret)


def authenticate(
    state: ServerState, form: Mapping[str, str], authorization: Sequence[str], now: float, methods: Sequence[str]
) -> Client:
    """Return the client that a request comes from; raise ``invalid_client`` where it does not prove so."""
    try:
        shown = presented(form, authorization)
        if shown.method == "none":
            client = clients.find(state, shown.client_id)
        else:
            client = clients.find_with_secret(state, shown.client_id, shown.secret, now)
        if client is None or not _proves(client, shown, methods):
            _explain(state, client, shown, methods, now)
            raise refused()
    except OAuth2Error:
        why.joined(state, form)
        raise
    return _proven(client, shown)


async def authenticate_soon(
    state: ServerState, form: Mapping[str, str], authorization: Sequence[str], now: float
) -> Client:
    """Do as `authenticate` for confidential clients, without holding up the loop."""
    shown = presented(form, authorization)
    client = await clients.ask_with_secret(state, shown.client_id, shown.secret, now)
    if client is None or not _proves(client, shown, CONFIDENTIAL):
        await run_in_threadpool(_explain, state, client, shown, CONFIDENTIAL, now)
        raise refused()
    return _proven(client, shown)


def claim(form: Mapping[str, str], authorization: Sequence[str]) -> None:
    """Note which client a request says it comes from, where it is refused before that is proven."""
    notes.asked_by(form.get("client_id"))
    with contextlib.suppress(OAuth2Error):
        if len(authorization) == 1:
            notes.asked_by(_basic(authorization[0]).client_id)


def refused(description: str = "The client is unknown, or its authentication failed.") -> InvalidClientError:
    """Return the error of a client that does not prove who it is."""
    return InvalidClientError(description, status_code=401)


def _proves(client: Client, shown: Credentials, methods: Sequence[str]) -> bool:
    if shown.method not in methods or not client.check_endpoint_auth_method(shown.method, ""):
        return False
    return shown.method == "none" or client.check_client_secret(shown.secret)


def _proven(client: Client, shown: Credentials) -> Client:
    notes.asked_by(client.client_id, client.id)
    notes.kept(_PROVEN[shown.method])
    return client


def _explain(state: ServerState, client: Client | None, shown: Credentials, methods: Sequence[str], now: float) -> None:
    """Note all that a client did wrong: who has the wrong method may have the wrong secret too."""
    if client is None:
        why.no_client(state, shown.client_id)
        return
    notes.asked_by(client.client_id, client.id)
    notes.passed("client.known")
    if client.auth_method == "none" and shown.method != "none":
        notes.failed("client.method", "public_secret", client.auth_method, shown.method)
        return
    if shown.method == client.auth_method and shown.method in methods:
        notes.passed("client.method", shown.method)
    else:
        wanted = client.auth_method if client.auth_method in methods else " ".join(methods)
        notes.failed("client.method", "other_method", wanted, shown.method)
    if shown.method != "none" and not client.check_client_secret(shown.secret):
        why.wrong_secret(state, client.id, shown.secret, now)


def _basic(header: str) -> Credentials:
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        notes.failed("client.method", "not_basic")
        raise refused("This takes HTTP Basic authentication.")
    try:
        client_id, colon, secret = base64.b64decode(value.strip(), validate=True).decode("utf-8").partition(":")
        # Both were form-encoded before they were joined (RFC 6749 §2.3.1).
        shown = Credentials(
            "client_secret_basic", unquote_plus(client_id, errors="strict"), unquote_plus(secret, errors="strict")
        )
    except (binascii.Error, UnicodeError, ValueError):
        notes.failed("client.method", "malformed")
        raise refused() from None
    if not (colon and shown.client_id and shown.secret):
        notes.failed("client.method", "malformed")
        raise refused()
    return shown
