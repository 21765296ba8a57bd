"""Ending keys and bringing them back: revoke, restore, disable, enable; each repetition is harmless."""

from sqlalchemy.engine import Connection

from bcdesk.contract import key_rules, wire
from bcdesk.contract.codes import Code
from bcdesk.server import handovers
from bcdesk.server.auth import CallingMember
from bcdesk.server.keys.records import Loaded
from bcdesk.server.keys.store import demand_open, get, touch
from bcdesk.server.problems import ProblemError, invalid
from bcdesk.server.state import ServerState


def revoke(
    state: ServerState, connection: Connection, member: CallingMember, key_id: str, body: wire.RevokeBody, now: float
) -> Loaded:
    """End a key, an expired one too; ``compromised`` makes it final, also of a key that was revoked before.

    Revoking again changes nothing: the first reason and moment stay.
    """
    loaded = get(connection, key_id, now)
    faults = key_rules.check_line("/reason", body.reason, key_rules.REASON_MAX)
    if faults:
        raise invalid(faults)
    key = loaded.key
    if key.revoked_at is not None and (key.compromised or not body.compromised):
        return loaded
    if key.revoked_at is None:
        touch(
            connection, key, now, ["status"], revoked_at=now, revoked_reason=body.reason, compromised=body.compromised
        )
    else:
        reason = body.reason or key.revoked_reason
        touch(connection, key, now, ["compromised"], compromised=True, revoked_reason=reason)
    if body.compromised:  # no one is to be handed the secret of a key that never works again
        for version in loaded.versions:
            handovers.end_waiting(connection, version.id, now)
    state.audit.append(
        connection, at=now, actor=member.id, action="key.revoked", target=key_id, reason=body.reason,
        compromised=body.compromised,
    )  # fmt: skip
    return get(connection, key_id, now)


def restore(state: ServerState, connection: Connection, member: CallingMember, key_id: str, now: float) -> Loaded:
    """Bring a revoked key back as it was: within 60 minutes, never after a leak, else 409."""
    loaded = get(connection, key_id, now)
    key = loaded.key
    if key.revoked_at is None:
        raise ProblemError(409, Code.KEY_NOT_REVOKED, "The key is not revoked.")
    if key.compromised:
        raise ProblemError(409, Code.KEY_COMPROMISED, "The key may have leaked; it never works again.")
    if not key_rules.restorable(now, revoked_at=key.revoked_at, compromised=key.compromised):
        raise ProblemError(409, Code.RESTORE_EXPIRED, "A revoked key can be restored for 60 minutes; they are over.")
    touch(connection, key, now, ["status"], revoked_at=None, revoked_reason=None)
    state.audit.append(connection, at=now, actor=member.id, action="key.restored", target=key_id)
    return get(connection, key_id, now)


def switch(
    state: ServerState, connection: Connection, member: CallingMember, key_id: str, now: float, *, on: bool
) -> Loaded:
    """Turn a key on or off; raise 409 ``key_ended`` where it is revoked or expired."""
    loaded = get(connection, key_id, now)
    demand_open(loaded.key, now)
    if on == (loaded.key.disabled_at is None):
        return loaded
    touch(connection, loaded.key, now, ["status"], disabled_at=None if on else now)
    action = "key.enabled" if on else "key.disabled"
    state.audit.append(connection, at=now, actor=member.id, action=action, target=key_id)
    return get(connection, key_id, now)
