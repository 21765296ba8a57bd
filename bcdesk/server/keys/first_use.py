"""The first use of a version: the moment that starts the overlap's clock."""

from collections.abc import Mapping
from typing import Final

import sqlalchemy as sa

from bcdesk.server.audit import SERVER
from bcdesk.server.changes import next_change
from bcdesk.server.keys.life import standing, status_of
from bcdesk.server.keys.records import Loaded, VersionRecord, load
from bcdesk.server.state import ServerState
from bcdesk.server.tables import key_versions, keys

_MARK: Final = key_versions.update().where(
    key_versions.c.id == sa.bindparam("version_id"),
    key_versions.c.first_used_at.is_(None),
    key_versions.c.ended_at.is_(None),
)


def record_first_use(state: ServerState, key_id: str, version_id: str, now: float, address: str) -> bool:
    """Mark a version as used; a pending one becomes current and the old one retires after the overlap.

    Answer whether the version may still be used; of several first uses at once, one has the effect.
    """
    with state.database.write() as connection:
        loaded = load(connection, key_id, now)
        version = next((one for one in loaded.versions if one.id == version_id), None) if loaded else None
        if loaded is None or version is None or status_of(loaded.key, now) != "active":
            return False
        if standing(version, now) in ("retired", "revoked"):
            return False
        if version.first_used_at is not None:
            return True
        old = _predecessor(loaded, version, now)
        values: Mapping[str, object] = {
            "first_used_at": now,
            "last_used_at": now,
            "last_used_from": address,
            "activated_at": now if version.activated_at is None else version.activated_at,
        }
        if not connection.execute(_MARK.values(values), {"version_id": version_id}).rowcount:
            return False
        if old is not None:
            retires_at = now + version.overlap_seconds
            if loaded.key.expires_at is not None:
                retires_at = min(retires_at, loaded.key.expires_at)
            connection.execute(key_versions.update().where(key_versions.c.id == old.id).values(retires_at=retires_at))
        connection.execute(
            keys.update()
            .where(keys.c.id == key_id)
            .values(last_used_at=now, last_used_from=address, changed=next_change(connection))
        )
        state.audit.append(
            connection, at=now, actor=SERVER, action="key.version.first_used", target=key_id, version=version_id,
            address=address, retiring=old.id if old else None,
        )  # fmt: skip
    return True


def _predecessor(loaded: Loaded, version: VersionRecord, now: float) -> VersionRecord | None:
    """Return the version that a pending one takes over from."""
    if version.activated_at is not None:
        return None
    return next((one for one in loaded.versions if standing(one, now) == "current"), None)
