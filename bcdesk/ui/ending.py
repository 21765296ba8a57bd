"""Signals of the system that end the desk in order."""

from __future__ import annotations

import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

_CTRL_C_MS: Final = 500


def by_signals(closed: asyncio.Event) -> Callable[[], None]:
    """Let SIGTERM, SIGINT and SIGHUP end the desk in order; return what takes that back."""
    if sys.platform == "win32":
        return _by_ctrl_c(closed)
    from asyncio import get_running_loop

    loop = get_running_loop()
    signals = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    for one in signals:
        loop.add_signal_handler(one, closed.set)

    def undo() -> None:
        for one in signals:
            loop.remove_signal_handler(one)

    return undo


def _by_ctrl_c(closed: asyncio.Event) -> Callable[[], None]:
    """On Windows Python sees Ctrl+C only between two bytecodes: a timer gives it some."""
    from PySide6.QtCore import QTimer

    before = signal.signal(signal.SIGINT, lambda _number, _frame: closed.set())
    timer = QTimer()
    timer.timeout.connect(lambda: None)
    timer.start(_CTRL_C_MS)

    def undo() -> None:
        timer.stop()
        with suppress(TypeError, ValueError):
            signal.signal(signal.SIGINT, before)

    return undo
