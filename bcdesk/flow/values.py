"""What a run is made of: the server's endpoints, the client as it is registered, and what is asked for this time."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from bcdesk.client.tls import TlsOptions

AUTH_METHODS: Final = ("none", "client_secret_basic", "client_secret_post")
"""RFC 6749 §2.3.1 and RFC 7591 §2."""
PKCE_METHODS: Final = ("S256", "plain", "none")
THEN: Final = ("refresh", "introspect", "userinfo", "call", "revoke")
"""What can follow the token, in the order in which it makes sense."""
SECONDS: Final = 300.0


class Phase(StrEnum):
    """Where a run is."""

    NEW = "new"
    PREPARING = "preparing"
    AUTHORIZING = "authorizing"
    CALLBACK = "callback"
    TOKEN = "token"
    USING = "using"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED: Final = (Phase.DONE, Phase.FAILED, Phase.CANCELLED)


TlsProfile = TlsOptions
"""How a run reaches a server, in both channels."""


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """The metadata of an authorization server (RFC 8414 §2, OpenID Discovery §3); None where it names none."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    revocation_endpoint: str | None = None
    introspection_endpoint: str | None = None
    userinfo_endpoint: str | None = None
    registration_endpoint: str | None = None
    pushed_authorization_request_endpoint: str | None = None
    jwks_uri: str | None = None
    scopes_supported: tuple[str, ...] = ()
    code_challenge_methods_supported: tuple[str, ...] = ()
    token_endpoint_auth_methods_supported: tuple[str, ...] = ()
    iss_parameter_supported: bool = False
    openid: bool = False
    source: str = ""
    """The address that it was read from; empty where it was typed in."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What one run asks for; ``redirect_uri`` is the raw text and is never rewritten."""

    issuer: str
    client_id: str
    redirect_uri: str
    scopes: tuple[str, ...] = ()
    auth_method: str = "none"
    pkce: str = "S256"
    params: tuple[tuple[str, str], ...] = ()
    """Further parameters of the authorization request."""
    then: tuple[str, ...] = ()
    api_url: str | None = None
    """What ``call`` gets with the access token."""
    timeout: float = SECONDS
    """How long the browser may take, in seconds."""
    tls: TlsProfile = field(default_factory=TlsProfile)
    server: ServerFacts | None = None
    """The endpoints, where they are not to be discovered."""
    app_id: str | None = None
    """The application on the desk's own server, where it is one."""
    verifier: str | None = None
    """A code verifier in place of the run's own, to see it refused."""
    state: str | None = None
    """A state in place of the run's own."""
