"""The data folder of a server: where it is, who may read it, and who serves it."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bcdesk.server.refusal import RefusedError

LOCK_FILE: Final = "server.lock"


class PlaceError(RefusedError):
    """The data folder or the database cannot be used."""


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
