"""Sorts many rows in short steps of the event loop, so that the window keeps answering."""

from collections.abc import Generator, Mapping
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from bcdesk.store.memory import LARGE, give_back
from bcdesk.ui.table.ordering import Sorting


class StepSorter(QObject):
    """Runs `Sorting.sort_steps` a step at a time; ``done`` carries the ordered ids."""

    done = Signal(object)

    def __init__(self, parent: QObject) -> None:
        """Begin at rest."""
        super().__init__(parent)
        self._steps: Generator[None, None, list[str]] | None = None
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._step)

    @property
    def running(self) -> bool:
        """Tell whether a sort is under way."""
        return self._steps is not None

    def start(self, rows: Mapping[str, Any], by: Sorting) -> None:
        """Sort the ids of ``rows``; a sort under way is dropped."""
        self._steps = by.sort_steps(rows)
        self._timer.start()

    def stop(self) -> None:
        """Drop a sort under way."""
        self._steps = None
        self._timer.stop()

    def _step(self) -> None:
        if self._steps is None:
            return
        try:
            next(self._steps)
        except StopIteration as end:
            self.stop()
            self.done.emit(end.value)
            if len(end.value) > LARGE:
                give_back()  # a sort key for each row: 4 MB of 100,000
