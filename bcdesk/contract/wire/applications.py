"""What the management API answers and takes about OAuth applications; names are those of RFC 7591 §2."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from bcdesk.contract.app_rules import (
    CONTACTS_MAX,
    OVERLAP_SECONDS,
    PASSING_MAX,
    REDIRECTS_MAX,
    TTL_MAX,
    TTL_MIN,
    URI_MAX,
)
from bcdesk.contract.key_rules import OVERLAP_MAX
from bcdesk.contract.wire.base import Body, Wire
from bcdesk.contract.wire.bodies import Description, Name, Owner, Scopes, Tags
from bcdesk.contract.wire.management import Deleted, Handover

AppType = Literal["web", "mobile", "spa", "service"]
AppStatus = Literal["active", "disabled"]
GrantType = Literal["authorization_code", "refresh_token", "client_credentials"]
AuthMethod = Literal["none", "client_secret_basic", "client_secret_post"]
RedirectUris = Annotated[list[str], Field(json_schema_extra={"maxItems": REDIRECTS_MAX, "uniqueItems": True})]
Contacts = Annotated[list[str], Field(json_schema_extra={"maxItems": CONTACTS_MAX, "uniqueItems": True})]
HomePage = Annotated[str, Field(json_schema_extra={"maxLength": URI_MAX, "examples": ["https://shop.example/"]})]


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

    name: Name
    description: Description = ""
    owner: Owner = ""
    tags: Tags = Field(default_factory=list)
    type: AppType
    redirect_uris: RedirectUris = Field(default_factory=list)
    scopes: Scopes
    grant_types: list[GrantType] | None = None
    token_endpoint_auth_method: AuthMethod | None = None
    pkce_required: bool = True
    access_token_ttl: int | None = Field(default=None, ge=TTL_MIN, le=TTL_MAX)
    refresh_token_ttl: int | None = Field(default=None, ge=TTL_MIN, le=TTL_MAX)
    contacts: Contacts = Field(default_factory=list)
    client_uri: HomePage = ""


class AppPatch(Body):
    """An RFC 7396 merge patch: null puts back what the type begins with.

    ``type``, ``client_id`` and ``token_endpoint_auth_method`` never change.
    """

    name: Name | None = None
    description: Description | None = None
    owner: Owner | None = None
    tags: Tags | None = None
    redirect_uris: RedirectUris | None = None
    scopes: Scopes | None = None
    grant_types: list[GrantType] | None = None
    pkce_required: bool | None = None
    access_token_ttl: int | None = Field(default=None, ge=TTL_MIN, le=TTL_MAX)
    refresh_token_ttl: int | None = Field(default=None, ge=TTL_MIN, le=TTL_MAX)
    contacts: Contacts | None = None
    client_uri: HomePage | None = None


class SecretNew(Body):
    """A new client secret; the old one works on for ``overlap_seconds``.

    ``replaces_secret`` names one that nobody used: the new one takes exactly its place, and it ends in the same
    transaction (409 ``version_used`` once somebody used it). With ``lasts_seconds`` it is a passing one, for a test:
    it ends by itself after that, and every other secret stays exactly as it is.
    """

    overlap_seconds: int = Field(default=OVERLAP_SECONDS, ge=0, le=OVERLAP_MAX)
    replaces_secret: str | None = None
    lasts_seconds: int | None = Field(default=None, ge=60, le=PASSING_MAX)


class RedirectCheck(Body):
    """A candidate for the redirect URI of an authorization request."""

    uri: str = Field(max_length=4000)
