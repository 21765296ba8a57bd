"""What surrounds a dialog: its frame with the only shadow of the desk, and the dimmed window behind it."""

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLayout, QWidget

from bcdesk.ui import theme
from bcdesk.ui.theme import Radius

SHADOW: Final = 20
"""Pixels around a dialog that its shadow takes, inside its own window."""


class Scrim(QWidget):
    """Dims the window behind a dialog; a click on it does nothing."""

    def __init__(self, window: QWidget, *, framed: bool) -> None:
        """Cover ``window`` whole, or only its frame where it is a dialog itself (``framed``)."""
        super().__init__(window)
        self.setObjectName("scrim")
        self._framed = framed
        self.cover()
        self.show()
        self.raise_()

    def cover(self) -> None:
        """Take the size of the window."""
        window = self.parentWidget()
        if window is not None:
            inset = SHADOW if self._framed else 0
            self.setGeometry(window.rect().adjusted(inset, inset, -inset, -inset))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("scrim"))
        radius = Radius.DIALOG if self._framed else 0
        painter.drawRoundedRect(self.rect(), radius, radius)


def paint_frame(painter: QPainter, window: QRectF) -> None:
    """Paint surface, line and shadow of a dialog into the rectangle of its window."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("shadow"))
    card = window.adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)
    for grow in range(1, SHADOW - 3):
        soft = card.adjusted(-grow, 4 - grow, grow, grow + 3)
        painter.drawRoundedRect(soft, Radius.DIALOG + grow, Radius.DIALOG + grow)
    painter.setBrush(theme.color("surface"))
    painter.setPen(QPen(theme.color("line"), 1))
    painter.drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), Radius.DIALOG, Radius.DIALOG)


def height_at(layout: QLayout, width: int) -> int:
    """Return the height in pixels that ``layout`` asks for at ``width``."""
    layout.activate()
    return layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else layout.totalSizeHint().height()
