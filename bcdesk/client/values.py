"""What calls take and give beside plain rows: drafts, pages, and rows that carry a secret; light to import."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from bcdesk.contract.moments import format_moment
from bcdesk.contract.rows import DeletedRow, HandoverRow, KeyRow, VersionRow
from bcdesk.contract.secret import OneTimeSecret


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
class MadeKey:
    """A new key with its secret; the secret leaves it once."""

    key: KeyRow
    handover: HandoverRow
    secret: OneTimeSecret

    @property
    def version_id(self) -> str:
        """Name the version whose secret this is."""
        return max(self.key.versions, key=lambda version: (version.created_at, version.id)).id


@dataclass(frozen=True, slots=True)
class MadeVersion:
    """A new version of a key with its secret; the secret leaves it once."""

    version: VersionRow
    key: KeyRow
    handover: HandoverRow
    secret: OneTimeSecret

    @property
    def version_id(self) -> str:
        """Name the version whose secret this is."""
        return self.version.id


class KeyPageRows(NamedTuple):
    """A page of keys; ``since`` is opaque and asks later for what changed after this list began."""

    items: tuple[KeyRow | DeletedRow, ...]
    next_cursor: str | None
    as_of: float
    since: str
