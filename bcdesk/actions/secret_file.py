"""Write a secret to a file of its own: readable by its owner alone, never over another file, read back.

On Windows the mode bits say nothing: there the file carries the access list of its folder, which below a
user's own profile admits that user and the administrators.
"""

import errno
import os
import secrets
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

VARIABLE: Final = "BEATCONNECT_API_KEY"
CLIENT_VARIABLE: Final = "BEATCONNECT_CLIENT_SECRET"
_SYNCED: Final = (
    "onedrive",
    "dropbox",
    "google drive",
    "googledrive",
    "my drive",
    "icloud drive",
    "com~apple~clouddocs",
    "mobile documents",
    "nextcloud",
    "owncloud",
    "box sync",
    "pcloud",
)
_SYNC_MARKS: Final = (".dropbox", ".stfolder", ".sync_journal.db")


class Form(StrEnum):
    """What the file holds: a line for a ``.env`` file, or the bare value."""

    ENV = "env"
    BARE = "bare"


class Trouble(StrEnum):
    """Why a file was not written."""

    EXISTS = "exists"
    NO_FOLDER = "no_folder"
    NOT_ALLOWED = "not_allowed"
    NO_SPACE = "no_space"
    NOT_READ_BACK = "not_read_back"
    FAILED = "failed"


class NotSavedError(Exception):
    """The file was not written and nothing of it is left; says why, and never the path or the value."""

    def __init__(self, trouble: Trouble) -> None:
        """Keep the one word for what happened."""
        super().__init__(trouble.value)
        self.trouble = trouble


class Risk(NamedTuple):
    """Who else would read a file: ``kind`` is ``git`` or ``synced``, ``root`` is the folder that makes it so."""

    kind: str
    root: Path


def content(value: str, form: Form, variable: str = VARIABLE) -> bytes:
    """Return what the file holds: a ``.env`` line with its newline, or the value and nothing else."""
    return f"{variable}={value}\n".encode("ascii") if form is Form.ENV else value.encode("ascii")


def risk_of(path: Path) -> Risk | None:
    """Return what makes ``path`` a bad place, or None; links are followed to where the file would really lie."""
    folder = path.parent
    with suppress(OSError, RuntimeError):
        folder = folder.resolve()
    for place in (folder, *folder.parents):
        if os.path.lexists(place / ".git"):
            return Risk("git", place)
        name = place.name.casefold()
        if any(name == known or name.startswith((f"{known} ", f"{known}-")) for known in _SYNCED):
            return Risk("synced", place)
        if any(os.path.lexists(place / mark) for mark in _SYNC_MARKS):
            return Risk("synced", place)
    return None


def write(path: Path, value: str, form: Form, variable: str = VARIABLE) -> None:
    """Write ``value`` to the new file ``path`` (mode 0600 from its first byte) and read it back.

    The name is reserved first, so that a file which is there is never touched; a sibling is written, synced
    and moved onto the reserved name, so that no reader meets half a line. Raises `NotSavedError`.
    """
    data = content(value, form, variable)
    sibling = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    try:
        _create(path, b"")
    except OSError as error:
        raise NotSavedError(_trouble(error)) from None
    try:
        _create(sibling, data)
        sibling.replace(path)
        _sync_folder(path.parent)
        whole = path.read_bytes() == data
    except OSError as error:
        _remove(sibling, path)
        raise NotSavedError(_trouble(error)) from None
    if not whole:
        _remove(path)
        raise NotSavedError(Trouble.NOT_READ_BACK)


def _create(path: Path, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if hasattr(os, "fchmod"):
                os.fchmod(file.fileno(), 0o600)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        _remove(path)  # it is ours: nobody else's was opened
        raise


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(*paths: Path) -> None:
    for path in paths:
        with suppress(OSError):
            path.unlink()


def _trouble(error: OSError) -> Trouble:
    if isinstance(error, FileExistsError | IsADirectoryError):
        return Trouble.EXISTS
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return Trouble.NO_FOLDER
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Trouble.NOT_ALLOWED
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Trouble.NO_SPACE
    return Trouble.FAILED
