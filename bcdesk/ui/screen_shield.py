"""Keeps one window out of screenshots and shared screens, where the system can: Windows and macOS.

On Linux there is no such request to X11 or to most compositors; nothing is promised there. The two ways are written
after their makers' documents, and have not run on a system of ours.
"""

import ctypes
import logging
import sys
from typing import Final, Protocol

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

_EXCLUDE_FROM_CAPTURE: Final = 0x11  # WDA_EXCLUDEFROMCAPTURE, Windows 10 2004
_NO_AFFINITY: Final = 0
_SHARING_NONE: Final = 0
_SHARING_READ_ONLY: Final = 1
_log = logging.getLogger(__name__)


class Shield(Protocol):
    """What takes a window out of captures, or lets it in again."""

    def __call__(self, window: QWidget, on: bool) -> bool:
        """Shield ``window`` where ``on``, and tell whether the system agreed."""


def shield() -> Shield | None:
    """Return the way of this system, None where it has none."""
    name = QGuiApplication.platformName()
    if sys.platform == "win32" and name == "windows":
        return _windows
    if sys.platform == "darwin" and name == "cocoa":
        return _macos
    return None


def _windows(window: QWidget, on: bool) -> bool:
    """Ask by SetWindowDisplayAffinity; an older Windows refuses."""
    if sys.platform == "win32":
        affinity = ctypes.c_uint(_EXCLUDE_FROM_CAPTURE if on else _NO_AFFINITY)
        done = ctypes.WinDLL("user32").SetWindowDisplayAffinity(ctypes.c_void_p(int(window.winId())), affinity)
        return bool(done)
    else:
        return False


def _macos(window: QWidget, on: bool) -> bool:
    """Ask by NSWindow's sharingType; Qt's handle is the view inside of it."""
    from bcdesk.ui import objc

    try:
        owner = objc.send(ctypes.c_void_p(int(window.winId())), "window")
        kind = ctypes.c_ulong(_SHARING_NONE if on else _SHARING_READ_ONLY)
        objc.send(ctypes.c_void_p(owner), "setSharingType:", kind, gives=None)
    except OSError as error:
        _log.warning("the window cannot be kept out of captures: errno %s", error.errno)
        return False
    return bool(owner)
