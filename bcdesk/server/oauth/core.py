"""Authlib's authorization server on our tables: it leads through each grant, we judge, draw and store.

Authlib is synchronous: whoever calls it does so in a thread.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from authlib.oauth2.rfc6749 import (
    AuthorizationCodeGrant,
    AuthorizationServer,
    ClientCredentialsGrant,
    OAuth2Request,
    RefreshTokenGrant,
)
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge

from bcdesk.contract.app_rules import ACCESS_PREFIX, REFRESH_PREFIX
from bcdesk.server import families
from bcdesk.server import hop_notes as notes
from bcdesk.server.families import CodeRow, RefreshRow
from bcdesk.server.flow_trace import why
from bcdesk.server.oauth import client_auth, clients, judged, tokens
from bcdesk.server.oauth.clients import Client
from bcdesk.server.oauth.errors import (
    InvalidGrantError,
    InvalidRequestError,
    InvalidScopeError,
    OAuth2Error,
    UnsupportedGrantTypeError,
    body_of,
    headers_of,
)
from bcdesk.server.state import ServerState

_SPENT: Final = "The authorization code is unknown, expired, used or meant for another client."
_ENDED: Final = "The refresh token is unknown, expired, revoked or meant for another client."


class Answer(NamedTuple):
    """A reply of the authorization server, before it becomes one of the framework."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str]


class Call(OAuth2Request):
    """A request as Authlib reads it; its form was read strictly already, its transport judged by the guard."""

    def __init__(self, form: dict[str, str], authorization: Sequence[str], now: float) -> None:
        """Take a form, the ``Authorization`` headers and the moment of the request."""
        super().__init__("POST", "https://judged.invalid/")
        self.payload = BasicOAuth2Payload(form)
        self.authorization: Final = authorization
        self.now: Final = now
        self.secret_id: str | None = None

    @property
    def form(self) -> dict[str, str]:
        """Return the form."""
        found: dict[str, str] = self.payload.data
        return found


class OAuthCore(AuthorizationServer):
    """The grants that this server knows, on the tables of ``state``."""

    def __init__(self, state: ServerState) -> None:
        """Serve ``state``."""
        super().__init__()
        self.state: Final = state
        self.register_token_generator(
            "default",
            BearerTokenGenerator(
                lambda **_: tokens.draw(ACCESS_PREFIX),
                lambda **_: tokens.draw(REFRESH_PREFIX),
                lambda client, _grant_type: client.access_token_ttl,
            ),
        )
        self.register_grant(CodeGrant, [S256Alone()])
        self.register_grant(RefreshGrant)
        self.register_grant(ClientGrant)

    def token(self, call: Call) -> Answer:
        """Answer the token endpoint (RFC 6749 §3.2)."""
        answer: Answer = self.create_token_response(call)
        if answer.status == 200:
            client: Client = call.client
            code, refresh = call.authorization_code, call.refresh_token
            grant_id = code.row.grant_id if code else refresh.row.grant_id if refresh else None
            self.state.usage.apps.record(client.id, client.secret_id, grant_id, call.now)
        return answer

    def query_client(self, client_id: str) -> Client | None:
        """Return the enabled application of that client id."""
        return clients.find(self.state, client_id)

    def authenticate_client(self, request: Call, methods: Sequence[str], endpoint: str = "token") -> Client:
        """Return the client of a request; Authlib's own way reads Basic credentials without form-decoding them."""
        client = client_auth.authenticate(self.state, request.form, request.authorization, request.now, methods)
        request.auth_method = client.auth_method
        grant_type = request.form["grant_type"]
        if client.check_grant_type(grant_type):
            notes.passed("grant.registered", grant_type)
        else:
            notes.failed("grant.registered", "not_registered", " ".join(client.grant_types), grant_type)
        return client

    def create_oauth2_request(self, request: Call) -> Call:
        """Return the request, which is Authlib's already."""
        return request

    def handle_response(self, status: int, body: Mapping[str, Any], headers: object) -> Answer:
        """Return a reply; the guard keeps it out of caches."""
        return Answer(status, body, {"Pragma": "no-cache"})

    def handle_error_response(self, request: Call, error: OAuth2Error) -> Answer:
        """Return the reply that ends a request with ``error``."""
        if isinstance(error, UnsupportedGrantTypeError):
            client_auth.claim(request.form, request.authorization)
            known = " ".join(grant.GRANT_TYPE for grant, _ in self._token_grants)
            notes.failed("grant_type.known", "unknown", known, request.form["grant_type"])
        notes.error(str(error.error))
        return Answer(error.status_code, body_of(error), {"Pragma": "no-cache", **headers_of(error)})

    def send_signal(self, name: str, *args: object, **more: object) -> None:
        """Tell nobody: what happens stands in the audit."""


class S256Alone(CodeChallenge):
    """PKCE with S256, the only method that this server knows (RFC 9700 §2.1.1)."""

    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    SUPPORTED_CODE_CHALLENGE_METHOD: Final = ["S256"]

    def validate_code_verifier(self, grant: "CodeGrant", result: object) -> None:
        """Judge the verifier that a code comes with."""
        request: Call = grant.request
        challenge = self.get_authorization_code_challenge(request.authorization_code)
        judged.verifier(challenge, request.form.get("code_verifier"))
        super().validate_code_verifier(grant, result)

    def get_authorization_code_challenge(self, authorization_code: "_Code") -> str | None:
        """Return the challenge that the code was asked for with."""
        return authorization_code.row.code_challenge

    def get_authorization_code_challenge_method(self, authorization_code: "_Code") -> str:
        """Return the method, which is always the one."""
        return "S256"


