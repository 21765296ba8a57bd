"""Keeps a table's columns as the user wants them: widths, order, hidden ones, sorting, and what fits."""

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QHeaderView, QTableView

from bcdesk.ui.table import layout
from bcdesk.ui.table.model import TableModel


class ColumnKeeper(QObject):
    """Fits the columns of ``view`` into its width, and remembers what the user does to its header."""

    changed = Signal()
    """Width, order, hiding or sorting changed by the user's hand."""

    def __init__(self, view: QTableView, model: TableModel) -> None:
        """Take charge of the header of ``view``, which shows ``model``."""
        super().__init__(view)
        self._view, self._model = view, model
        self._header = view.horizontalHeader()
        self._chosen = layout.Arrangement()
        self._fitting = False
        for place, column in enumerate(model.columns):
            fixed = column.stretch or column.kind == "actions"
            mode = QHeaderView.ResizeMode.Fixed if fixed else QHeaderView.ResizeMode.Interactive
            self._header.setSectionResizeMode(place, mode)
        self._header.sectionClicked.connect(self._clicked)
        self._header.sectionResized.connect(self._resized)
        self._header.sectionMoved.connect(self._moved)
        view.viewport().installEventFilter(self)

    def state(self) -> str:
        """Return widths, order, hidden columns and sorting as text for `restore`."""
        by = self._model.sorting
        self._chosen.sort = (by.column.id, by.descending) if by else None
        return self._chosen.to_text()

    def restore(self, text: str) -> None:
        """Bring back what `state` returned; what is damaged or unknown in it is left out."""
        self._chosen = layout.from_text(text, self._model.columns)
        self._put_in_order(self._chosen.order)
        self.fit()
        if self._chosen.sort:
            self._model.sort_by(*self._chosen.sort)

    def reset(self) -> None:
        """Go back to the first widths and order, with no column hidden; the sorting stays."""
        self._chosen = layout.Arrangement()
        self._put_in_order([column.id for column in self._model.columns])
        self.fit()
        self.changed.emit()

    def hidden(self) -> frozenset[str]:
        """Return the ids of the columns that the user hid."""
        return frozenset(self._chosen.hidden)

    def set_hidden(self, column_id: str, hidden: bool) -> None:
        """Hide or show a column; the first one always shows."""
        if column_id != self._model.columns[0].id:
            (self._chosen.hidden.add if hidden else self._chosen.hidden.discard)(column_id)
            self.fit()
            self.changed.emit()

    def fit(self) -> None:
        """Give each column its width in the room that there is; hide those that do not fit."""
        if self._fitting:
            return
        room, window = self._view.viewport().width(), self._view.window().width()
        widths = layout.fit(self._model.columns, self._chosen, room, window)
        self._fitting = True
        for place, column in enumerate(self._model.columns):
            width = widths.get(column.id)
            self._view.setColumnHidden(place, width is None)
            if width is not None and width != self._view.columnWidth(place):
                self._view.setColumnWidth(place, width)
        self._fitting = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.fit()
        return False

    def _put_in_order(self, order: list[str]) -> None:
        places = {column.id: place for place, column in enumerate(self._model.columns)}
        self._fitting = True
        for target, one in enumerate(order):
            self._header.moveSection(self._header.visualIndex(places[one]), target)
        self._fitting = False

    def _resized(self, section: int, before: int, now: int) -> None:
        if not self._fitting and now > 0:
            column = self._model.columns[section]
            self._chosen.widths[column.id] = max(column.least, now)
            self.fit()
            self.changed.emit()

    def _moved(self, section: int, before: int, now: int) -> None:
        if not self._fitting:
            places = range(self._header.count())
            self._chosen.order = [self._model.columns[self._header.logicalIndex(place)].id for place in places]
            self.changed.emit()
        self._view.viewport().update()

    def _clicked(self, section: int) -> None:
        column = self._model.columns[section]
        if column.sort_key is not None:
            by = self._model.sorting
            falls = not by.descending if by and by.column is column else column.falls_first
            self._model.sort_by(column.id, falls)
            self.changed.emit()
