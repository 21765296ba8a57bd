"""The table's header: quiet titles, one arrow where the table is sorted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QHeaderView, QWidget

from bcdesk.ui import theme
from bcdesk.ui.table.delegates import FIRST_PAD, PAD
from bcdesk.ui.table.ink import Ink

if TYPE_CHECKING:
    from bcdesk.ui.table.column import Column
    from bcdesk.ui.table.model import TableModel

HEIGHT = 36


class Header(QHeaderView):
    """Shows the titles of a `TableModel`; a click on one is for the view to answer."""

    menu_requested = Signal(QPoint)
    """Asks for the menu of columns at a point of the screen."""

    def __init__(self, model: TableModel, parent: QWidget) -> None:
        """Head the columns of ``model``."""
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._model = model
        self._ink = Ink()
        self.setObjectName("table_header")
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setFirstSectionMovable(False)
        self.setHighlightSections(False)
        self.setSortIndicatorShown(False)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setMinimumSectionSize(32)
        model.sorting_changed.connect(self.viewport().update)
        theme.theme().changed.connect(self._retheme)

    def _retheme(self) -> None:
        self._ink.forget()
        self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), HEIGHT)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        column, by = self._model.columns[section], self._model.sorting
        way = (1 if by.descending else -1) if by is not None and by.column is column else 0
        self._ink.begin(self.devicePixelRatioF())
        paint_title(painter, self._ink, rect, column, FIRST_PAD if self.visualIndex(section) == 0 else PAD, way)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_requested.emit(event.globalPos())


def paint_title(painter: QPainter, ink: Ink, rect: QRect, column: Column, pad: int, way: int) -> None:
    """Paint a column's title ``pad`` pixels from the left; ``way`` is 1 where it falls, -1 where it rises, else 0."""
    painter.fillRect(rect, theme.color("surface"))
    painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, theme.color("line"))
    if not column.title or column.kind == "actions":
        return
    room = rect.width() - pad - PAD
    top = rect.y() + (rect.height() - 1 - ink.height("label")) / 2
    ink.text(painter, "label", "text" if way else "muted", column.title, rect.x() + pad, top, room)
    if way:
        x = rect.x() + pad + min(ink.font("label")[1].horizontalAdvance(column.title), room) + 8
        if x + 4 <= rect.right():
            _arrow(painter, x, rect.y() + (rect.height() - 1) / 2, way)


def _arrow(painter: QPainter, x: float, middle: float, way: int) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.color("text"), 1.4, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
    painter.drawLine(QPointF(x, middle - 4), QPointF(x, middle + 4))
    tip = middle + 4 * way
    painter.drawPolyline(QPolygonF([QPointF(x - 3, tip - 3 * way), QPointF(x, tip), QPointF(x + 3, tip - 3 * way)]))
    painter.restore()
