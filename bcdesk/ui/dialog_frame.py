"""What surrounds a dialog: its frame, and behind it the dimmed window with the only shadow of the desk."""

from typing import Final

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPainterPath, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import QLayout, QWidget

from bcdesk.ui import theme
from bcdesk.ui.theme import Radius

_SHADOW: Final = 17


class Scrim(QWidget):
    """Dims the window behind a dialog and holds the dialog's shadow; a click on it does nothing.

    The shadow lies here and not in the dialog's own window, which without a compositor would show black around it.
    """

    def __init__(self, window: QWidget, *, framed: bool) -> None:
        """Cover ``window``, which has round corners where it is a dialog itself (``framed``)."""
        super().__init__(window)
        self.setObjectName("scrim")
        self._framed = framed
        self._card = QRect()
        self.cover()
        self.show()
        self.raise_()

    def cover(self) -> None:
        """Take the size of the window."""
        window = self.parentWidget()
        if window is not None:
            self.setGeometry(window.rect())

    def stand_beneath(self, card: QRect) -> None:
        """Lay the shadow around ``card``, the dialog's place on screen, unless a Wayland compositor chose another."""
        if not QGuiApplication.platformName().startswith("wayland"):
            self._card = QRect(self.mapFromGlobal(card.topLeft()), card.size())
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("scrim"))
        radius = Radius.DIALOG if self._framed else 0
        painter.drawRoundedRect(self.rect(), radius, radius)
        if self._card.isValid():
            painter.setBrush(theme.color("shadow"))
            for grow in range(1, _SHADOW):
                soft = self._card.adjusted(-grow, 4 - grow, grow, grow + 3)
                painter.drawRoundedRect(soft, Radius.DIALOG + grow, Radius.DIALOG + grow)


def paint_frame(painter: QPainter, card: QRect) -> None:
    """Paint surface and line of a dialog."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(theme.color("surface"))
    painter.setPen(QPen(theme.color("line"), 1))
    painter.drawRoundedRect(QRectF(card).adjusted(0.5, 0.5, -0.5, -0.5), Radius.DIALOG, Radius.DIALOG)


def round_off(dialog: QWidget) -> None:
    """Cut a dialog's corners off on X11, where without a compositor they would be black.

    The cut runs a pixel outside of the round line, so that a compositor still shows it smooth.
    """
    if QGuiApplication.platformName() == "xcb":
        path = QPainterPath()
        path.addRoundedRect(QRectF(dialog.rect()), Radius.DIALOG - 1, Radius.DIALOG - 1)
        dialog.setMask(QRegion(path.toFillPolygon().toPolygon()))


def height_at(layout: QLayout, width: int) -> int:
    """Return the height in pixels that ``layout`` asks for at ``width``."""
    layout.activate()
    return layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else layout.totalSizeHint().height()
