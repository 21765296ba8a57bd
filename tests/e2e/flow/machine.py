"""What Qt and its engine say of the machine that tests run on, which no code of ours can do anything about."""

from collections.abc import Iterable
from typing import Final

_OF_THE_MACHINE: Final = (
    "GPU", "RHI", "QRhi", "neither GLX nor EGL", "ulkan", "dbus", "This plugin does not support", "Sandboxing disabled"
)  # fmt: skip
"""No graphics card, no bus, and a sandbox that root has switched off."""


def complaints(lines: Iterable[str]) -> list[str]:
    """Return the lines that are about the program."""
    return [line for line in lines if line and not any(one in line for one in _OF_THE_MACHINE)]
