"""Takes PySide6's hook off Python's ``import``, which reads the source of every module and keeps it in memory.

The hook looks for ``from __feature__ import …``, which this program never writes. With it each import costs another
tenth of a millisecond, and the sources of all that the desk imports stay behind in `linecache`: some 10 MiB.
"""

import builtins
import linecache

import PySide6.QtCore  # noqa: F401 - what sets the hook


def restore() -> None:
    """Put Python's own ``import`` back, which PySide6 keeps beside its hook, and forget the sources read so far."""
    original = getattr(builtins, "__orig_import__", None)
    if original is not None:
        builtins.__import__ = original
        linecache.clearcache()
