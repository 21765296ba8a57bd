"""What cells are painted with: fonts, elided and shaped texts, and chips, made once and kept.

Shaping a text costs more than drawing it, so each (text, width) is shaped once; the caches are dropped
when the theme or the pixel ratio changes.
"""

from typing import Final

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPixmap, QStaticText, QTransform

from bcdesk.ui import theme
from bcdesk.ui.table.column import ChipLook
from bcdesk.ui.widgets.chips import HEIGHT, chip_size, paint_chip

KEPT: Final = 4_096
"""Texts kept shaped; a screen shows a few hundred."""


class Ink:
    """Draws texts and chips of one view, remembering what it shaped."""

    def __init__(self) -> None:
        """Begin with nothing kept."""
        self._fonts: dict[str, tuple[QFont, QFontMetricsF]] = {}
        self._texts: dict[tuple[str, str, int], QStaticText] = {}
        self._chips: dict[ChipLook, QPixmap] = {}
        self._ratio = 0.0

    def forget(self) -> None:
        """Drop everything kept, as after a change of theme."""
        self._fonts.clear()
        self._texts.clear()
        self._chips.clear()

    def begin(self, ratio: float) -> None:
        """Prepare for painting at ``ratio`` device pixels a logical one."""
        if ratio != self._ratio:
            self.forget()
            self._ratio = ratio

    def font(self, role: str) -> tuple[QFont, QFontMetricsF]:
        """Return a font of the theme with its metrics; ``mask`` is the monospace one, drawn a little closer."""
        found = self._fonts.get(role)
        if found is None:
            made = theme.font("mono" if role == "mask" else role)
            if role == "mask":  # thirteen stars need no more room than they tell
                made.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 95)
            found = self._fonts[role] = (made, QFontMetricsF(made))
        return found

    def height(self, role: str) -> float:
        """Return the line height of a font in logical pixels."""
        return self.font(role)[1].height()

    def fits(self, role: str, text: str, width: int) -> bool:
        """Tell whether ``text`` needs no elision in ``width`` logical pixels."""
        return self.font(role)[1].horizontalAdvance(text) <= width

    def text(self, painter: QPainter, role: str, color: str, text: str, x: float, y: float, width: int) -> None:
        """Draw one line with its top left corner at (x, y), elided to ``width``."""
        if not text or width <= 0:
            return
        font, metrics = self.font(role)
        shaped = self._texts.get((role, text, width))
        if shaped is None:
            if len(self._texts) >= KEPT:
                self._texts.clear()
            line = text.replace("\n", " ")
            shaped = QStaticText(metrics.elidedText(line, Qt.TextElideMode.ElideRight, width))
            shaped.setTextFormat(Qt.TextFormat.PlainText)
            shaped.prepare(QTransform(), font)
            self._texts[role, text, width] = shaped
        painter.setFont(font)
        painter.setPen(theme.color(color))
        painter.drawStaticText(QPointF(x, y), shaped)

    def chip(self, painter: QPainter, look: ChipLook, x: float, middle: float, width: int) -> None:
        """Draw a chip from ``x`` on, around ``middle``; one wider than ``width`` is cut at its right."""
        drawn = self._chips.get(look)
        if drawn is None:
            if len(self._chips) >= KEPT:
                self._chips.clear()
            size = chip_size(look.text, look.glyph)
            drawn = QPixmap(size * self._ratio)
            drawn.setDevicePixelRatio(self._ratio)
            drawn.fill(Qt.GlobalColor.transparent)
            inner = QPainter(drawn)
            paint_chip(inner, QPointF(0, 0), look.text, look.tone, look.glyph)
            inner.end()
            self._chips[look] = drawn
        top = round(middle - HEIGHT / 2)
        if drawn.deviceIndependentSize().width() > width:
            painter.save()
            painter.setClipRect(round(x), top, width, HEIGHT + 1)
            painter.drawPixmap(QPointF(x, top), drawn)
            painter.restore()
        else:
            painter.drawPixmap(QPointF(x, top), drawn)
