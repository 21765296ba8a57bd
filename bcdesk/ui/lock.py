"""When the desk locks: asked for, not used for a while, or because the session locks or the machine goes to sleep."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from bcdesk.ui.commands import Command, Registry
from bcdesk.ui.lock_idle import LastUse, SystemIdle
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QGuiApplication

KEYS: Final = "Ctrl+L"
_SOONEST: Final = 0.25
_LATEST: Final = 60.0
"""A timer sleeps with the machine: one that waits for ten minutes would come late after a night."""


class Locker(QObject):
    """Says ``wanted`` once, when the desk should lock; what locking is belongs to `bcdesk.program`."""

    wanted = Signal()

    def __init__(
        self,
        app: "QGuiApplication",
        *,
        minutes: float,
        system: Callable[[], float | None] | None = None,
        parent: QObject | None = None,
    ) -> None:
        """Wait, from `start` on, for ``minutes`` without use, 0 for ever.

        ``system`` says how many seconds the whole system is idle, in place of the way that it is asked here.
        """
        super().__init__(parent)
        self._app, self._system = app, system
        self._limit = minutes * 60
        self._use: LastUse | None = None
        self._idle: SystemIdle | None = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._judge)

    def start(self) -> None:
        """Begin to watch, as if the desk were used just now."""
        if self._system is None:
            self._idle = SystemIdle()
            self._system = self._idle.seconds
        self._use = LastUse(self._app, KEYS, self)
        self._use.pressed.connect(self.lock)
        self._judge()

    def set_minutes(self, minutes: float) -> None:
        """Wait for another time without use, counted from the last one."""
        self._limit = minutes * 60
        self._judge()

    def lock(self) -> None:
        """Lock now; nothing happens before `start`, or twice."""
        if self._use is not None:
            self.stop()
            self.wanted.emit()

    def stop(self) -> None:
        """Watch no more."""
        self._timer.stop()
        if self._use is not None:
            self._use.stop()
            self._use = None
        if self._idle is not None:
            self._idle.close()

    def unused_for(self) -> float:
        """Return for how many seconds nobody used the desk, or the computer where that is known."""
        own = self._use.seconds if self._use is not None else 0.0
        if own < self._limit or self._system is None:
            return own
        system = self._system()
        return own if system is None else min(own, system)

    def _judge(self) -> None:
        if self._use is None or self._limit <= 0:
            self._timer.stop()
            return
        left = self._limit - self.unused_for()
        if left <= 0:
            self.lock()
        else:
            self._timer.start(int(1000 * min(max(left, _SOONEST), _LATEST)))


def add_lock_command(registry: Registry, locker: Locker) -> None:
    """Add *Lock*."""
    registry.add(
        Command(
            "app.lock",
            tr("Lock"),
            lambda _context: locker.lock(),
            shortcut=KEYS,
            icon="lock",
            group=tr("Desk"),
            aliases=(tr("hide"), tr("away")),
        )
    )
