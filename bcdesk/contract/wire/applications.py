"""What the management API answers and takes about OAuth applications; names are those of RFC 7591 §2."""

from typing import Literal

from pydantic import AwareDatetime, Field

from bcdesk.contract.app_rules import TTL_MAX, TTL_MIN
from bcdesk.contract.wire.base import Body, Wire
from bcdesk.contract.wire.management import Deleted, Handover

AppType = Literal["web", "mobile", "spa", "service"]
AppStatus = Literal["active", "disabled"]
GrantType = Literal["authorization_code", "refresh_token", "client_credentials"]
AuthMethod = Literal["none", "client_secret_basic", "client_secret_post"]


class AppSecret(Wire):
    """One client secret; ``expires_at`` is the end of its overlap, null while it is current."""

    id: str
    last4: str
    created_at: AwareDatetime
    last_used_at: AwareDatetime | None = None
    expires_at: AwareDatetime | None


class App(Wire):
    """An OAuth application without any secret; lifetimes in seconds. ``last_used_at``: null never, absent unknown."""

    id: str
    name: str
    description: str
    owner: str
    tags: list[str]
    type: AppType
    status: AppStatus
    client_id: str
    redirect_uris: list[str]
    scopes: list[str]
    grant_types: list[GrantType]
    token_endpoint_auth_method: AuthMethod
    pkce_required: bool
    access_token_ttl: int
    refresh_token_ttl: int
    contacts: list[str]
    client_uri: str
    secrets: list[AppSecret]
    created_at: AwareDatetime
    created_by: str
    updated_at: AwareDatetime
    last_used_at: AwareDatetime | None = None
    handover: Handover | None
    revision: int


class AppPage(Wire):
    """A page of applications; ``since`` as for keys."""

    items: list[App | Deleted]
    next_cursor: str | None
    as_of: AwareDatetime
    since: str


class AppMade(Wire):
    """The answer to *register*, less its ``secret``, which public clients do not get; then ``handover`` is null."""

    app: App
    handover: Handover | None


class SecretMade(Wire):
    """The answer to a new client secret, less the ``secret`` itself."""

    version: AppSecret
    app: App
    handover: Handover


class GrantUser(Wire):
    """Who consented."""

    id: str
    name: str


class Grant(Wire):
    """What a user allowed an application: one consent with its family of tokens."""

    id: str
    user: GrantUser
    scopes: list[str]
    created_at: AwareDatetime
    last_used_at: AwareDatetime | None
    expires_at: AwareDatetime | None


class GrantPage(Wire):
    """A page of grants, newest first."""

    items: list[Grant]
    next_cursor: str | None
    as_of: AwareDatetime


class RedirectVerdict(Wire):
    """What `bcdesk.contract.redirects.judge` says of a candidate against the registered URIs."""

    ok: bool
    reason: str
    cautions: list[str]
    registered: str | None
    differs_at: int | None
    at: int | None


class AppNew(Body):
    """What *register* takes. Values are judged by `bcdesk.contract.app_rules`; null takes the type's default."""

    name: str
    description: str = ""
    owner: str = ""
    tags: list[str] = Field(default_factory=list)
    type: AppType
    redirect_uris: list[str] = Field(default_factory=list)
    scopes: list[str]
    grant_types: list[GrantType] | None = None
    token_endpoint_auth_method: AuthMethod | None = None
    pkce_required: bool = True
    access_token_ttl: int | None = Field(default=None, ge=TTL_MIN, le=TTL_MAX)
    refresh_token_ttl: int | None = Field(default=None, ge=TTL_MIN, le=TTL_MAX)
    contacts: list[str] = Field(default_factory=list)
    client_uri: str = ""


class AppPatch(Body):
    """An RFC 7396 merge patch; ``type``, ``client_id`` and ``token_endpoint_auth_method`` never change."""

    name: str | None = None
    description: str | None = None
    owner: str | None = None
    tags: list[str] | None = None
    redirect_uris: list[str] | None = None
    scopes: list[str] | None = None
    grant_types: list[GrantType] | None = None
    pkce_required: bool | None = None
    access_token_ttl: int | None = Field(default=None, ge=TTL_MIN, le=TTL_MAX)
    refresh_token_ttl: int | None = Field(default=None, ge=TTL_MIN, le=TTL_MAX)
    contacts: list[str] | None = None
    client_uri: str | None = None


class SecretNew(Body):
    """A new client secret; the old one works on for ``overlap_seconds``."""

    overlap_seconds: int = Field(default=86_400, ge=0, le=7_776_000)


class RedirectCheck(Body):
    """A candidate for the redirect URI of an authorization request."""

    uri: str = Field(max_length=4000)
