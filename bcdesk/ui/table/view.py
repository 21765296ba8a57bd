"""The table on screen: paints whole rows, and keeps the selection on its row's id."""

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QToolTip, QWidget

from bcdesk.ui import theme
from bcdesk.ui.table.columns import ColumnKeeper
from bcdesk.ui.table.delegates import FIRST_PAD, PAD, SPILL, Cell, RowState, paint_row, paint_skeleton
from bcdesk.ui.table.header import Header
from bcdesk.ui.table.ink import Ink
from bcdesk.ui.table.model import TableModel
from bcdesk.ui.table.tips import as_plain, tip


class TableView(QTableView):
    """Shows a `TableModel`. The selected row is known by its id, whatever is sorted, searched or changed."""

    current_changed = Signal(str)
    """The id of the selected row; empty where none is selected any more."""
    row_activated = Signal(str)
    """Enter or a double click on a row."""
    menu_requested = Signal(str, QPoint)
    """Asks for a row's menu at a point of the screen."""
    columns_menu_requested = Signal(QPoint)
    """Asks for the menu of columns at a point of the screen."""

    def __init__(self, model: TableModel, name: str, parent: QWidget | None = None, *, row_height: int = 50) -> None:
        """Show ``model`` under the accessible ``name``, each row ``row_height`` logical pixels high."""
        super().__init__(parent)
        self._model, self._row_height = model, row_height
        self._ink = Ink()
        self._bound: str | None = None
        self._marking = self._skeleton = self._hot = self._by_key = False
        self._hovered = self._pressed = -1
        self.setObjectName("table")
        self.setAccessibleName(name)
        self.setModel(model)
        header = Header(model, self)
        self.setHorizontalHeader(header)
        self._set_up_qt()
        self.columns = ColumnKeeper(self, model)
        header.menu_requested.connect(self.columns_menu_requested)
        model.modelReset.connect(self._after_reset)
        model.leaving.connect(self._rows_leaving)
        theme.theme().changed.connect(self._retheme)

    def _set_up_qt(self) -> None:
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(self._row_height)
        rows.setDefaultSectionSize(self._row_height)
        rows.hide()
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.viewport().setMouseTracking(True)

    def _retheme(self) -> None:
        self._ink.forget()
        self.viewport().update()

    def set_skeleton(self, shown: bool) -> None:
        """Show quiet bars in place of rows while there are none yet."""
        self._skeleton = shown
        self.viewport().update()

    # ---------------------------------------------------------------- the selected row

    def current_id(self) -> str | None:
        """Return the id of the selected row, also while search or filter hide it; None where there is none."""
        return self._bound

    def select_id(self, row_id: str | None, *, scroll: bool = True) -> bool:
        """Select a row by id, or none; tell whether it is shown."""
        before, self._bound = self._bound, row_id
        place = -1 if row_id is None else self._model.place_of(row_id)
        self._mark(place, scroll)
        if row_id != before:
            self.current_changed.emit(row_id or "")
        return place >= 0

    def _mark(self, place: int, scroll: bool) -> None:
        self._marking = True
        if place < 0:
            self.selectionModel().clear()
        else:
            rows = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.selectionModel().setCurrentIndex(self._model.index(place, max(0, self.currentIndex().column())), rows)
            if scroll:
                self.scrollTo(self._model.index(place, 0))
        self._marking = False

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        if self._marking:
            return
        rows = self.selectionModel().selectedRows()
        row_id = self._model.id_at(rows[0].row()) if rows else None
        if row_id != self._bound:
            self._bound = row_id
            self.current_changed.emit(row_id or "")

    def _after_reset(self) -> None:
        self._hovered, self._hot = -1, False
        place = -1 if self._bound is None else self._model.place_of(self._bound)
        if place < 0:
            self.verticalScrollBar().setValue(0)
        else:
            self._mark(place, True)

    def _rows_leaving(self, gone: set[str]) -> None:
        self._hovered = -1
        if self._bound in gone:
            self.select_id(None)  # never slide to a neighbour: the next command would mean another row

    # ---------------------------------------------------------------- painting

    def visible_places(self) -> range:
        """Return the places of the rows that are in sight, wholly or in part."""
        top = self.verticalScrollBar().value()
        last = (top + self.viewport().height() - 1) // self._row_height
        return range(top // self._row_height, min(self._model.rowCount(), last + 1))

    def _cells(self) -> list[Cell]:
        header = self.horizontalHeader()
        cells: list[Cell] = []
        for visual in range(header.count()):
            place = header.logicalIndex(visual)
            if header.isSectionHidden(place):
                continue
            column, x = self._model.columns[place], header.sectionViewportPosition(place)
            if cells and column.kind == "actions":
                cells[-1] = cells[-1]._replace(spill=SPILL)
            cells.append(Cell(column, x, header.sectionSize(place), PAD if cells else FIRST_PAD))
        return cells

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        try:
            self._paint(painter, event.rect())
        finally:
            painter.end()  # a traceback would keep it alive, and Qt aborts on a painter that outlives its event

    def _paint(self, painter: QPainter, dirty: QRect) -> None:
        self._ink.begin(self.devicePixelRatioF())
        height, cells = self._row_height, self._cells()
        painter.fillRect(dirty, theme.color("surface"))
        offset = self.verticalScrollBar().value()
        first, last = (dirty.top() + offset) // height, (dirty.bottom() + offset) // height
        count = self._model.rowCount()
        current = self.currentIndex().row() if self.hasFocus() and self._by_key else -1
        selected = {index.row() for index in self.selectionModel().selectedRows()}
        for place in range(first, last + 1 if not count and self._skeleton else min(last + 1, count)):
            box = QRect(0, place * height - offset, self.viewport().width(), height)
            row = self._model.row_at(place)
            if not count:
                paint_skeleton(painter, cells, box, place)
            elif row is not None:
                hovered = place == self._hovered
                state = RowState(place in selected, hovered, place == current, hovered and self._hot)
                paint_row(painter, self._ink, cells, row, self._model.kind, state, box)

    # ---------------------------------------------------------------- pointer and keyboard

    def _update_row(self, place: int) -> None:
        if place >= 0:
            top = place * self._row_height - self.verticalScrollBar().value()
            self.viewport().update(0, top, self.viewport().width(), self._row_height)

    def _point(self, at: QPoint | None) -> None:
        index = self.indexAt(at) if at is not None else QModelIndex()
        hot = index.isValid() and self._model.columns[index.column()].kind == "actions"
        if (index.row(), hot) != (self._hovered, self._hot):
            before, self._hovered, self._hot = self._hovered, index.row(), hot
            self._update_row(before)
            self._update_row(self._hovered)
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if hot else Qt.CursorShape.ArrowCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(event.position().toPoint())
        if not event.buttons():
            super().mouseMoveEvent(event)  # a drag over rows selects nothing: one press, one row

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._by_key = event.reason() not in (Qt.FocusReason.MouseFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
        super().focusInEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._by_key = False
        self._point(event.position().toPoint())
        self._pressed = self._hovered if self._hot and event.button() == Qt.MouseButton.LeftButton else -1
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, -1
        super().mouseReleaseEvent(event)
        row_id = self._model.id_at(pressed)
        if pressed >= 0 and pressed == self._hovered and self._hot and row_id is not None:
            self.menu_requested.emit(row_id, event.globalPosition().toPoint())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        row_id = self._model.id_at(self.indexAt(event.position().toPoint()).row())
        if row_id is not None and not self._hot and event.button() == Qt.MouseButton.LeftButton:
            self.row_activated.emit(row_id)

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)
        super().leaveEvent(event)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        under = self.viewport().mapFromGlobal(self.cursor().pos())
        self._point(under if self._hovered >= 0 and self.viewport().rect().contains(under) else None)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            self._ask_menu(self._model.id_at(self.indexAt(event.pos()).row()), event.globalPos())
        else:
            self._ask_menu_by_key()

    def _ask_menu(self, row_id: str | None, at: QPoint) -> None:
        if row_id is not None:
            self.select_id(row_id, scroll=False)
            self.menu_requested.emit(row_id, at)

    def _ask_menu_by_key(self) -> None:
        index = self.currentIndex()
        if index.isValid():
            self.scrollTo(index)
            at = QPoint(FIRST_PAD, (index.row() + 1) * self._row_height - self.verticalScrollBar().value())
            self._ask_menu(self._model.id_at(index.row()), self.viewport().mapToGlobal(at))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, index = event.key(), self.currentIndex()
        if not self._by_key:
            self._by_key = True
            self._update_row(index.row())
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid() and not held:
            if not event.isAutoRepeat():
                self._activate(index)
        elif key == Qt.Key.Key_Menu or (key == Qt.Key.Key_F10 and held == Qt.KeyboardModifier.ShiftModifier):
            self._ask_menu_by_key()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and index.isValid() and not self.selectedIndexes():
            self.select_id(self._model.id_at(index.row()))
        else:
            super().keyPressEvent(event)

    def _activate(self, index: QModelIndex) -> None:
        row_id = self._model.id_at(index.row())
        if row_id is None:
            return
        if self._model.columns[index.column()].kind == "actions":
            self._ask_menu_by_key()
            return
        self.select_id(row_id)
        self.row_activated.emit(row_id)

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: the search box is where one types."""

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        count, way = self._model.rowCount(), QAbstractItemView.CursorAction
        if count and action in (way.MoveHome, way.MoveEnd):
            return self._model.index(0 if action == way.MoveHome else count - 1, max(0, self.currentIndex().column()))
        return super().moveCursor(action, modifiers)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self.indexAt(event.pos())
            row = self._model.row_at(index.row())
            cell = next((one for one in self._cells() if one.x <= event.pos().x() < one.x + one.width), None)
            text = tip(cell, row, self._ink) if cell and row is not None else ""
            QToolTip.showText(event.globalPos(), as_plain(text), self.viewport(), self.visualRect(index))
            return True
        return super().viewportEvent(event)
