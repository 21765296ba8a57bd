"""What a server opens in its data folder: the database and the secret."""

import contextlib
import hmac
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bcdesk.server.database import Database, sqlite_url
from bcdesk.server.folder import PlaceError
from bcdesk.server.schema import NewerDatabaseError, prepare, read_meta, write_meta
from bcdesk.server.server_secret import KEY_FILE, VARIABLE, KeyFileError, ServerSecret, load_secret

DATABASE_FILE: Final = "server.sqlite3"
_MARK: Final = "key_mark"


@dataclass(frozen=True)
class Place:
    """An open data folder with its database and its secret."""

    folder: Path
    database: Database
    secret: ServerSecret
    server_id: str


@contextlib.contextmanager
def opened(folder: Path, url: str | None = None) -> Iterator[Place]:
    """Open, and where needed create or migrate, the database of ``folder`` or at ``url``; close it at the end.

    Raise `PlaceError` where that fails.
    """
    import sqlalchemy as sa

    try:
        database = Database(url or sqlite_url(folder / DATABASE_FILE))
    except (sa.exc.ArgumentError, ImportError):
        raise PlaceError("--database is no URL of a database that this program can use") from None
    try:
        try:
            server_id = prepare(database, round(time.time(), 3))
            secret = _fitting_secret(folder, database)
        except KeyFileError as error:
            raise PlaceError(str(error)) from None
        except NewerDatabaseError:
            raise PlaceError("the database was written by a newer version of bcdesk") from None
        except sa.exc.DBAPIError as error:
            raise PlaceError(f"the database cannot be opened ({type(error).__name__})") from None
        yield Place(folder, database, secret, server_id)
    finally:
        database.close()


def _fitting_secret(folder: Path, database: Database) -> ServerSecret:
    """Return the secret that ``database`` was written with; make one for a new database alone.

    Under another secret no key and no token would be known again, and the audit would break where it went on.
    """
    with database.read() as connection:
        known = read_meta(connection, _MARK)
    secret = load_secret(folder, make=known is None)
    if known is None:
        with database.write() as connection:
            known = read_meta(connection, _MARK)  # another process may have been first
            if known is None:
                known = secret.mark
                write_meta(connection, _MARK, known)
    if not hmac.compare_digest(known, secret.mark):
        raise KeyFileError(f"{KEY_FILE} or {VARIABLE} is not the one that the database was written with")
    return secret
