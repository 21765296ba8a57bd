"""Writes a secret onto macOS's pasteboard itself: Qt would wrap the concealing types in one of its own.

Written after Apple's documents and nspasteboard.org, and not run on a system of ours.
"""

import ctypes
import sys
from typing import Final

from bcdesk.ui import objc

_TEXT: Final = "public.utf8-plain-text"
CONCEALED: Final = "org.nspasteboard.ConcealedType"
_CURRENT_HOST_ONLY: Final = 1
"""NSPasteboardContentsCurrentHostOnly: no Universal Clipboard."""


def write_concealed(text: str) -> bool:
    """Put ``text`` there as a secret of this computer alone; False where it was not taken, or on another system."""
    if sys.platform == "darwin":
        board = objc.of_class("NSPasteboard", "generalPasteboard")
        objc.send(board, "prepareForNewContentsWithOptions:", ctypes.c_ulong(_CURRENT_HOST_ONLY), gives=ctypes.c_long)
        set_string = "setString:forType:"
        taken = objc.send(board, set_string, objc.string(text), objc.string(_TEXT), gives=ctypes.c_bool)
        objc.send(board, set_string, objc.string(""), objc.string(CONCEALED), gives=ctypes.c_bool)
        return bool(taken)
    else:
        return False
