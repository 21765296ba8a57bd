"""Ending with the program that started us, however it ends."""

import os
import sys
import threading
from collections.abc import Callable
from typing import Final

_PR_SET_PDEATHSIG: Final = 1


def end_with_parent(stop: Callable[[], None]) -> None:
    """Call ``stop``, from a thread, when stdin ends; on Linux also have the kernel send SIGTERM at the parent's death.

    Stdin is the lifeline that works on every system: the parent holds its other end and nobody writes to it.
    """
    threading.Thread(target=_watch, args=(stop,), name="lifeline", daemon=True).start()
    if sys.platform == "linux":
        import ctypes
        import signal

        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _watch(stop: Callable[[], None]) -> None:
    try:
        # Not through sys.stdin: the interpreter cannot end while a thread waits with its lock.
        while os.read(0, 4096):
            pass
    except OSError:
        pass
    stop()
