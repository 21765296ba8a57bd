"""Making secrets: a new key, and a new version of one."""

import json
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bcdesk.contract import key_format, key_rules, wire
from bcdesk.contract.codes import Code, Fault
from bcdesk.contract.key_rules import FieldFault
from bcdesk.server import handovers
from bcdesk.server.auth import CallingMember
from bcdesk.server.changes import next_change
from bcdesk.server.handovers import HandoverRecord
from bcdesk.server.ids import is_id, new_id
from bcdesk.server.json_text import as_list
from bcdesk.server.keys.life import live, standing
from bcdesk.server.keys.records import Loaded, VersionRecord, load
from bcdesk.server.keys.store import demand_open, get, set_version, touch
from bcdesk.server.problems import ProblemError, invalid
from bcdesk.server.state import ServerState
from bcdesk.server.tables import key_versions, keys


class Made(NamedTuple):
    """A fresh secret and where it belongs."""

    loaded: Loaded
    version: VersionRecord
    handover: HandoverRecord
    secret: str

    def __repr__(self) -> str:
        return f"<Made {self.version.id}>"


def create(state: ServerState, connection: Connection, member: CallingMember, body: wire.KeyNew, now: float) -> Made:
    """Make a key; raise 422 with every faulty field."""
    expires_at = round(body.expires_at.timestamp(), 3) if body.expires_at else None
    old = _replaced(connection, body.replaces, now)
    faults = [
        *key_rules.check_line("/name", body.name, key_rules.NAME_MAX, required=True),
        *key_rules.check_line("/description", body.description, key_rules.DESCRIPTION_MAX),
        *key_rules.check_line("/owner", body.owner, key_rules.OWNER_MAX),
        *key_rules.check_tags(body.tags),
        *key_rules.check_scopes(body.scopes, body.environment),
        *key_rules.check_cidrs(body.allowed_cidrs),
        *key_rules.check_expiry(expires_at, now),
        *([FieldFault("/replaces", Fault.UNKNOWN_KEY)] if body.replaces is not None and old is None else []),
    ]
    if faults:
        raise invalid(faults)
    key_id = new_id("key")
    connection.execute(
        keys.insert().values(
            id=key_id,
            name=body.name,
            description=body.description,
            owner=body.owner,
            tags=as_list(body.tags),
            environment=body.environment,
            scopes=as_list(body.scopes),
            allowed_cidrs=as_list(body.allowed_cidrs),
            created_at=now,
            created_by=member.name,
            updated_at=now,
            expires_at=expires_at,
            compromised=False,
            replaces=body.replaces,
            revision=1,
            field_revisions="{}",
            changed=next_change(connection),
        )
    )
    version_id, secret = _draw(state, connection, key_id, body.environment, now, activated_at=now)
    handover_id = handovers.open_(connection, "create", key_id, version_id, member.id, now)
    if old is not None:
        touch(connection, old.key, now, ["replaced_by"], replaced_by=key_id)
    state.audit.append(
        connection, at=now, actor=member.id, action="key.created", target=key_id, version=version_id, name=body.name,
        environment=body.environment, scopes=body.scopes, masked=key_format.mask_token(secret), handover=handover_id,
        replaces=body.replaces,
    )  # fmt: skip
    return _made(connection, key_id, version_id, secret, now)


def rotate(
    state: ServerState, connection: Connection, member: CallingMember, key_id: str, body: wire.RotateBody, now: float
) -> Made:
    """Give a key a new version; a disabled key may be rotated, for its new secret opens nothing until it is on again.

    With ``replaces_version`` an unused version ends and the new one takes exactly its place, whatever ``starts``
    says. Raise 404, 409 ``key_ended``, ``too_many_versions``, ``version_used``, 422.
    """
    loaded = get(connection, key_id, now)
    demand_open(loaded.key, now)
    if body.replaces_version is not None:
        return _replace_unused(state, connection, member, loaded, body, now)
    living = live(loaded.versions, now)
    if len(living) > 1:
        raise ProblemError(
            409,
            Code.TOO_MANY_VERSIONS,
            "Two versions of this key work already: retire the old one or wait for its end, or discard the unused one.",
        )
    at_once = body.starts == "now" or not living
    undo: dict[str, dict[str, float | None]] = {}
    if body.starts == "now":
        for old in living:
            undo[old.id] = {"retires_at": old.retires_at}
            set_version(connection, old.id, retires_at=now + body.overlap_seconds)
    version_id, secret = _draw(
        state, connection, key_id, loaded.key.environment, now,
        activated_at=now if at_once else None, overlap_seconds=body.overlap_seconds, undo=undo,
    )  # fmt: skip
    return _rotated(state, connection, member, loaded, body, version_id, secret, now)


