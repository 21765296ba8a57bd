"""Stored keys as typed named tuples, in the order of the tables' columns."""

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bcdesk.server import handovers
from bcdesk.server.handovers import HandoverRecord
from bcdesk.server.tables import key_versions, keys


class KeyRecord(NamedTuple):
    """A row of ``keys``; moments in seconds since the epoch, lists as JSON text."""

    id: str
    name: str
    description: str
    owner: str
    tags: str
    environment: str
    scopes: str
    allowed_cidrs: str
    created_at: float
    created_by: str
    updated_at: float
    last_used_at: float | None
    last_used_from: str | None
    expires_at: float | None
    disabled_at: float | None
    revoked_at: float | None
    revoked_reason: str | None
    compromised: bool
    replaces: str | None
    replaced_by: str | None
    revision: int
    field_revisions: str
    changed: int


class VersionRecord(NamedTuple):
    """A row of ``key_versions``, less its token's hash."""

    id: str
    key_id: str
    prefix: str
    last4: str
    created_at: float
    activated_at: float | None
    first_used_at: float | None
    last_used_at: float | None
    last_used_from: str | None
    overlap_seconds: int
    retires_at: float | None
    ended_at: float | None
    undo: str | None

    @property
    def undoes(self) -> dict[str, dict[str, float | None]]:
        """Return what discarding this version's hand-over puts back: values of columns by version."""
        found: dict[str, dict[str, float | None]] = json.loads(self.undo) if self.undo else {}
        return found


class Loaded(NamedTuple):
    """A key with its versions, oldest first, and the hand-over that waits, if any."""

    key: KeyRecord
    versions: tuple[VersionRecord, ...]
    handover: HandoverRecord | None


SELECT_KEYS = sa.select(*(keys.c[name] for name in KeyRecord._fields))
SELECT_VERSIONS = sa.select(*(key_versions.c[name] for name in VersionRecord._fields)).order_by(
    key_versions.c.created_at, key_versions.c.id
)
_ONE_KEY = SELECT_KEYS.where(keys.c.id == sa.bindparam("key_id"))
_ITS_VERSIONS = SELECT_VERSIONS.where(key_versions.c.key_id == sa.bindparam("key_id"))
_AT_ONCE = 500


def load(connection: Connection, key_id: str, now: float) -> Loaded | None:
    """Return one key, or None where there is none of that id."""
    row = connection.execute(_ONE_KEY, {"key_id": key_id}).one_or_none()
    if row is None:
        return None
    versions = connection.execute(_ITS_VERSIONS, {"key_id": key_id})
    return Loaded(
        KeyRecord._make(row),
        tuple(VersionRecord._make(version) for version in versions),
        handovers.waiting(connection, [key_id], now).get(key_id),
    )


def load_around(connection: Connection, found: Sequence[KeyRecord], now: float) -> list[Loaded]:
    """Return ``found`` with versions and hand-overs, read together."""
    versions: dict[str, list[VersionRecord]] = {key.id: [] for key in found}
    waiting: dict[str, HandoverRecord] = {}
    for some in _slices([key.id for key in found]):
        for row in connection.execute(SELECT_VERSIONS.where(key_versions.c.key_id.in_(some))):
            versions[row[1]].append(VersionRecord._make(row))
        waiting |= handovers.waiting(connection, some, now)
    return [Loaded(key, tuple(versions[key.id]), waiting.get(key.id)) for key in found]


def _slices(names: Sequence[str]) -> Iterable[Sequence[str]]:
    return (names[start : start + _AT_ONCE] for start in range(0, len(names), _AT_ONCE))
