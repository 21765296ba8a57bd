"""An authorization request, judged: who asks, where the answer goes, and for what.

Until client and redirect URI are known to belong together, nothing is sent there (RFC 6749 §4.1.2.1): those
errors are `PageError` and end on a page. All others go to the client by redirect, with ``iss`` (RFC 9207).
"""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import urlencode

from bcdesk.contract import redirects
from bcdesk.server import hop_notes as notes
from bcdesk.server.flow_trace import why
from bcdesk.server.oauth import clients, judged
from bcdesk.server.oauth.clients import Client
from bcdesk.server.oauth.errors import (
    InvalidRequestError,
    InvalidScopeError,
    LoginRequiredError,
    OAuth2Error,
    RequestNotSupportedError,
    UnauthorizedClientError,
    UnsupportedResponseTypeError,
    body_of,
)
from bcdesk.server.oauth.forms import Parameters
from bcdesk.server.state import ServerState

_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
"""What S256 gives: 256 bits as base64url without padding (RFC 7636 §4.2)."""
_WHERE: Final = frozenset({"client_id", "redirect_uri", "request_uri"})


class PageError(Exception):
    """The request cannot be answered by redirect; ``reason`` says why, for the page that says so in words."""

    def __init__(self, reason: str, client: Client | None = None) -> None:
        """End on a page; ``client`` is who asks, where that much is known."""
        super().__init__(reason)
        self.reason = reason
        self.client = client


class RedirectError(Exception):
    """The request ends with an error that the client is told by redirect."""

    def __init__(self, error: OAuth2Error, location: str) -> None:
        """Send the browser to ``location``, which holds ``error``."""
        super().__init__(str(error.error))
        self.error = error
        self.location = location


class Authorization(NamedTuple):
    """A request that somebody may now consent to."""

    client: Client
    redirect_uri: str
    redirect_uri_sent: bool
    state: str | None
    scopes: tuple[str, ...]
    code_challenge: str | None
    prompt: frozenset[str]
    issuer: str

    def denied(self, error: OAuth2Error) -> str:
        """Return where the browser goes with an error."""
        return answer_uri(self.redirect_uri, body_of(error), self.state, self.issuer)

    def granted(self, code: str) -> str:
        """Return where the browser goes with its code."""
        return answer_uri(self.redirect_uri, {"code": code}, self.state, self.issuer)


def answer_uri(redirect_uri: str, told: Mapping[str, str], state: str | None, issuer: str) -> str:
    """Return the redirect URI, not a character changed, with the answer added to its query (RFC 6749 §4.1.2)."""
    query = dict(told)
    if state is not None:
        query["state"] = state
    query["iss"] = issuer
    joint = "?" if "?" not in redirect_uri else "" if redirect_uri.endswith(("?", "&")) else "&"
    return f"{redirect_uri}{joint}{urlencode(query)}"


def judge_client(state: ServerState, parameters: Parameters) -> Client:
    """Return who asks; raise `PageError` where that is not clear."""
    client_id = parameters.values.get("client_id")
    notes.asked_by(client_id)
    if parameters.repeated & _WHERE:
        _note_repeated(parameters)
        raise PageError("repeated")
    if client_id is None:
        notes.failed("client.known", "missing")
        raise PageError("no_client")
    client = clients.find(state, client_id)
    if client is None:
        why.no_client(state, client_id)
        raise PageError("unknown_client")
    notes.asked_by(client_id, client.id)
    notes.passed("client.known")
    return client


def judge(state: ServerState, client: Client, parameters: Parameters) -> Authorization:
    """Return what ``client`` asks for; raise `PageError` or `RedirectError` where it cannot be had."""
    values = parameters.values
    client_state = values.get("state")
    notes.of_state(client_state)
    sent = values.get("redirect_uri")
    redirect_uri = sent or client.get_default_redirect_uri()
    if redirect_uri is None:
        notes.failed("redirect.exact", "missing")
        raise PageError("no_redirect", client)
    if not _may_go(client, redirect_uri):
        raise PageError("foreign_redirect", client)
    try:
        return Authorization(
            client,
            redirect_uri,
            sent is not None,
            client_state,
            _judge_rest(client, parameters),
            values.get("code_challenge"),
            _prompt(values),
            state.issuer,
        )
    except OAuth2Error as error:
        # Of a state that was sent twice none is sent back: it is not known which one is meant.
        told = None if "state" in parameters.repeated else client_state
        raise RedirectError(error, answer_uri(redirect_uri, body_of(error), told, state.issuer)) from None


