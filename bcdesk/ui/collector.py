"""Collects garbage in the thread of the windows alone.

Python collects in whichever thread happens to allocate. A QObject that only a cycle still holds would then be
destroyed in a worker thread, which Qt answers with a crash. So automatic collection is off, and a timer does it.
"""

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS: Final = 300
"""Often enough that a busy desk's young objects are few at each turn: a turn stays within a few milliseconds."""


class Collector(QObject):
    """Stands in for Python's automatic collection until `stop`, with Python's own thresholds."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Turn automatic collection off and begin."""
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(self.collect_if_due)
        self._timer.start()

    def collect_if_due(self) -> int | None:
        """Collect the oldest generation that is due and return its number, None where none is."""
        due = [
            generation
            for generation, (count, most) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))
            if count > most > 0
        ]
        if not due:
            return None
        gc.collect(due[-1])
        return due[-1]

    def stop(self) -> None:
        """Hand collection back to Python."""
        self._timer.stop()
        gc.enable()
