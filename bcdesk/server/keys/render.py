"""Stored rows as the JSON of the contract, written straight from the rows: a page of 1000 must cost little."""

import json
from collections.abc import Iterable
from json.encoder import encode_basestring
from typing import Final

from bcdesk.contract.key_format import mask
from bcdesk.contract.moments import format_moment
from bcdesk.server.handovers import HandoverRecord
from bcdesk.server.keys.life import end_of, face_of, rotation_of, state_at, status_of
from bcdesk.server.keys.records import Loaded, VersionRecord

_text: Final = getattr(json.encoder, "c_encode_basestring", None) or encode_basestring


def _moment(seconds: float | None) -> str:
    return "null" if seconds is None else f'"{format_moment(seconds)}"'


def _optional(text: str | None) -> str:
    return "null" if text is None else _text(text)


def version_json(version: VersionRecord, *, now: float, revoked_at: float | None, expires_at: float | None) -> str:
    """Return a version as JSON."""
    return (
        f'{{"id":"{version.id}","last4":"{version.last4}","created_at":{_moment(version.created_at)},'
        f'"last_used_at":{_moment(version.last_used_at)},"retires_at":{_moment(end_of(version, expires_at))},'
        f'"state":"{state_at(version, now, revoked_at)}"}}'
    )


def handover_json(handover: HandoverRecord) -> str:
    """Return a hand-over as JSON."""
    return f'{{"id":"{handover.id}","state":"{handover.state}","expires_at":{_moment(handover.expires_at)}}}'


def key_json(loaded: Loaded, now: float) -> str:
    """Return a key as JSON, without any secret."""
    key, versions, handover = loaded
    face = face_of(versions, now)
    each = ",".join(
        version_json(version, now=now, revoked_at=key.revoked_at, expires_at=key.expires_at) for version in versions
    )
    return (
        f'{{"id":"{key.id}","name":{_text(key.name)},"description":{_text(key.description)},'
        f'"owner":{_text(key.owner)},"tags":{key.tags},"environment":"{key.environment}",'
        f'"masked":"{mask(face.prefix, face.last4)}","scopes":{key.scopes},"allowed_cidrs":{key.allowed_cidrs},'
        f'"status":"{status_of(key, now)}","rotation":{_rotation(loaded, now)},'
        f'"created_at":{_moment(key.created_at)},"created_by":{_text(key.created_by)},'
        f'"updated_at":{_moment(key.updated_at)},"last_used_at":{_moment(key.last_used_at)},'
        f'"last_used_from":{_optional(key.last_used_from)},"expires_at":{_moment(key.expires_at)},'
        f'"revoked_at":{_moment(key.revoked_at)},"revoked_reason":{_optional(key.revoked_reason)},'
        f'"compromised":{"true" if key.compromised else "false"},"replaces":{_optional(key.replaces)},'
        f'"replaced_by":{_optional(key.replaced_by)},"versions":[{each}],'
        f'"handover":{handover_json(handover) if handover else "null"},"revision":{key.revision}}}'
    )


def _rotation(loaded: Loaded, now: float) -> str:
    rotation = rotation_of(loaded.key, loaded.versions, now)
    if rotation is None:
        return "null"
    return (
        f'{{"state":"{rotation.state}","old_version":"{rotation.old_version}",'
        f'"new_version":"{rotation.new_version}","overlap_seconds":{rotation.overlap_seconds},'
        f'"old_retires_at":{_moment(rotation.old_retires_at)}}}'
    )


def deleted_json(key_id: str, deleted_at: float) -> str:
    """Return a deleted row as JSON."""
    return f'{{"id":"{key_id}","deleted_at":{_moment(deleted_at)}}}'


def page_json(items: Iterable[str], *, next_cursor: str | None, as_of: float, since: str) -> bytes:
    """Return a page of rows that are JSON already."""
    text = (
        f'{{"items":[{",".join(items)}],"next_cursor":{_optional(next_cursor)},'
        f'"as_of":{_moment(as_of)},"since":{_text(since)}}}'
    )
    return text.encode("utf-8")


def dump_list(values: Iterable[str]) -> str:
    """Return a list of texts as the JSON that is stored and sent."""
    return json.dumps(list(values), ensure_ascii=False, separators=(",", ":"))
