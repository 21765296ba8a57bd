"""The ends of a key's versions: retire one early, or let the old one live longer."""

import json

from sqlalchemy.engine import Connection

from bcdesk.contract import key_rules, wire
from bcdesk.contract.codes import Code, Fault
from bcdesk.contract.key_rules import FieldFault
from bcdesk.server import handovers
from bcdesk.server.auth import CallingMember
from bcdesk.server.ids import is_id
from bcdesk.server.keys.life import standing
from bcdesk.server.keys.records import Loaded, VersionRecord
from bcdesk.server.keys.store import demand_open, get, set_version, touch
from bcdesk.server.problems import ProblemError, invalid
from bcdesk.server.state import ServerState


def retire(
    state: ServerState, connection: Connection, member: CallingMember, key_id: str, version_id: str, now: float
) -> Loaded:
    """End a retiring version now, or a pending one, which calls its rotation off; a retired one stays as it is.

    Raise 404, 409 ``key_ended``, and 409 ``version_not_retirable`` of the current version: rotate or revoke instead.
    """
    loaded, version = _find(connection, key_id, version_id, now)
    state_now = standing(version, now)
    if state_now == "retired":
        return loaded
    if state_now not in ("retiring", "pending"):
        raise ProblemError(
            409, Code.VERSION_NOT_RETIRABLE, "Only an old version, or one that waits for its first use, can be retired."
        )
    set_version(connection, version.id, retires_at=now)
    handovers.end_waiting(connection, version.id, now)
    for other in loaded.versions:  # a later discard must not bring back what was ended on purpose
        if version.id in other.undoes:
            rest = {name: values for name, values in other.undoes.items() if name != version.id}
            set_version(connection, other.id, undo=json.dumps(rest) if rest else None)
    touch(connection, loaded.key, now, ["versions"])
    state.audit.append(
        connection, at=now, actor=member.id, action="key.version.retired", target=key_id, version=version.id,
        was=state_now,
    )  # fmt: skip
    return get(connection, key_id, now)


def extend(
    state: ServerState,
    connection: Connection,
    member: CallingMember,
    key_id: str,
    version_id: str,
    body: wire.ExtendBody,
    now: float,
) -> Loaded:
    """Set when a retiring version ends: in the future, within 90 days and not past the key's expiry, else 422.

    Raise 404, 409 ``key_ended``, and 409 ``version_not_retiring`` of any other version.
    """
    loaded, version = _find(connection, key_id, version_id, now)
    if standing(version, now) != "retiring":
        raise ProblemError(409, Code.VERSION_NOT_RETIRING, "Only an old version whose overlap still runs has an end.")
    retires_at = round(body.retires_at.timestamp(), 3)
    expires_at = loaded.key.expires_at
    if retires_at <= now:
        raise invalid([FieldFault("/retires_at", Fault.IN_THE_PAST)])
    if retires_at > now + key_rules.OVERLAP_MAX or (expires_at is not None and retires_at > expires_at):
        raise invalid([FieldFault("/retires_at", Fault.TOO_FAR)])
    if retires_at == version.retires_at:
        return loaded
    set_version(connection, version.id, retires_at=retires_at)
    touch(connection, loaded.key, now, ["versions"])
    state.audit.append(
        connection, at=now, actor=member.id, action="key.version.extended", target=key_id, version=version.id,
        retires_at=retires_at,
    )  # fmt: skip
    return get(connection, key_id, now)


def _find(connection: Connection, key_id: str, version_id: str, now: float) -> tuple[Loaded, VersionRecord]:
    loaded = get(connection, key_id, now)
    found = [version for version in loaded.versions if version.id == version_id] if is_id("ver", version_id) else []
    if not found:
        raise ProblemError(404, Code.NOT_FOUND, "The key has no version of that id.")
    demand_open(loaded.key, now)
    return loaded, found[0]
