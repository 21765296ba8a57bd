"""What calls take and give beside plain rows: drafts, pages, and rows that carry a secret; light to import."""

from dataclasses import dataclass
from typing import NamedTuple

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


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A new key with its secret; the secret leaves it once."""

    key: KeyRow
    handover: HandoverRow
    secret: OneTimeSecret

    @property
    def version_id(self) -> str:
        """Name the version whose secret this is."""
        return self.key.versions[-1].id if len(self.key.versions) == 1 else _newest(self.key.versions)


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


def _newest(versions: tuple[VersionRow, ...]) -> str:
    return max(versions, key=lambda version: (version.created_at, version.id)).id
