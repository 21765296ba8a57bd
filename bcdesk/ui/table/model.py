"""The table's model: Qt's questions answered from an index vector over rows that the store keeps.

It never reorders what is shown unless it is asked to: changed cells change in place, and rows that would stand
elsewhere are counted.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from bcdesk.ui.table.column import Column, RowKind
from bcdesk.ui.table.ordering import CHUNK, Sorting, places_of
from bcdesk.ui.table.search import words_of
from bcdesk.ui.table.step_sorter import StepSorter
from bcdesk.ui.table.vector import IndexVector, Select

Index = QModelIndex | QPersistentModelIndex

MANY: Final = 64
"""From so many separate places on, one signal for all is cheaper than one for each."""


class TableModel(QAbstractTableModel):
    """Shows ``rows`` through ``columns``, searched, filtered and sorted without a proxy.

    ``rows`` is read live and only its ids are kept, so whoever changes it says so through `apply`.
    """

    stale_order = Signal(int)
    """How many rows would stand elsewhere, or not at all, if the table were sorted now."""
    sorting_changed = Signal()
    leaving = Signal(object)
    """The ids (a set) of rows that are about to go for good, shown or not."""
    shown_changed = Signal(int)
    """How many rows are shown."""

    def __init__(
        self, columns: Sequence[Column], rows: Mapping[str, Any], kind: RowKind, parent: QObject | None = None
    ) -> None:
        """Begin with the rows that are there, in their own order."""
        super().__init__(parent)
        self.columns = tuple(columns)
        self.kind = kind
        self._ids = IndexVector(rows, kind.haystack)
        self._sorting: Sorting | None = None
        self._search = ""
        self._loading = False
        self._moved: set[str] = set()  # rows whose sort key no longer fits their place
        self._left: set[str] = set()  # shown rows that filter or search no longer let through
        self._sorter = StepSorter(self)
        self._sorter.done.connect(self._arrange)

    # ---------------------------------------------------------------- what Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._ids.view)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row_at(index.row())
        if row is None:
            return None
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(row)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return (column.spoken or column.text)(row)
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return column.second(row) if column.second else None
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        if orientation == Qt.Orientation.Horizontal:
            return self.columns[section].title
        row = self.row_at(section)
        return None if row is None else self.kind.name(row)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.sort_by(self.columns[column].id, order == Qt.SortOrder.DescendingOrder)

    # ---------------------------------------------------------------- reading

    def row_at(self, place: int) -> Any:
        """Return the row shown at ``place``; None where there is none, or where it is just going."""
        view = self._ids.view
        return self._ids.rows.get(view[place]) if 0 <= place < len(view) else None

    def id_at(self, place: int) -> str | None:
        """Return the id shown at ``place``; None where there is none."""
        view = self._ids.view
        return view[place] if 0 <= place < len(view) else None

    def place_of(self, row_id: str) -> int:
        """Return where a row is shown; -1 where it is not."""
        places = places_of(self._ids.view, (row_id,))
        return places[0] if places else -1

    @property
    def total(self) -> int:
        """Count all rows, shown or not."""
        return len(self._ids.order)

    @property
    def search(self) -> str:
        """Return the text that is searched for."""
        return self._search

    @property
    def sorting(self) -> Sorting | None:
        """Return what the table is sorted by; None where it keeps the order in which rows came."""
        return self._sorting

    @property
    def stale(self) -> int:
        """Count the rows that would stand elsewhere, or not at all, if the table were sorted now."""
        return len(self._moved | self._left)

    # ---------------------------------------------------------------- asking for another view

    def set_search(self, text: str) -> None:
        """Show the rows that hold every word of ``text``; longer text narrows what the last one left."""
        self._search = text
        words = words_of(text)
        if words != self._ids.words:
            self.beginResetModel()
            self._ids.look_for(words)
            self._end_reset()

    def set_filter(self, select: Select | None) -> None:
        """Show the rows that ``select`` lets through; None shows all. Call again where its rule changed."""
        self._ids.select = select
        self._arrange(self._ids.order, in_order=False)

    def sort_by(self, column_id: str, descending: bool) -> None:
        """Sort by a column; raise KeyError where there is none of that id or where it does not sort."""
        column = next((one for one in self.columns if one.id == column_id and one.sort_key), None)
        if column is None:
            raise KeyError(column_id)
        self._sorting = Sorting(column, descending)
        self.sorting_changed.emit()
        self.sort_again()

    def sort_again(self) -> None:
        """Put every row where it belongs, and drop those that the filter no longer lets through."""
        self._sorter.stop()
        self._arrange(self._sorted(self._ids.order))

    def set_rows(self, rows: Mapping[str, Any]) -> None:
        """Show other rows, or the same where too much changed to say what."""
        self._sorter.stop()
        self._ids.rows = rows
        self._arrange(self._sorted(list(rows)))

    def _sorted(self, ids: list[str]) -> list[str]:
        return self._sorting.sort(self._ids.rows) if self._sorting else ids

    def _arrange(self, order: list[str], *, in_order: bool = True) -> None:
        stale = self.stale
        self.beginResetModel()
        self._ids.arrange(order)
        self._left.clear()
        if in_order:
            self._moved.clear()
        self._end_reset()
        if self.stale != stale:
            self.stale_order.emit(self.stale)

    def _end_reset(self) -> None:
        self.endResetModel()
        self.shown_changed.emit(len(self._ids.view))

    # ---------------------------------------------------------------- changes

    @property
    def loading(self) -> bool:
        """Tell whether a first load is under way: rows append as they come, and none of them counts as stale."""
        return self._loading

    def set_loading(self, loading: bool) -> None:
        """Begin or end a load into an empty table; its end sorts in short steps, so that the window keeps answering.

        Rows that come again into a table that has some are changes as any other.
        """
        ended = self._loading and not loading
        self._loading = loading and (self._loading or not self._ids.order)
        if ended and self._sorting:
            if len(self._ids.order) <= CHUNK:
                self.sort_again()
            else:
                self._sorter.start(self._ids.rows, self._sorting)

    def apply(self, added: Iterable[str] = (), changed: Iterable[str] = (), removed: Iterable[str] = ()) -> None:
        """Follow a change of the rows by id; nothing moves but rows that are gone."""
        gone, new, other = set(removed), list(added), set(changed)
        stale = self.stale
        if gone:
            self._remove(gone)
        if new:
            self._append(new)
        if other:
            self._change(other)
        if self.stale != stale:
            self.stale_order.emit(self.stale)
        if gone or new:
            self.shown_changed.emit(len(self._ids.view))
        if self._sorter.running and self._sorting:
            self._sorter.start(self._ids.rows, self._sorting)

    def _append(self, ids: list[str]) -> None:
        start = len(self._ids.order)
        if start + len(ids) > len(self._ids.rows):  # sorted in between, which took them in already
            known = set(self._ids.order)
            ids = [one for one in ids if one not in known]
        passing = self._ids.passing(ids)
        self._extend(ids, passing, self._ids.matching(passing))
        if self._sorting is None:
            return
        if start == 0:
            self._arrange(self._sorted(self._ids.order))
        elif not self._loading:
            order = self._ids.order
            places = range(start, len(order))
            if any(self._sorting.misplaced(order, place, self._ids.rows) for place in places):
                self._moved.update(ids)

    def _extend(self, ids: list[str], passing: list[str], matching: list[str]) -> None:
        if matching:
            first = len(self._ids.view)
            self.beginInsertRows(QModelIndex(), first, first + len(matching) - 1)
        self._ids.extend(ids, passing, matching)
        if matching:
            self.endInsertRows()

    def _change(self, changed: set[str]) -> None:
        ids = self._ids
        changed = {one for one in changed if one in ids.rows}
        places = places_of(ids.order, changed)
        if self._sorting and not self._loading:
            for place in places:
                wrong = self._sorting.misplaced(ids.order, place, ids.rows)
                (self._moved.add if wrong else self._moved.discard)(ids.order[place])
        shown = places if ids.view is ids.order else places_of(ids.view, changed)
        self._tell(shown)
        if ids.view is not ids.order:
            self._follow_filter(changed, {ids.view[place] for place in shown})

    def _follow_filter(self, changed: set[str], shown: set[str]) -> None:
        """Show changed rows that are now let through; those that no longer are stay where they are, and count."""
        passing = self._ids.passing(sorted(changed))
        matching = self._ids.matching(passing)
        joining = [one for one in matching if one not in shown]
        self._left = (self._left - changed) | shown.difference(matching)
        there = {self._ids.base[place] for place in places_of(self._ids.base, set(passing))}
        self._extend([], [one for one in passing if one not in there], joining)
        if joining:
            self.shown_changed.emit(len(self._ids.view))

    def _tell(self, places: list[int]) -> None:
        last = len(self.columns) - 1
        spans = [(place, place) for place in places] if len(places) <= MANY else [(places[0], places[-1])]
        for top, bottom in spans:
            self.dataChanged.emit(self.index(top, 0), self.index(bottom, last))

    def _remove(self, gone: set[str]) -> None:
        self.leaving.emit(gone)
        self._moved -= gone
        self._left -= gone
        if not self._ids.rows:
            self._arrange([])
            return
        places = places_of(self._ids.view, gone)
        if len(places) > MANY:
            self._arrange([one for one in self._ids.order if one not in gone], in_order=False)
            return
        for place in reversed(places):
            self.beginRemoveRows(QModelIndex(), place, place)
            del self._ids.view[place]
            self.endRemoveRows()
        self._ids.forget(gone)
