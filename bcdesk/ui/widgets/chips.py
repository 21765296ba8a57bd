"""Chips: a word with an outline and a glyph, as a widget and as painting for delegates."""

from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from bcdesk.ui import theme

Glyph = Literal["", "dot", "triangle", "cross", "check", "pause", "ring"]
HEIGHT = 19
_PAD = 8
_GLYPH = 7
_GAP = 4


def chip_size(text: str, glyph: Glyph = "") -> QSize:
    """Measure a chip in logical pixels."""
    width = QFontMetrics(theme.font("chip")).horizontalAdvance(text) + 2 * _PAD
    return QSize(width + (_GLYPH + _GAP if glyph else 0), HEIGHT)


def paint_chip(painter: QPainter, at: QPointF, text: str, tone: str, glyph: Glyph = "") -> None:
    """Paint a chip with its top left corner at ``at``; tone ``neutral`` is outlined in the line's colour."""
    size = chip_size(text, glyph)
    ink = theme.tone_color(tone)
    neutral = tone in ("neutral", "sandbox", "muted")
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.color("field") if neutral else ink, 1))
    painter.setBrush(theme.color("live_soft" if tone == "live" else "surface"))
    box = QRectF(at.x() + 0.5, at.y() + 0.5, size.width() - 1, HEIGHT - 1)
    painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
    left = at.x() + _PAD
    if glyph:
        paint_glyph(painter, QRectF(left, at.y() + (HEIGHT - _GLYPH) / 2, _GLYPH, _GLYPH), glyph, tone)
        left += _GLYPH + _GAP
    painter.setPen(ink)
    painter.setFont(theme.font("chip"))
    place = QRectF(left, at.y(), at.x() + size.width() - left, HEIGHT)
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
    painter.restore()


def paint_glyph(painter: QPainter, box: QRectF, glyph: Glyph, tone: str) -> None:
    """Paint a glyph of a chip or a status into ``box``."""
    ink = theme.tone_color(tone)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    line = QPen(ink, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    left, top, side = box.left(), box.top(), box.width()
    if glyph == "dot":
        painter.drawEllipse(box)
    elif glyph == "ring":
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(line)
        painter.drawEllipse(box.adjusted(0.8, 0.8, -0.8, -0.8))
    elif glyph == "triangle":
        painter.drawPolygon(QPolygonF([QPointF(left + side / 2, top), box.bottomRight(), box.bottomLeft()]))
    elif glyph == "cross":
        painter.setPen(line)
        inner = box.adjusted(1, 1, -1, -1)
        painter.drawLine(inner.topLeft(), inner.bottomRight())
        painter.drawLine(inner.topRight(), inner.bottomLeft())
    elif glyph == "check":
        painter.setPen(line)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        points = ((0.08, 0.55), (0.38, 0.85), (0.95, 0.15))
        painter.drawPolyline(QPolygonF([QPointF(left + x * side, top + y * side) for x, y in points]))
    elif glyph == "pause":
        painter.drawRect(QRectF(left + side * 0.12, top, side * 0.28, side))
        painter.drawRect(QRectF(left + side * 0.60, top, side * 0.28, side))
    painter.restore()


class Chip(QWidget):
    """A word in an outline, with a glyph where something is due."""

    def __init__(
        self, text: str, tone: str = "neutral", glyph: Glyph = "", *, name: str = "", parent: QWidget | None = None
    ) -> None:
        """Show ``text`` in ``tone``: a token's name, or ``neutral``."""
        super().__init__(parent)
        self.setObjectName(name or "chip")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.text, self.tone, self.glyph = text, tone, glyph
        self.set(text, tone, glyph)
        theme.theme().changed.connect(self.update)

    def set(self, text: str, tone: str = "neutral", glyph: Glyph = "") -> None:
        """Change word, tone and glyph."""
        self.text, self.tone, self.glyph = text, tone, glyph
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return chip_size(self.text, self.glyph)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_chip(QPainter(self), QPointF(0, 0), self.text, self.tone, self.glyph)


class Dot(QWidget):
    """A small status mark: the same glyphs as on chips."""

    def __init__(self, tone: str = "neutral", glyph: Glyph = "dot", *, size: int = 8, parent: QWidget | None = None):
        """Show ``glyph`` in the colour of ``tone``, ``size`` pixels wide."""
        super().__init__(parent)
        self.tone, self.glyph = tone, glyph
        self.setFixedSize(size, size)
        theme.theme().changed.connect(self.update)

    def set(self, tone: str, glyph: Glyph = "dot") -> None:
        """Change tone and glyph."""
        self.tone, self.glyph = tone, glyph
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_glyph(QPainter(self), QRectF(self.rect()), self.glyph, self.tone)
