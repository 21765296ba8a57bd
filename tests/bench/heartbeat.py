"""The pulse of the GUI thread: how long it ever went without turning its event loop."""

import time
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer


@dataclass(frozen=True, slots=True)
class Gap:
    """A time without a beat, in seconds: by the clock, and how much of it the GUI thread itself computed.

    What it did not compute it did not have: another process ran on its core, or it waited for a lock.
    """

    clock: float
    computed: float
    at: float


class Heartbeat(QObject):
    """Beats each millisecond in the GUI thread and remembers the longest gaps."""

    KEPT = 5

    def __init__(self, parent: QObject | None = None) -> None:
        """Prepare; nothing beats before `start`."""
        super().__init__(parent)
        self._timer = QTimer(self, interval=1)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._last = self._computed = 0.0
        self.beats = 0
        self.gaps: list[Gap] = []

    def start(self) -> None:
        """Forget everything and beat."""
        self.beats, self.gaps = 0, []
        self._last, self._computed = time.perf_counter(), time.thread_time()
        self._timer.start()

    def stop(self) -> Gap:
        """Beat no more and return the longest gap."""
        self._beat()
        self._timer.stop()
        return self.longest

    @property
    def longest(self) -> Gap:
        """Return the longest gap so far."""
        return self.gaps[0] if self.gaps else Gap(0.0, 0.0, 0.0)

    def _beat(self) -> None:
        now, computed = time.perf_counter(), time.thread_time()
        gap = now - self._last
        self.beats += 1
        if len(self.gaps) < self.KEPT or gap > self.gaps[-1].clock:
            self.gaps.append(Gap(gap, computed - self._computed, now))
            self.gaps.sort(key=lambda one: -one.clock)
            del self.gaps[self.KEPT :]
        self._last, self._computed = now, computed
