"""What calls take and give beside plain rows: drafts, pages, and rows that carry a secret; light to import."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from bcdesk.contract.moments import format_moment
from bcdesk.contract.rows import (
    AppRow,
    AppSecretRow,
    DeletedRow,
    GrantRow,
    HandoverRow,
    KeyRow,
    MemberRow,
    VersionRow,
)
from bcdesk.contract.secret import OneTimeSecret

R = TypeVar("R")
About = Literal["key", "app", "member"]
"""What a secret opens: an API key is one, an application has them, a member comes in by a set-up link's."""


@dataclass(frozen=True, slots=True)
class KeyDraft:
    """What a new key is to be; ``expires_at`` in epoch seconds, None for never."""

    name: str
    environment: str
    scopes: tuple[str, ...]
    description: str = ""
    owner: str = ""
    tags: tuple[str, ...] = ()
    expires_at: float | None = None
    allowed_cidrs: tuple[str, ...] = ()
    replaces: str | None = None

    def body(self) -> dict[str, Any]:
        """Return the JSON that *create* takes."""
        return {
            "name": self.name,
            "description": self.description,
            "owner": self.owner,
            "tags": list(self.tags),
            "environment": self.environment,
            "scopes": list(self.scopes),
            "expires_at": None if self.expires_at is None else format_moment(self.expires_at),
            "allowed_cidrs": list(self.allowed_cidrs),
            "replaces": self.replaces,
        }


@dataclass(frozen=True, slots=True)
class AppDraft:
    """What a new application is to be; what is None takes the default of its type, lifetimes are in seconds."""

    name: str
    type: str
    scopes: tuple[str, ...]
    redirect_uris: tuple[str, ...] = ()
    description: str = ""
    owner: str = ""
    tags: tuple[str, ...] = ()
    grant_types: tuple[str, ...] | None = None
    token_endpoint_auth_method: str | None = None
    pkce_required: bool = True
    access_token_ttl: int | None = None
    refresh_token_ttl: int | None = None
    contacts: tuple[str, ...] = ()
    client_uri: str = ""

    def body(self) -> dict[str, Any]:
        """Return the JSON that *register* takes."""
        return {
            "name": self.name,
            "description": self.description,
            "owner": self.owner,
            "tags": list(self.tags),
            "type": self.type,
            "redirect_uris": list(self.redirect_uris),
            "scopes": list(self.scopes),
            "grant_types": None if self.grant_types is None else list(self.grant_types),
            "token_endpoint_auth_method": self.token_endpoint_auth_method,
            "pkce_required": self.pkce_required,
            "access_token_ttl": self.access_token_ttl,
            "refresh_token_ttl": self.refresh_token_ttl,
            "contacts": list(self.contacts),
            "client_uri": self.client_uri,
        }


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A new key with its secret; the secret leaves it once."""

    key: KeyRow
    handover: HandoverRow
    secret: OneTimeSecret

    @property
    def row(self) -> KeyRow:
        """Return the row that the secret belongs to."""
        return self.key

    @property
    def version_id(self) -> str:
        """Name the version whose secret this is."""
        return _newest(self.key.versions)


@dataclass(frozen=True, slots=True)
class MadeVersion:
    """A new version of a key with its secret; the secret leaves it once."""

    version: VersionRow
    key: KeyRow
    handover: HandoverRow
    secret: OneTimeSecret

    @property
    def row(self) -> KeyRow:
        """Return the row that the secret belongs to."""
        return self.key

    @property
    def version_id(self) -> str:
        """Name the version whose secret this is."""
        return self.version.id


@dataclass(frozen=True, slots=True)
class MadeApp:
    """A new application with its client secret; the secret leaves it once. A public application is its row alone."""

    app: AppRow
    handover: HandoverRow
    secret: OneTimeSecret

    @property
    def row(self) -> AppRow:
        """Return the row that the secret belongs to."""
        return self.app

    @property
    def version_id(self) -> str:
        """Name the client secret."""
        return _newest(self.app.secrets)


@dataclass(frozen=True, slots=True)
class MadeSecret:
    """A further client secret of an application; the secret leaves it once."""

    version: AppSecretRow
    app: AppRow
    handover: HandoverRow
    secret: OneTimeSecret

    @property
    def row(self) -> AppRow:
        """Return the row that the secret belongs to."""
        return self.app

    @property
    def version_id(self) -> str:
        """Name the client secret."""
        return self.version.id


@dataclass(frozen=True, slots=True)
class MadeMember:
    """A member with the token of a set-up link (`bcdesk.contract.first_party.setup_link`); it leaves once."""

    member: MemberRow
    handover: HandoverRow
    secret: OneTimeSecret

    @property
    def row(self) -> MemberRow:
        """Return the row that the secret belongs to."""
        return self.member

    @property
    def version_id(self) -> str:
        """Name nothing: of links the server says no more than that the last one counts."""
        return ""


Made = MadeKey | MadeVersion | MadeApp | MadeSecret | MadeMember


class PageRows(NamedTuple, Generic[R]):
    """A page of a list; ``since`` is opaque and asks later for what changed after this list began."""

    items: tuple[R | DeletedRow, ...]
    next_cursor: str | None
    as_of: float
    since: str


KeyPageRows = PageRows[KeyRow]
AppPageRows = PageRows[AppRow]


class GrantPageRows(NamedTuple):
    """A page of what users allowed an application, newest first."""

    items: tuple[GrantRow, ...]
    next_cursor: str | None
    as_of: float


def _newest(secrets: Sequence[VersionRow | AppSecretRow]) -> str:
    return max((secret.created_at, secret.id) for secret in secrets)[1]