class _Code(NamedTuple):
    """A code as Authlib asks it."""

    row: CodeRow
    scope: str

    def get_redirect_uri(self) -> str | None:
        return self.row.redirect_uri if self.row.redirect_uri_sent else None

    def get_scope(self) -> str:
        return self.scope


class CodeGrant(AuthorizationCodeGrant):
    """Authorization codes (RFC 6749 §4.1); one that was presented wrongly, by whomever, is spent."""

    TOKEN_ENDPOINT_AUTH_METHODS = client_auth.METHODS
    presented: CodeRow | None = None

    def validate_token_request(self) -> None:
        """Judge the request; burn its code where something is wrong with what came with it."""
        state: ServerState = self.server.state
        try:
            super().validate_token_request()
            code, named = self.presented, self.request.payload.redirect_uri
            if code is not None and named is not None and named != code.redirect_uri:
                raise InvalidGrantError("The redirect_uri is not the one that the code was sent to.")
        except OAuth2Error:
            if "code" not in self.request.form:
                notes.failed("code.known", "missing")
            if self.presented is not None:
                tokens.refuse_code(state, self.presented, self.request.now)
            raise

    def query_authorization_code(self, code: str, client: Client) -> _Code:
        """Return a code that the client may redeem now."""
        state: ServerState = self.server.state
        row = self.presented = tokens.find_code(state, code, families.of(client.id))
        judged.code(row, client, self.request.now)
        if row is None:
            raise InvalidGrantError(_SPENT)
        dead = row.used_at is not None or row.revoked_at is not None or row.user_disabled_at is not None
        if dead or row.app_id != client.id or row.expires_at <= self.request.now:
            raise InvalidGrantError(_SPENT)
        scopes = client.left_of(json.loads(row.scopes))
        if not scopes:
            notes.failed("scope.registered", "none_left", " ".join(client.scopes))
            raise InvalidGrantError(_SPENT)
        why.same_redirect(row.redirect_uri, self.request.payload.redirect_uri, needed=row.redirect_uri_sent)
        return _Code(row, " ".join(scopes))

    def authenticate_user(self, authorization_code: _Code) -> str:
        """Return whose code it is."""
        return authorization_code.row.user_id

    def save_token(self, token: dict[str, Any]) -> None:
        """Spend the code for the tokens, unless another request did so first."""
        state: ServerState = self.server.state
        if not tokens.redeem_code(
            state, self.request.client, self.request.authorization_code.row, token, self.request.now
        ):
            raise InvalidGrantError(_SPENT)

    def delete_authorization_code(self, authorization_code: _Code) -> None:
        """Keep the code: only so is it known when it comes again."""


class _Refresh(NamedTuple):
    """A refresh token as Authlib asks it."""

    row: RefreshRow
    presented: str

    def check_client(self, client: Client) -> bool:
        return self.row.app_id == client.id

    def get_scope(self) -> str:
        return self.row.scope

    def __repr__(self) -> str:
        return "<_Refresh>"


class RefreshGrant(RefreshTokenGrant):
    """Refresh tokens in families (RFC 6749 §6, RFC 9700 §4.14.2): each is used once and gives the next."""

    TOKEN_ENDPOINT_AUTH_METHODS = client_auth.METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> _Refresh:
        """Return a refresh token that lasts; whether it was used is judged when it is spent."""
        row = tokens.find_refresh(self.server.state, refresh_token, families.of(self.request.client.id))
        judged.refresh(row, self.request.client, self.request.now)
        if row is None or not row.lives(self.request.now) or row.app_id != self.request.client.id:
            raise InvalidGrantError(_ENDED)
        judged.narrower(row.scope, self.request.payload.scope)
        return _Refresh(row, refresh_token)

    def issue_token(self, user: str, refresh_token: _Refresh) -> dict[str, Any]:
        """Draw the pair of the successor, without what the application may no longer ask for."""
        client: Client = self.request.client
        asked = (self.request.payload.scope or refresh_token.get_scope()).split()
        scopes = client.left_of(list(dict.fromkeys(asked)))
        if not scopes:
            notes.failed("scope.within", "none_left", " ".join(client.scopes))
            raise InvalidScopeError("The application may no longer ask for any of these scopes.")
        pair: dict[str, Any] = self.generate_token(user=user, scope=" ".join(scopes), include_refresh_token=True)
        return pair

    def authenticate_user(self, refresh_token: _Refresh) -> str:
        """Return whose token it is."""
        return refresh_token.row.user_id

    def save_token(self, token: dict[str, Any]) -> None:
        """Spend the old token for the pair, or turn the pair into the one that the first use got."""
        old: _Refresh = self.request.refresh_token
        state: ServerState = self.server.state
        if not tokens.rotate(state, self.request.client, old.row, old.presented, token, self.request.now):
            raise InvalidGrantError(_ENDED)

    def revoke_old_credential(self, refresh_token: _Refresh) -> None:
        """Do nothing more: the old token ended in the transaction of the new one."""


class ClientGrant(ClientCredentialsGrant):
    """Client credentials (RFC 6749 §4.4): an application acts for itself."""

    TOKEN_ENDPOINT_AUTH_METHODS = client_auth.CONFIDENTIAL

    def validate_requested_scope(self) -> None:
        """Note whether the scope can be had; drawing the token refuses what cannot."""
        judged.scope(self.request.client, self.request.payload.scope)

    def save_token(self, token: dict[str, Any]) -> None:
        """Store the token."""
        tokens.give_access(self.server.state, self.request.client, token, self.request.now)


def check_token_form(form: Mapping[str, str]) -> None:
    """Raise ``invalid_request`` where the one parameter is missing that decides about all others."""
    if "grant_type" not in form:
        notes.failed("grant_type.known", "missing")
        raise InvalidRequestError("The parameter grant_type is missing.")
