"""Writing keys: every change bumps the revision, names its fields and takes a change number."""

from collections.abc import Iterable

from sqlalchemy.engine import Connection

from bcdesk.contract.codes import Code
from bcdesk.server.ids import is_id
from bcdesk.server.keys.life import status_of
from bcdesk.server.keys.records import KeyRecord, Loaded, load
from bcdesk.server.problems import ProblemError
from bcdesk.server.revisions import revise
from bcdesk.server.tables import key_versions, keys


def get(connection: Connection, key_id: str, now: float) -> Loaded:
    """Return a key; raise 404 where there is none of that id."""
    found = load(connection, key_id, now) if is_id("key", key_id) else None
    if found is None:
        raise ProblemError(404, Code.NOT_FOUND, "There is no key of that id.")
    return found


def demand_open(key: KeyRecord, now: float) -> None:
    """Raise 409 where the key is revoked or expired: neither ever changes again."""
    status = status_of(key, now)
    if status in ("revoked", "expired"):
        raise ProblemError(409, Code.KEY_ENDED, f"The key is {status}; make a new one in its place.")


def touch(connection: Connection, key: KeyRecord, now: float, fields: Iterable[str], **values: object) -> None:
    """Store ``values`` of a key and note that ``fields`` (members of its JSON) changed."""
    revise(connection, keys, key, fields, updated_at=now, **values)


def set_version(connection: Connection, version_id: str, **values: object) -> None:
    """Store ``values`` of a version."""
    connection.execute(key_versions.update().where(key_versions.c.id == version_id).values(**values))
