"""How bcdesk starts itself, and other programs: as it was started, from a checkout or frozen into a folder.

A frozen program lies beside its libraries. Its start names them to the system's loader, in the environment on Linux and
in the process on Windows, and both are inherited; a program of somebody else that is started so would load ours instead
of its own.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import bcdesk

FROZEN: Final = bool(getattr(sys, "frozen", False))
"""Whether this is the program that is installed, not a checkout."""

HOME: Final = Path(sys.executable).resolve().parent if FROZEN else Path(bcdesk.__file__).resolve().parents[1]
"""Where bcdesk is run: ``-m`` imports what lies there first, so never where somebody happened to be."""

_LIBRARIES: Final = str(getattr(sys, "_MEIPASS", ""))
_PATH: Final = "LD_LIBRARY_PATH"
_PATH_BEFORE: Final = f"{_PATH}_ORIG"  # PyInstaller's name for what a user had set


def command(*words: str, console: bool = False) -> list[str]:
    """Return the command line of bcdesk with ``words``; with ``console`` of one that has a stdout on every system.

    Windows gives a program with windows no stdout, so there the frozen program has a twin for the console.
    """
    if not FROZEN:
        return [sys.executable, "-m", "bcdesk", *words]
    if sys.platform == "win32":
        return [str(HOME / ("bcdesk-cli.exe" if console else "bcdesk.exe")), *words]
    else:
        return [sys.executable, *words]


def lacks_stdout() -> bool:
    """Tell whether this is the frozen program with windows on Windows, which nothing can be read from."""
    return FROZEN and sys.platform == "win32" and sys.stdout is None


def in_console(*words: str) -> int:
    """Run bcdesk with ``words`` in its twin for the console, and return its exit code."""
    import subprocess

    return subprocess.call(command(*words, console=True))  # noqa: S603 - bcdesk itself, with the words it was given


@contextmanager
def as_found() -> Iterator[None]:
    """Let a program of somebody else be started in the block: it finds the libraries that the system has for it."""
    if not FROZEN:
        yield
        return
    ours = {name: os.environ.get(name) for name in (_PATH, _PATH_BEFORE)}
    _put({_PATH: _without_ours(ours[_PATH_BEFORE]), _PATH_BEFORE: None})
    _search(None)
    try:
        yield
    finally:
        _put(ours)
        _search(_LIBRARIES)


def _without_ours(path: str | None) -> str | None:
    """Return a search path without our own folder, which is in it where bcdesk was started by bcdesk."""
    return os.pathsep.join(part for part in (path or "").split(os.pathsep) if part not in ("", _LIBRARIES)) or None


def _put(values: dict[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def _search(folder: str | None) -> None:
    """Set the folder that Windows looks for libraries in, for this process and those that it starts."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetDllDirectoryW(folder)
