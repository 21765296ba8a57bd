"""Starts bcdesk itself."""

from __future__ import annotations

import os
from collections.abc import Mapping

from devlib import places, setup, terminal

# With one of these bcdesk opens no window.
WINDOWLESS = {"serve", "member", "doctor", "flow", "watch", "--version", "--help", "-h"}
# And with one of these it does, whatever the verb.
WINDOWED = {"embedded", "--browser=embedded"}


def run(arguments: list[str]) -> int:
    """Starts bcdesk with its own arguments and passes its exit code on."""
    if places.ON_LINUX and not has_display(os.environ) and needs_display(arguments):
        raise terminal.Stop(
            "There is no display here: set DISPLAY, or make pictures with: python3 packaging/dev.py shots DIR", code=2
        )
    setup.ready("run")
    python = places.tool("python")
    command = [str(python), "-m", "bcdesk", *arguments]
    if places.ON_WINDOWS:
        return terminal.code_of(command)
    os.execv(python, command)  # noqa: S606 - signals and the exit code are bcdesk's own from here on


def needs_display(arguments: list[str]) -> bool:
    """Returns whether bcdesk opens a window when it is called so."""
    return WINDOWLESS.isdisjoint(arguments) or not WINDOWED.isdisjoint(arguments)


def has_display(env: Mapping[str, str]) -> bool:
    """Returns whether Qt would find a place for a window on Linux."""
    return any(env.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def release_note(arguments: list[str]) -> int:
    """Makes keys of release notes and signs notes: needs bcdesk itself, whose eyes check what is signed."""
    setup.ready("run")
    path = os.pathsep.join((str(places.TOP / "packaging"), str(places.TOP)))
    command = [str(places.tool("python")), "-m", "devlib.release_note", *arguments]
    return terminal.code_of(command, env={**os.environ, "PYTHONPATH": path})
