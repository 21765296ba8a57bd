"""Waits for the first paint of a window, so that nothing heavy is imported before a person sees it."""

from typing import Final

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QWidget

_PATIENCE_MS: Final = 1000


def wait_for_paint(window: QWidget) -> None:
    """Turn the event loop until the window has painted once."""
    watch = _FirstPaint(window)
    patience = QTimer(singleShot=True, interval=_PATIENCE_MS)
    patience.timeout.connect(watch.loop.quit)
    patience.start()
    watch.loop.exec()


class _FirstPaint(QObject):
    """Ends its loop after the first paint of a window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.loop = QEventLoop()
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self.loop.quit)
        return False
