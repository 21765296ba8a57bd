"""Stored keys as the JSON of the contract."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy.engine import Connection, Row

from bcdesk.contract.key_format import mask
from bcdesk.server.json_text import as_moment, as_optional, as_text, handover_json
from bcdesk.server.keys.life import end_of, face_of, rotation_of, state_at, status_of
from bcdesk.server.keys.records import SELECT_KEYS, KeyRecord, Loaded, VersionRecord, load_around
from bcdesk.server.listing import Listed
from bcdesk.server.tables import keys


def version_json(version: VersionRecord, *, now: float, revoked_at: float | None, expires_at: float | None) -> str:
    """Return a version as JSON."""
    return (
        f'{{"id":"{version.id}","last4":"{version.last4}","created_at":{as_moment(version.created_at)},'
        f'"last_used_at":{as_moment(version.last_used_at)},"retires_at":{as_moment(end_of(version, expires_at))},'
        f'"state":"{state_at(version, now, revoked_at)}"}}'
    )


def key_json(loaded: Loaded, now: float) -> str:
    """Return a key as JSON, without any secret."""
    key, versions, handover = loaded
    face = face_of(versions, now)
    each = ",".join(
        version_json(version, now=now, revoked_at=key.revoked_at, expires_at=key.expires_at) for version in versions
    )
    return (
        f'{{"id":"{key.id}","name":{as_text(key.name)},"description":{as_text(key.description)},'
        f'"owner":{as_text(key.owner)},"tags":{key.tags},"environment":"{key.environment}",'
        f'"masked":"{mask(face.prefix, face.last4)}","scopes":{key.scopes},"allowed_cidrs":{key.allowed_cidrs},'
        f'"status":"{status_of(key, now)}","rotation":{_rotation(loaded, now)},'
        f'"created_at":{as_moment(key.created_at)},"created_by":{as_text(key.created_by)},'
        f'"updated_at":{as_moment(key.updated_at)},"last_used_at":{as_moment(key.last_used_at)},'
        f'"last_used_from":{as_optional(key.last_used_from)},"expires_at":{as_moment(key.expires_at)},'
        f'"revoked_at":{as_moment(key.revoked_at)},"revoked_reason":{as_optional(key.revoked_reason)},'
        f'"compromised":{"true" if key.compromised else "false"},"replaces":{as_optional(key.replaces)},'
        f'"replaced_by":{as_optional(key.replaced_by)},"versions":[{each}],'
        f'"handover":{handover_json(handover) if handover else "null"},"revision":{key.revision}}}'
    )


def _page(connection: Connection, rows: Sequence[Row[Any]], now: float) -> list[str]:
    found = load_around(connection, [KeyRecord._make(row) for row in rows], now)
    return [key_json(loaded, now) for loaded in found]


LISTED: Final = Listed("key", keys, SELECT_KEYS, _page)
"""The list of keys."""


def _rotation(loaded: Loaded, now: float) -> str:
    rotation = rotation_of(loaded.key, loaded.versions, now)
    if rotation is None:
        return "null"
    return (
        f'{{"state":"{rotation.state}","old_version":"{rotation.old_version}",'
        f'"new_version":"{rotation.new_version}","overlap_seconds":{rotation.overlap_seconds},'
        f'"old_retires_at":{as_moment(rotation.old_retires_at)}}}'
    )
