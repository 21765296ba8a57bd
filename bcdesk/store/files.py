"""Durable files of the desk: written whole or not at all, readable by their owner alone."""

import os
import sys
from pathlib import Path


def make_private(folder: Path) -> Path:
    """Make ``folder`` and what is missing above it, readable by its owner alone (0700); return it."""
    for missing in reversed([one for one in (folder, *folder.parents) if not one.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)  # one by one: of ``parents`` the mode would not hold
    if sys.platform != "win32" and folder.stat().st_mode & 0o077:
        folder.chmod(0o700)
    return folder


def write_durably(file: Path, content: bytes) -> None:
    """Write ``content`` so that after any crash the old or the new file is there whole: temp, 0600, fsync, replace."""
    make_private(file.parent)
    temporary = file.with_name(f"{file.name}.{os.getpid()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        os.replace(temporary, file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(file.parent)


def remove_durably(file: Path) -> None:
    """Remove ``file`` so that it does not come back after a crash; a missing one is fine."""
    file.unlink(missing_ok=True)
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Write the folder's own entries to the disk, where the system can (fsync(2))."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
