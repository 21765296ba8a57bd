"""Making a database ready: an empty one at once from the tables, an older one by its migrations."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bcdesk.server import tables_apps, tables_members, tables_oauth  # noqa: F401 - they belong to the metadata
from bcdesk.server.database import Database
from bcdesk.server.ids import new_id
from bcdesk.server.tables import change_clock, meta, metadata

HEAD: Final = "0004"
"""The newest revision in ``migrations/versions``; a test keeps it so."""
_alembic_version: Final = sa.table("alembic_version", sa.column("version_num", sa.String))


class NewerDatabaseError(Exception):
    """The database was written by a newer version of the program."""


def prepare(database: Database, now: float) -> str:
    """Create or migrate ``database`` and return its id; several processes may do so at once.

    Raise `NewerDatabaseError` where its revision is unknown here.
    """
    found = find_revision(database)
    if found is None:
        with database.write(serial=False) as connection:
            if not database.is_sqlite:
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(731905)")
            if not sa.inspect(connection).has_table("meta"):
                _create(connection, now)
    elif found != HEAD:
        _migrate(database)
    with database.read() as connection:
        return read_meta(connection, "server_id") or ""


def read_meta(connection: Connection, name: str) -> str | None:
    """Return a value of the ``meta`` table, or None."""
    value: str | None = connection.execute(sa.select(meta.c.value).where(meta.c.name == name)).scalar_one_or_none()
    return value


def write_meta(connection: Connection, name: str, value: str) -> None:
    """Set a value of the ``meta`` table."""
    if read_meta(connection, name) is None:
        connection.execute(meta.insert().values(name=name, value=value))
    else:
        connection.execute(meta.update().where(meta.c.name == name).values(value=value))


def find_revision(database: Database) -> str | None:
    """Return the migration that the database is at, or None where it is empty."""
    with database.read() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        found: str = connection.execute(sa.select(_alembic_version.c.version_num)).scalar_one()
        return found


def _create(connection: Connection, now: float) -> None:
    metadata.create_all(connection)
    connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    connection.execute(sa.insert(_alembic_version).values(version_num=HEAD))
    connection.execute(change_clock.insert().values(id=1, value=0))
    write_meta(connection, "server_id", new_id("evt").removeprefix("evt_").lower())
    write_meta(connection, "created_at", str(now))


def _migrate(database: Database) -> None:
    from bcdesk.server.migrations.run import UnknownRevisionError, upgrade  # alembic takes most of a second to import

    try:
        upgrade(database)
    except UnknownRevisionError:
        raise NewerDatabaseError from None
