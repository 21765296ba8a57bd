"""Paints rows and cells from the theme's tokens, a whole row at a time.

Qt's own delegates ask the model ten questions a cell; a painter of whole rows asks the row itself, and can draw
what spans cells: the edge, the focus ring, the line beneath.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from bcdesk.ui import theme
from bcdesk.ui.table.column import Column, RowKind
from bcdesk.ui.table.ink import Ink

PAD: Final = 8
"""Empty pixels on either side of a cell's content."""
FIRST_PAD: Final = 24
"""The same at the left of the first column, where the page's margin is."""
EDGE: Final = 3
SPILL: Final = 22
"""Pixels of an actions cell that a chip at its left may take; the three dots stand right of them."""


class Cell(NamedTuple):
    """A column and where it stands: left and width in logical pixels, and its content's padding at the left.

    ``spill`` is how far a chip may reach into the next cell.
    """

    column: Column
    x: int
    width: int
    pad: int
    spill: int = 0

    @property
    def room(self) -> int:
        """Return the pixels that content may take."""
        return self.width - self.pad - PAD


class RowState(NamedTuple):
    """How a row is drawn: selected, under the pointer, with the focus; ``hot`` where its actions cell is pointed at."""

    selected: bool = False
    hovered: bool = False
    focused: bool = False
    hot: bool = False


Paint = Callable[[QPainter, Ink, Cell, Any, RowState, RowKind, int, int], None]


def _text(
    painter: QPainter, ink: Ink, cell: Cell, row: Any, state: RowState, kind: RowKind, y: int, height: int
) -> None:
    column = cell.column
    color = column.tone(row) if column.tone else "text"
    role = column.kind if column.kind in ("mono", "mask") else "body"
    top = y + (height - ink.height(role)) / 2
    ink.text(painter, role, color, column.text(row), cell.x + cell.pad, top, cell.room)


def _two_lines(
    painter: QPainter, ink: Ink, cell: Cell, row: Any, state: RowState, kind: RowKind, y: int, height: int
) -> None:
    column = cell.column
    second = column.second(row) if column.second else ""
    x, room = cell.x + cell.pad, cell.room + PAD // 2
    strong = ink.height("strong")
    top = y + (height - strong - (ink.height("secondary") + 1 if second else 0)) / 2
    ink.text(painter, "strong", "muted" if kind.faded(row) else "text", column.text(row), x, top, room)
    if second:
        ink.text(painter, "secondary", "muted", second, x, top + strong + 1, room)


def _chip(
    painter: QPainter, ink: Ink, cell: Cell, row: Any, state: RowState, kind: RowKind, y: int, height: int
) -> None:
    look = cell.column.chip(row) if cell.column.chip else None
    if look is None:
        return
    if look.tone == "plain":
        top = y + (height - ink.height("body")) / 2
        ink.text(painter, "body", "muted", look.text, cell.x + cell.pad, top, cell.room)
    else:
        ink.chip(painter, look, cell.x + cell.pad, y + height / 2, cell.width - cell.pad + cell.spill)


def _actions(
    painter: QPainter, ink: Ink, cell: Cell, row: Any, state: RowState, kind: RowKind, y: int, height: int
) -> None:
    if not (state.hovered or state.focused):
        return
    middle = QPointF(cell.x + cell.width - 13, y + height / 2)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    if state.hot:
        painter.setBrush(theme.color("pressed"))
        painter.drawRoundedRect(QRectF(middle.x() - 12, middle.y() - 12, 20, 24), 7, 7)
    painter.setBrush(theme.color("text" if state.hot else "muted"))
    for step in (-5, 0, 5):
        painter.drawEllipse(QPointF(middle.x() + step, middle.y()), 1.5, 1.5)
    painter.restore()


PAINTERS: Final[dict[str, Paint]] = {
    "text": _text,
    "mono": _text,
    "mask": _text,
    "two_lines": _two_lines,
    "chip": _chip,
    "actions": _actions,
}


def paint_row(
    painter: QPainter, ink: Ink, cells: list[Cell], row: Any, kind: RowKind, state: RowState, box: QRect
) -> None:
    """Paint one row into ``box``."""
    y, width, height = box.y(), box.width(), box.height()
    if state.selected:
        painter.fillRect(0, y, width, height, theme.color("accent_soft"))
    elif state.hovered:
        painter.fillRect(0, y, width, height, theme.color("hover"))
    painter.fillRect(0, y + height - 1, width, 1, theme.color("line"))
    edge = kind.edge(row)
    if edge:
        painter.fillRect(0, y, EDGE, height - 1, theme.color(edge))
    for cell in cells:
        PAINTERS[cell.column.kind](painter, ink, cell, row, state, kind, y, height - 1)
    if state.focused:
        painter.setPen(QPen(theme.color("accent"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(1, y + 1, width - 2, height - 3)


def paint_skeleton(painter: QPainter, cells: list[Cell], box: QRect, place: int) -> None:
    """Paint a row that is still awaited: quiet bars where its cells will stand."""
    y, width, height = box.y(), box.width(), box.height()
    painter.fillRect(0, y + height - 1, width, 1, theme.color("line"))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("line"))
    for number, cell in enumerate(cells):
        if cell.column.kind == "actions" or cell.room <= 0:
            continue
        share = 0.55 + 0.35 * ((place * 7 + number * 3) % 5) / 4
        bar = QRectF(cell.x + cell.pad, 0, cell.room * share, 10)
        if cell.column.kind == "two_lines":
            bar.moveTop(y + height / 2 - 13)
            painter.drawRoundedRect(bar, 4, 4)
            bar.setWidth(bar.width() * 0.7)
            bar.setHeight(8)
            bar.moveTop(y + height / 2 + 4)
        else:
            bar.moveTop(y + height / 2 - 5)
        painter.drawRoundedRect(bar, 4, 4)
    painter.restore()