def _replace_unused(
    state: ServerState, connection: Connection, member: CallingMember, loaded: Loaded, body: wire.RotateBody, now: float
) -> Made:
    unused = next((version for version in loaded.versions if version.id == body.replaces_version), None)
    if unused is None:
        raise invalid([FieldFault("/replaces_version", Fault.UNKNOWN_VALUE)])
    if unused.first_used_at is not None:
        raise ProblemError(409, Code.VERSION_USED, "That version is in use; rotate the key instead.")
    if standing(unused, now) not in ("pending", "current"):
        raise ProblemError(409, Code.VERSION_NOT_RETIRABLE, "That version has ended already.")
    # Discarding the new secret puts back what was: the version that somebody may hold, or what stood before it.
    delivered = not handovers.end_waiting(connection, unused.id, now)
    undo: dict[str, dict[str, float | None]] = {unused.id: {"ended_at": None}} if delivered else unused.undoes
    set_version(connection, unused.id, ended_at=now)
    version_id, secret = _draw(
        state, connection, loaded.key.id, loaded.key.environment, now,
        activated_at=None if unused.activated_at is None else now, overlap_seconds=body.overlap_seconds, undo=undo,
    )  # fmt: skip
    return _rotated(state, connection, member, loaded, body, version_id, secret, now)


def _rotated(
    state: ServerState,
    connection: Connection,
    member: CallingMember,
    loaded: Loaded,
    body: wire.RotateBody,
    version_id: str,
    secret: str,
    now: float,
) -> Made:
    handover_id = handovers.open_(connection, "rotate", loaded.key.id, version_id, member.id, now)
    touch(connection, loaded.key, now, ["versions"])
    state.audit.append(
        connection, at=now, actor=member.id, action="key.rotated", target=loaded.key.id, version=version_id,
        masked=key_format.mask_token(secret), handover=handover_id, starts=body.starts,
        overlap_seconds=body.overlap_seconds, replaces_version=body.replaces_version,
    )  # fmt: skip
    return _made(connection, loaded.key.id, version_id, secret, now)


def _replaced(connection: Connection, key_id: str | None, now: float) -> Loaded | None:
    return load(connection, key_id, now) if key_id is not None and is_id("key", key_id) else None


def _draw(
    state: ServerState,
    connection: Connection,
    key_id: str,
    environment: str,
    now: float,
    *,
    activated_at: float | None,
    overlap_seconds: int = 0,
    undo: dict[str, dict[str, float | None]] | None = None,
) -> tuple[str, str]:
    version_id, secret = new_id("ver"), key_format.generate(environment)
    connection.execute(
        sa.insert(key_versions).values(
            id=version_id,
            key_id=key_id,
            token_hmac=state.secret.token_hmac(secret),
            prefix=key_format.PREFIXES[environment],
            last4=secret[-4:],
            created_at=now,
            activated_at=activated_at,
            overlap_seconds=overlap_seconds,
            undo=json.dumps(undo) if undo else None,
        )
    )
    return version_id, secret


def _made(connection: Connection, key_id: str, version_id: str, secret: str, now: float) -> Made:
    loaded = get(connection, key_id, now)
    version = next(version for version in loaded.versions if version.id == version_id)
    assert loaded.handover is not None  # noqa: S101 - opened a moment ago in this transaction
    return Made(loaded, version, loaded.handover, secret)