def check_pushed(client: Client, parameters: Parameters) -> None:
    """Judge a request that is pushed (RFC 9126 §2.1) as if it had come to the authorization endpoint."""
    notes.of_state(parameters.values.get("state"))
    sent = parameters.values.get("redirect_uri") or client.get_default_redirect_uri()
    _once(parameters)
    if "request_uri" in parameters.values:
        notes.failed("request_uri.live", "nested")
        raise InvalidRequestError("A pushed request holds no request_uri.")
    if sent is None:
        notes.failed("redirect.exact", "missing")
        raise InvalidRequestError("The parameter redirect_uri is missing.")
    if not _may_go(client, sent):
        raise InvalidRequestError("This redirect_uri is not registered for the client.")
    _judge_rest(client, parameters)
    _prompt(parameters.values, pushed=True)


def _once(parameters: Parameters) -> None:
    """Raise ``invalid_request`` where a parameter came twice."""
    if parameters.repeated:
        _note_repeated(parameters)
        raise InvalidRequestError("A parameter was sent more than once.")


def _note_repeated(parameters: Parameters) -> None:
    notes.failed("params.once", "repeated", got=" ".join(sorted(parameters.repeated)))


def _may_go(client: Client, redirect_uri: str) -> bool:
    """Tell whether the browser may be sent there."""
    verdict = redirects.judge(redirect_uri, app_type=client.type, registered=client.redirect_uris)
    why.redirect(verdict, redirect_uri)
    return verdict.ok


def _judge_rest(client: Client, parameters: Parameters) -> tuple[str, ...]:
    """Judge all that may be answered by redirect; return the scopes that are asked for."""
    values = parameters.values
    _once(parameters)
    if "request" in values:
        notes.failed("params.no_request_object", "sent")
        raise RequestNotSupportedError("This server takes no request objects.")
    if "response_type" not in values:
        notes.failed("response_type.code", "missing", "code")
        raise InvalidRequestError("The parameter response_type is missing.")
    if values["response_type"] != "code":
        notes.failed("response_type.code", "other", "code", values["response_type"])
        raise UnsupportedResponseTypeError("The only response_type here is code.")
    notes.passed("response_type.code", "code")
    if not client.check_response_type("code"):
        notes.failed("grant.registered", "not_registered", " ".join(client.grant_types), "authorization_code")
        raise UnauthorizedClientError("The client may not use the grant authorization_code.")
    if values.get("response_mode", "query") != "query":
        notes.failed("response_mode.query", "other", "query", values["response_mode"])
        raise InvalidRequestError("The only response_mode here is query.")
    _check_challenge(client, values)
    scope = judged.scope(client, values.get("scope"))
    if scope is None:
        raise InvalidScopeError("The client asks for a scope that is not registered for it.")
    return tuple(scope.split())


def _check_challenge(client: Client, values: Mapping[str, str]) -> None:
    challenge, method = values.get("code_challenge"), values.get("code_challenge_method")
    if challenge is None:
        if method is not None:
            notes.failed("pkce.method", "without_challenge", got=method)
            raise InvalidRequestError("There is a code_challenge_method without a code_challenge.")
        if client.pkce_required or client.auth_method == "none":
            notes.failed("pkce.present", "missing")
            raise InvalidRequestError("The parameter code_challenge is missing: this client uses PKCE.")
        notes.advise("pkce.present", "optional")
        return
    notes.passed("pkce.present")
    if method != "S256":  # one that is left out would mean plain (RFC 7636 §4.3)
        reason = "unnamed" if method is None else "plain" if method == "plain" else "other"
        notes.failed("pkce.method", reason, "S256", method or "")
        raise InvalidRequestError("The only code_challenge_method here is S256, and it has to be named.")
    notes.passed("pkce.method", "S256")
    if not _CHALLENGE.fullmatch(challenge):
        notes.failed("pkce.challenge", _malformed(challenge), "43", str(len(challenge)))
        raise InvalidRequestError("The code_challenge is not what S256 gives.")
    notes.passed("pkce.challenge")


def _malformed(challenge: str) -> str:
    """Return which mistake gives a challenge of this form; the text itself may be the verifier, and stays out."""
    if re.fullmatch(r"[0-9A-Fa-f]{64}", challenge):
        return "hex"
    if re.fullmatch(r"[A-Za-z0-9+/]{43}=?", challenge) and re.search(r"[+/]", challenge):
        return "standard_alphabet"
    return "padded" if re.fullmatch(r"[A-Za-z0-9_-]{43}=", challenge) else "malformed"


def _prompt(values: Mapping[str, str], *, pushed: bool = False) -> frozenset[str]:
    """Return what the client wants asked; this server keeps nobody signed in, so both pages are always shown."""
    prompt = frozenset(values.get("prompt", "").split())
    if "none" in prompt:
        if len(prompt) > 1:
            notes.failed("prompt.possible", "none_with_others")
            raise InvalidRequestError("The prompt none stands alone.")
        if not pushed:
            notes.failed("prompt.possible", "none")
            raise LoginRequiredError("Nobody is signed in here, and the client asked that nobody be shown a page.")
    return prompt
