"""Where the desk of a folder listens for other starts; nothing of Qt, for it is asked before the first paint."""

import contextlib
import hashlib
import os
import stat
import sys
import tempfile
from pathlib import Path
from typing import Final

_LONGEST: Final = 90  # a socket's address has 108 bytes, and Qt puts a folder of its own between


def may_run(folder: Path) -> bool:
    """Tell whether a desk may run on ``folder``: whether there is somebody to ask; always on Windows."""
    return sys.platform == "win32" or os.path.exists(place(folder))


def place(folder: Path) -> str:
    """Return where the desk of ``folder`` listens: the path of a socket, or a pipe's name on Windows."""
    real = os.path.realpath(folder)
    name = f"bcdesk-{hashlib.sha256(os.fsencode(real)).hexdigest()[:24]}"
    if sys.platform == "win32":
        return name
    for home in (real, os.environ.get("XDG_RUNTIME_DIR", "")):  # the first is there for any start
        if home and len(home) <= _LONGEST - len(name) and _is_private(home):
            return f"{home}/{name}"
    home = f"{tempfile.gettempdir()}/bcdesk-{os.getuid()}"
    with contextlib.suppress(OSError):
        os.mkdir(home, 0o700)
    return f"{home if _is_private(home) else real}/{name}"


def _is_private(home: str) -> bool:
    """Tell whether a folder is this user's, and nobody else may write into it."""
    if sys.platform == "win32":
        return True
    try:
        found = os.lstat(home)
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022
