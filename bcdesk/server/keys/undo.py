"""Taking back a version that nobody got: the key is as it was before, or gone where it never was anything else."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bcdesk.server.changes import next_change
from bcdesk.server.keys.life import live, standing
from bcdesk.server.keys.records import Loaded, VersionRecord, load
from bcdesk.server.keys.store import set_version, touch
from bcdesk.server.state import SecretKind
from bcdesk.server.tables import callers, key_versions, keys, tombstones


def take_back(connection: Connection, key_id: str, version_id: str, now: float) -> bool:
    """End an unused version and put back what it had changed; tell whether the key is still there.

    A key with no live version left and none ever used was never anybody's: it is deleted, and a tombstone tells so.
    """
    loaded = load(connection, key_id, now)
    if loaded is None:
        return False
    version = next(one for one in loaded.versions if one.id == version_id)
    set_version(connection, version_id, ended_at=now, undo=None)
    for name, values in version.undoes.items():
        _put_back(connection, loaded.versions, version, name, values)
    after = load(connection, key_id, now)
    assert after is not None  # noqa: S101 - read a moment ago in this transaction
    living = live(after.versions, now)
    if not living and all(one.first_used_at is None for one in after.versions):
        _delete(connection, after, now)
        return False
    if living and all(standing(one, now) == "pending" for one in living):
        set_version(connection, living[-1].id, activated_at=now)  # nothing is left that it could wait for
    touch(connection, after.key, now, ["versions"])
    return True


def _used(connection: Connection, version_id: str) -> bool:
    used = sa.select(key_versions.c.first_used_at).where(key_versions.c.id == version_id)
    return connection.execute(used).scalar_one_or_none() is not None


def _mark_changed(connection: Connection, key_id: str) -> None:
    connection.execute(keys.update().where(keys.c.id == key_id).values(changed=next_change(connection)))


KIND: Final = SecretKind(take_back, _used, _mark_changed)
"""What the hand-over of a key is about."""


def _put_back(
    connection: Connection,
    versions: Sequence[VersionRecord],
    gone: VersionRecord,
    name: str,
    values: Mapping[str, float | None],
) -> None:
    """Let a version take the place of the one that is gone: where a later rotation gave that an end, it has it too."""
    set_version(connection, name, **{**values, "retires_at": gone.retires_at or values.get("retires_at")})
    for later in versions:
        if gone.id in later.undoes:
            undo = {name if old == gone.id else old: before for old, before in later.undoes.items()}
            set_version(connection, later.id, undo=json.dumps(undo))


def _delete(connection: Connection, loaded: Loaded, now: float) -> None:
    key = loaded.key
    connection.execute(callers.delete().where(callers.c.key_id == key.id))
    connection.execute(key_versions.delete().where(key_versions.c.key_id == key.id))
    connection.execute(keys.delete().where(keys.c.id == key.id))
    connection.execute(tombstones.insert().values(id=key.id, deleted_at=now, changed=next_change(connection)))
    for (old_id,) in connection.execute(sa.select(keys.c.id).where(keys.c.replaced_by == key.id)).all():
        old = load(connection, old_id, now)
        if old is not None:
            touch(connection, old.key, now, ["replaced_by"], replaced_by=None)
    connection.execute(keys.update().where(keys.c.replaces == key.id).values(replaces=None))
