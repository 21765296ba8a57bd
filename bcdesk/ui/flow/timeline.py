"""The steps of a run beneath each other, or beside each other where the window is narrow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QBoxLayout, QButtonGroup, QFrame, QScrollArea, QSizePolicy, QWidget

from bcdesk.ui import theme
from bcdesk.ui.flow import words
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Label, paint_glyph

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QPixmap, QResizeEvent

    from bcdesk.flow.trace import Hop
    from bcdesk.ui.widgets.chips import Glyph

WIDTH: Final = 236
TOKENS: Final = -1
"""The number of the entry for the tokens."""
_ITEM: Final = 132
_BAR: Final = 12
"""The width of the scroll bar, which may come beside the steps, in pixels."""
_PICTURE_FROM: Final = 420
"""The height of the timeline from which the picture has room beneath the steps, in pixels."""


class Step(QAbstractButton):
    """One step: its mark, its name, how long it took."""

    def __init__(self, number: int, parent: QWidget) -> None:
        """Stand for the hop of ``number``."""
        super().__init__(parent)
        self.number = number
        self.setObjectName(f"hop.{number}")
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._took, self._mark = "", ("muted", "ring")
        self.upright = True
        theme.theme().changed.connect(self.update)

    def show_step(self, name: str, took: str, mark: tuple[str, str], said: str) -> None:
        """Show ``name`` and ``took``; ``said`` is how it went, for screen readers."""
        self.setText(name)
        self._took, self._mark = took, mark
        self.setAccessibleName(", ".join(part for part in (name, said, took) if part))
        self.setToolTip(name)
        self.updateGeometry()
        self.update()

    def set_upright(self, upright: bool) -> None:
        """Stand in a column, or in a line."""
        self.upright = upright
        self.setSizePolicy(
            QSizePolicy.Policy.Expanding if upright else QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed
        )
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        if not self.upright:
            return QSize(_ITEM, 44)
        metrics = QFontMetrics(theme.font("strong"))
        wide = self.fontMetrics().horizontalAdvance(self._took) + 4
        lines = _two_lines(self._wrapped(), metrics, WIDTH - 2 * Space.L - wide - 34 - _BAR)
        return QSize(WIDTH, len(lines) * metrics.lineSpacing() + 20)

    def _wrapped(self) -> str:
        return re.sub(r" (?=/|\S+://)", "\n", self.text(), count=1)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.isChecked() or self.underMouse():
            painter.fillRect(self.rect(), theme.color("accent_soft" if self.isChecked() else "hover"))
        left = Space.L
        tone, glyph = self._mark
        paint_glyph(painter, QRectF(left, 15, 9, 9), _glyph(glyph), tone)
        painter.setFont(theme.font("secondary"))
        painter.setPen(theme.color("muted"))
        wide = self.fontMetrics().horizontalAdvance(self._took) + 4
        right = self.width() - Space.L
        if self.upright:
            painter.drawText(QRect(right - wide, 11, wide, 18), Qt.AlignmentFlag.AlignRight, self._took)
            room = QRect(left + 28, 10, right - wide - left - 34, self.height() - 16)
        else:
            painter.drawText(QRect(left + 16, 23, right - left, 18), Qt.AlignmentFlag.AlignLeft, self._took)
            room = QRect(left + 16, 5, self.width() - left - 22, 18)
        painter.setFont(theme.font("strong"))
        painter.setPen(theme.color("text"))
        metrics = QFontMetrics(theme.font("strong"))
        if self.upright:
            lines = _two_lines(self._wrapped(), metrics, room.width())
            for place, line in enumerate(lines):
                cut = metrics.elidedText(line, Qt.TextElideMode.ElideMiddle, room.width())
                painter.drawText(room.x(), room.y() + metrics.ascent() + place * metrics.lineSpacing(), cut)
            painter.setPen(QPen(theme.color("line"), 1))
            painter.drawLine(left, self.height() - 1, right, self.height() - 1)
        else:
            cut = metrics.elidedText(self.text(), Qt.TextElideMode.ElideMiddle, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, cut)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), 5, 5)


def _two_lines(text: str, metrics: QFontMetrics, width: int) -> list[str]:
    """Break ``text`` where a line is full; what is left over stands in the second one."""
    first, _, rest = text.partition("\n")
    if rest or metrics.horizontalAdvance(first) <= width:
        return [first, rest] if rest else [first]
    parts = first.split(" ")
    fitting = next(
        (n for n in range(len(parts) - 1, 0, -1) if metrics.horizontalAdvance(" ".join(parts[:n])) <= width), 1
    )
    return [" ".join(parts[:fitting]), " ".join(parts[fitting:])]


def _glyph(name: str) -> Glyph:
    return name  # type: ignore[return-value]  # the words of a hop name a glyph of the kit


class Timeline(QFrame):
    """The head *Run 3*, a step for each hop, and the last page of the browser; ``chosen`` carries a hop's number."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin without steps."""
        super().__init__(parent)
        self.setObjectName("timeline")
        self.setAccessibleName(tr("Steps of the run"))
        self.upright = True
        self._steps: dict[int, Step] = {}
        self._group = QButtonGroup(self)
        self.head = Label("", "heading", name="run_number")
        self.head.setContentsMargins(Space.L, Space.L, Space.L, Space.S)
        self._inside = QWidget()
        self._inside.setObjectName("scrolled")
        self._row = QBoxLayout(QBoxLayout.Direction.TopToBottom, self._inside)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setObjectName("timeline_scroll")
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._inside)
        self._scroll.viewport().setAutoFillBackground(False)
        self.picture = Label("", name="browser_picture")
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setContentsMargins(Space.L, Space.L, Space.L, 0)
        self.caption = Label("", "muted", wrap=True, name="browser_caption")
        self.caption.setContentsMargins(Space.L, Space.S, Space.L, Space.M)
        self._column = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.head)
        self._column.addWidget(self._scroll, 1)
        self._column.addWidget(self.picture)
        self._column.addWidget(self.caption)
        self.set_upright(True)
        self.set_picture(None, "")

    def set_upright(self, upright: bool) -> None:
        """Stand at the left of the hop, or in a strip above it."""
        self.upright = upright
        down = QBoxLayout.Direction.TopToBottom
        self._row.setDirection(down if upright else QBoxLayout.Direction.LeftToRight)
        self._column.setDirection(down if upright else QBoxLayout.Direction.LeftToRight)
        self.setMinimumSize(0, 0)
        self.setMaximumSize(16_777_215, 16_777_215)
        bars = Qt.ScrollBarPolicy
        if upright:
            self.setFixedWidth(WIDTH)
        else:
            self.setFixedHeight(56)
        self._scroll.setHorizontalScrollBarPolicy(bars.ScrollBarAlwaysOff if upright else bars.ScrollBarAsNeeded)
        self._scroll.setVerticalScrollBarPolicy(bars.ScrollBarAsNeeded if upright else bars.ScrollBarAlwaysOff)
        for step in self._steps.values():
            step.set_upright(upright)
        self._show_picture()

    def begin(self, title: str) -> None:
        """Start anew under ``title``."""
        self.head.setText(title)
        for step in self._steps.values():
            self._group.removeButton(step)
            step.hide()
            step.deleteLater()
        self._steps.clear()

    def show_hop(self, hop: Hop) -> None:
        """Show a hop as it is now."""
        tone, glyph, said = words.outcome(hop)
        self._step(hop.id).show_step(words.hop_words(hop), words.took(hop.milliseconds), (tone, glyph), said)

    def show_tokens(self, said: str) -> None:
        """Show the entry of the tokens; ``said`` is what became of them."""
        self._step(TOKENS).show_step(tr("Tokens"), "", ("accent", "check"), said)

    def choose(self, number: int) -> None:
        """Mark a step without a signal."""
        step = self._steps.get(number)
        if step is not None:
            step.setChecked(True)
            self._scroll.ensureWidgetVisible(step, 0, 0)

    def step(self, number: int) -> Step:
        """Return the step of a hop."""
        return self._steps[number]

    def numbers(self) -> tuple[int, ...]:
        """Return the hops that have a step, in their order."""
        return tuple(self._steps)

    def set_picture(self, picture: QPixmap | None, caption: str) -> None:
        """Show the last page of the browser, small, and when it answered."""
        self._drawn = picture
        self.caption.setText(caption)
        self._show_picture()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_picture()

    def _show_picture(self) -> None:
        drawn = getattr(self, "_drawn", None)
        self.caption.setVisible(self.upright and bool(self.caption.text()))
        roomy = self.height() > _PICTURE_FROM
        self.picture.setVisible(self.upright and roomy and drawn is not None)
        if drawn is not None:
            ratio = self.devicePixelRatioF()
            small = drawn.scaled(
                QSize(WIDTH - 2 * Space.L, 150) * ratio, Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )  # fmt: skip
            small.setDevicePixelRatio(ratio)
            self.picture.setPixmap(small)
            self.picture.setAccessibleName(tr("The last page of the browser, small"))

    def _step(self, number: int) -> Step:
        found = self._steps.get(number)
        if found is None:
            found = self._steps[number] = Step(number, self._inside)
            found.set_upright(self.upright)
            found.clicked.connect(lambda _checked=False, number=number: self.chosen.emit(number))
            self._group.addButton(found)
            place = self._row.count() - 1 - (TOKENS in self._steps and number != TOKENS)
            self._row.insertWidget(place, found)
            found.show()
        return found
