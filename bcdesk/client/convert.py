"""From checked wire models to light rows; strings that many keys share are kept once."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from sys import intern
from typing import Any, TypeVar

from bcdesk.contract import wire
from bcdesk.contract.moments import UNKNOWN
from bcdesk.contract.packed import packed
from bcdesk.contract.rows import (
    CallerRow,
    CallersRow,
    DeletedRow,
    HandoverRow,
    IdentifiedRow,
    KeyRow,
    MemberRow,
    RotationRow,
    SessionRow,
    VersionRow,
)
from bcdesk.contract.sharing import one_text, shared

W = TypeVar("W", bound=wire.Wire)
R = TypeVar("R")


def row_or_deleted(item: Any, model: type[W], row: Callable[[W], R]) -> R | DeletedRow:
    """Check and convert one item of a list; raise pydantic's `ValidationError` where it is off."""
    if isinstance(item, Mapping) and "deleted_at" in item:
        deleted = wire.Deleted.model_validate(item)
        return DeletedRow(deleted.id, deleted.deleted_at.timestamp())
    return row(model.model_validate(item))


def key_row(key: wire.Key) -> KeyRow:
    """Convert a key and build what the search looks in."""
    created_at = key.created_at.timestamp()
    updated_at = key.updated_at.timestamp()
    last_used_at = key.last_used_at.timestamp() if key.last_used_at else unsaid(key, "last_used_at")
    tags = shared(key.tags)
    return KeyRow(
        id=key.id,
        name=key.name,
        description=one_text(key.description),
        owner=one_text(key.owner),
        tags=tags,
        environment=intern(key.environment),
        masked=key.masked,
        scopes=shared(key.scopes),
        allowed_cidrs=shared(key.allowed_cidrs),
        status=intern(key.status),
        rotation=None if key.rotation is None else rotation_row(key.rotation),
        created_at=created_at,
        created_by=one_text(key.created_by),
        updated_at=created_at if updated_at == created_at else updated_at,
        last_used_at=last_used_at,
        last_used_from=None if key.last_used_from is None else one_text(key.last_used_from),
        expires_at=seconds(key.expires_at),
        revoked_at=seconds(key.revoked_at),
        revoked_reason=None if key.revoked_reason is None else one_text(key.revoked_reason),
        compromised=key.compromised,
        replaces=key.replaces,
        replaced_by=key.replaced_by,
        versions=packed(tuple([version_row(version) for version in key.versions])),
        handover=None if key.handover is None else handover_row(key.handover),
        revision=key.revision,
        haystack=haystack(key.name, key.description, key.owner, tags, key.masked, key.id),
    )


def haystack(name: str, description: str, owner: str, tags: Iterable[str], masked: str, id: str) -> str:
    """Return the lower-case text that the search looks in, one field a line."""
    return "\n".join((name, description, owner, " ".join(tags), masked[-4:], id)).casefold()


def version_row(version: wire.Version) -> VersionRow:
    """Convert a version."""
    return VersionRow(
        id=version.id,
        last4=version.last4,
        created_at=version.created_at.timestamp(),
        last_used_at=version.last_used_at.timestamp() if version.last_used_at else unsaid(version, "last_used_at"),
        retires_at=seconds(version.retires_at),
        state=intern(version.state),
    )


def rotation_row(rotation: wire.Rotation) -> RotationRow:
    """Convert what a rotation still does."""
    return RotationRow(
        intern(rotation.state),
        rotation.old_version,
        rotation.new_version,
        rotation.overlap_seconds,
        seconds(rotation.old_retires_at),
    )


def handover_row(handover: wire.Handover) -> HandoverRow:
    """Convert the state of a hand-over."""
    return HandoverRow(handover.id, intern(handover.state), handover.expires_at.timestamp())


def callers_row(callers: wire.Callers) -> CallersRow:
    """Convert who called with a key."""
    return CallersRow(
        tuple(
            CallerRow(
                caller.address,
                caller.user_agent,
                caller.last_seen_at.timestamp(),
                caller.requests_24h,
                caller.requests_7d,
                caller.limited_24h,
            )
            for caller in callers.items
        ),
        callers.requests_24h,
        callers.requests_7d,
        callers.limited_24h,
        callers.as_of.timestamp(),
    )


def member_row(member: wire.Member) -> MemberRow:
    """Convert a member."""
    return MemberRow(
        member.id,
        member.name,
        member.email,
        member.role,
        member.disabled,
        member.created_at.timestamp(),
        member.revision,
        member.state,
        seconds(member.last_seen_at),
    )


def session_row(session: wire.Session) -> SessionRow:
    """Convert who the desk is on this server."""
    return SessionRow(
        member_row(session.member),
        session.role,
        session.server_id,
        session.server_version,
        frozenset(session.capabilities),
        session.signed_in_by,
    )


def identified_rows(found: wire.IdentifiedList) -> tuple[IdentifiedRow, ...]:
    """Convert the hashes that belong to a key."""
    return tuple(IdentifiedRow(one.sha256, one.key_id, one.version_id, one.state) for one in found.items)


def seconds(moment: datetime | None) -> float | None:
    """Return a moment in epoch seconds."""
    return None if moment is None else moment.timestamp()


def unsaid(model: wire.Wire, name: str) -> float | None:
    """Return None where the server said null, UNKNOWN where it said nothing."""
    return None if name in model.model_fields_set else UNKNOWN
