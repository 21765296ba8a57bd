"""Where a server keeps what is its own: the data folder, the lock of whoever serves it, the database, the key."""

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bcdesk.server.database import Database, sqlite_url
from bcdesk.server.schema import NewerDatabaseError, prepare
from bcdesk.server.server_secret import KeyFileError, ServerSecret, load_secret

DATABASE_FILE: Final = "server.sqlite3"
LOCK_FILE: Final = "server.lock"


class PlaceError(Exception):
    """The data folder or the database cannot be used; the text is one line for whoever started the program."""


@dataclass(frozen=True)
class Place:
    """An open data folder with its database and its secret."""

    folder: Path
    database: Database
    secret: ServerSecret
    server_id: str


def default_folder() -> Path:
    """Return the server's data folder where none is named: ``server`` in the user's folder of bcdesk."""
    from platformdirs import user_data_path

    return user_data_path("bcdesk", appauthor=False) / "server"


def ready_folder(folder: Path | None, *, make: bool = True) -> Path:
    """Return the data folder; ``make`` it with mode 0700 where it is missing, and close it to others where it is not.

    Raise `PlaceError` where it cannot be used.
    """
    folder = (folder or default_folder()).expanduser().absolute()
    try:
        if make:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if os.name == "posix" and folder.stat().st_mode & 0o077:
                folder.chmod(0o700)
        elif folder.exists() and not folder.is_dir():
            raise PlaceError(f"{folder} is no folder")
    except OSError as error:
        raise PlaceError(f"the data folder {folder} cannot be used: {error.strerror}") from None
    return folder


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder for one serving process; raise `PlaceError` where another one serves it."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK_FILE, timeout=0, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise PlaceError(f"another server is running on {folder}") from None
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def opened(folder: Path, url: str | None = None) -> Iterator[Place]:
    """Open, and where needed create or migrate, the database of ``folder`` or at ``url``; close it at the end.

    Raise `PlaceError` where that fails.
    """
    import sqlalchemy as sa

    try:
        secret = load_secret(folder)
        database = Database(url or sqlite_url(folder / DATABASE_FILE))
    except KeyFileError as error:
        raise PlaceError(str(error)) from None
    except (sa.exc.ArgumentError, ImportError):
        raise PlaceError("--database is no URL of a database that this program can use") from None
    try:
        try:
            server_id = prepare(database, round(time.time(), 3))
        except NewerDatabaseError:
            raise PlaceError("the database was written by a newer version of bcdesk") from None
        except sa.exc.DBAPIError as error:
            raise PlaceError(f"the database cannot be opened ({type(error).__name__})") from None
        yield Place(folder, database, secret, server_id)
    finally:
        database.close()
