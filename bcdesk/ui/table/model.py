"""The table's model: an index vector of ids over rows that the store keeps.

The model holds ids alone (8 bytes a row and list), reads each row where it is kept, and never reorders what is
shown unless it is asked to: changed cells change in place, and what would stand elsewhere is counted.
"""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from bcdesk.ui.table.column import Column, RowKind
from bcdesk.ui.table.ordering import CHUNK, misplaced, places_of, sort_ids, sort_steps

Index = QModelIndex | QPersistentModelIndex
Select = Callable[[Sequence[str]], list[str]]
"""Keeps those of the given ids that a filter lets through, in their order."""

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
        self.sorted_by: Column | None = None
        self.descending = False
        self._rows = rows
        self._order: list[str] = list(rows)  # every id, in sort order
        self._base = self._order  # those that the filter lets through; the same list where there is no filter
        self._view = self._order  # those that are shown; the same list as _base where there is no search
        self._hay: list[str] | None = None  # parallel to _base, made by the first search
        self._words: tuple[str, ...] = ()
        self._search = ""
        self._select: Select | None = None
        self._moved: set[str] = set()  # rows whose sort key no longer fits their place
        self._left: set[str] = set()  # shown rows that filter or search no longer let through
        self._loading = False
        self._steps: Generator[None, None, list[str]] | None = None
        self._generation = 0
        self._sorted_generation = 0
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._step)

    # ---------------------------------------------------------------- what Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._view)

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

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
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
        return self._rows.get(self._view[place]) if 0 <= place < len(self._view) else None

    def id_at(self, place: int) -> str | None:
        """Return the id shown at ``place``; None where there is none."""
        return self._view[place] if 0 <= place < len(self._view) else None

    def place_of(self, row_id: str) -> int:
        """Return where a row is shown; -1 where it is not."""
        try:
            return self._view.index(row_id)
        except ValueError:
            return -1

    @property
    def total(self) -> int:
        """Count all rows, shown or not."""
        return len(self._order)

    @property
    def search(self) -> str:
        """Return the text that is searched for."""
        return self._search

    @property
    def stale(self) -> int:
        """Count the rows that would stand elsewhere, or not at all, if the table were sorted now."""
        return len(self._moved | self._left)

    # ---------------------------------------------------------------- asking for another view

    def set_search(self, text: str) -> None:
        """Show the rows that hold every word of ``text``; longer text narrows what the last one left."""
        words = tuple(sorted(set(text.casefold().split()), key=len, reverse=True))
        before, self._search = self._words, text
        if words == before:
            return
        self._words = words
        narrower = bool(before) and all(any(old in new for new in words) for old in before)
        self.beginResetModel()
        self._view = self._matching_again(self._view) if narrower else self._matching()
        self._finish_reset()

    def set_filter(self, select: Select | None) -> None:
        """Show the rows that ``select`` lets through; None shows all. Call again where its rule changed."""
        self._select = select
        self._rearrange(self._order, sorted_now=False)

    def sort_by(self, column_id: str, descending: bool) -> None:
        """Sort by a column; raise KeyError where there is none of that id or where it does not sort."""
        column = next((one for one in self.columns if one.id == column_id and one.sort_key), None)
        if column is None:
            raise KeyError(column_id)
        self.sorted_by, self.descending = column, descending
        self.sorting_changed.emit()
        self.sort_again()

    def sort_again(self) -> None:
        """Put every row where it belongs, and drop those that the filter no longer lets through."""
        self._stop_steps()
        self._rearrange(self._sorted())

    def reload(self) -> None:
        """Read all ids anew, where too much changed to say what."""
        self._stop_steps()
        self._order = list(self._rows)
        self._rearrange(self._sorted())

    # ---------------------------------------------------------------- loading

    @property
    def loading(self) -> bool:
        """Tell whether a first load is under way: rows append as they come, and none of them counts as stale."""
        return self._loading

    def set_loading(self, loading: bool) -> None:
        """Begin or end a load; its end sorts all rows in short steps, so that the window keeps answering."""
        if loading == self._loading:
            return
        self._loading = loading
        if loading or self.sorted_by is None:
            return
        if len(self._order) <= CHUNK:
            self.sort_again()
        else:
            self._begin_steps()

    def _begin_steps(self) -> None:
        assert self.sorted_by is not None and self.sorted_by.sort_key is not None
        self._sorted_generation = self._generation
        self._steps = sort_steps(self._order, self._rows, self.sorted_by.sort_key, self.descending)
        self._timer.start()

    def _stop_steps(self) -> None:
        self._steps = None
        self._timer.stop()

    def _step(self) -> None:
        if self._steps is None:
            self._timer.stop()
        elif self._sorted_generation != self._generation:
            self._begin_steps()
        else:
            try:
                next(self._steps)
            except StopIteration as done:
                self._stop_steps()
                if done.value != self._order or self.stale:
                    self._rearrange(done.value)

    # ---------------------------------------------------------------- changes

    def apply(
        self, added: Iterable[str] = (), changed: Iterable[str] = (), removed: Iterable[str] = ()
    ) -> None:
        """Follow a change of the rows by id; nothing moves but rows that are gone."""
        gone, new, other = set(removed), list(added), set(changed)
        stale = self.stale
        self._generation += 1
        if gone:
            self._remove(gone)
        if new:
            self._append(new)
        if other:
            self._change(other)
        if self.stale != stale:
            self.stale_order.emit(self.stale)
        if gone or new:
            self.shown_changed.emit(len(self._view))

    def _append(self, ids: list[str]) -> None:
        start = len(self._order)
        passing = self._passing(ids)
        self._show_below(ids, passing, self._matching_again(passing))
        if self.sorted_by is None or self.sorted_by.sort_key is None:
            return
        if start == 0:
            self._rearrange(self._sorted())
        elif not self._loading:
            key = self.sorted_by.sort_key
            places = range(start, len(self._order))
            if any(misplaced(self._order, place, self._rows, key, self.descending) for place in places):
                self._moved.update(ids)

    def _show_below(self, ids: list[str], passing: list[str], matching: list[str]) -> None:
        """Append ids to the lists that hold them, each list once, however many names it has."""
        if matching:
            first = len(self._view)
            self.beginInsertRows(QModelIndex(), first, first + len(matching) - 1)
        if self._hay is not None:
            self._hay += map(self.kind.haystack, map(self._rows.__getitem__, passing))
        if self._view is not self._base:
            self._view += matching
        if self._base is not self._order:
            self._base += passing
        self._order += ids
        if matching:
            self.endInsertRows()

    def _change(self, ids: set[str]) -> None:
        ids = {one for one in ids if one in self._rows}
        places = places_of(self._order, ids)
        if self.sorted_by is not None and self.sorted_by.sort_key is not None and not self._loading:
            for place in places:
                wrong = misplaced(self._order, place, self._rows, self.sorted_by.sort_key, self.descending)
                (self._moved.add if wrong else self._moved.discard)(self._order[place])
        if self._hay is not None:
            for place in places_of(self._base, ids):
                self._hay[place] = self.kind.haystack(self._rows[self._base[place]])
        shown = places if self._view is self._order else places_of(self._view, ids)
        self._tell(shown)
        if self._view is not self._order:
            self._follow_filter(ids, {self._view[place] for place in shown})

    def _follow_filter(self, ids: set[str], shown: set[str]) -> None:
        """Show changed rows that the filter now lets through; those it stops stay where they are, and count."""
        passing = self._passing(sorted(ids))
        matching = self._matching_again(passing)
        joining = [one for one in matching if one not in shown]
        self._left = (self._left - ids) | shown.difference(matching)
        if joining:
            in_base = {self._base[place] for place in places_of(self._base, set(passing))}
            self._show_below([], [one for one in passing if one not in in_base], joining)
            self.shown_changed.emit(len(self._view))

    def _tell(self, places: list[int]) -> None:
        last = len(self.columns) - 1
        if len(places) > MANY:
            places = [places[0], places[-1]]
            self.dataChanged.emit(self.index(places[0], 0), self.index(places[1], last))
            return
        for place in places:
            self.dataChanged.emit(self.index(place, 0), self.index(place, last))

    def _remove(self, gone: set[str]) -> None:
        self.leaving.emit(gone)
        self._moved -= gone
        self._left -= gone
        places = places_of(self._view, gone)
        if len(places) > MANY:
            self._order = [one for one in self._order if one not in gone]
            self._rearrange(self._order, sorted_now=False)
            return
        for place in reversed(places):
            self.beginRemoveRows(QModelIndex(), place, place)
            del self._view[place]
            self.endRemoveRows()
        if self._base is not self._view:
            self._base[:] = [one for one in self._base if one not in gone]
        if self._order is not self._view and self._order is not self._base:
            self._order[:] = [one for one in self._order if one not in gone]
        self._hay = None

    # ---------------------------------------------------------------- the three lists

    def _sorted(self) -> list[str]:
        if self.sorted_by is None or self.sorted_by.sort_key is None:
            return self._order
        return sort_ids(self._order, self._rows, self.sorted_by.sort_key, self.descending)

    def _passing(self, ids: list[str]) -> list[str]:
        return ids if self._select is None else self._select(ids)

    def _matching(self) -> list[str]:
        if not self._words:
            return self._base
        if self._hay is None:
            self._hay = list(map(self.kind.haystack, map(self._rows.__getitem__, self._base)))
        word = self._words[0]
        found = [one for one, text in zip(self._base, self._hay, strict=True) if word in text]
        return self._matching_again(found, self._words[1:])

    def _matching_again(self, ids: list[str], words: tuple[str, ...] | None = None) -> list[str]:
        rows, haystack = self._rows, self.kind.haystack
        for word in self._words if words is None else words:
            ids = [one for one in ids if word in haystack(rows[one])]
        return ids

    def _rearrange(self, order: list[str], *, sorted_now: bool = True) -> None:
        stale = self.stale
        self.beginResetModel()
        self._order = order
        self._base = self._passing(order)
        self._hay = None
        self._view = self._matching()
        self._generation += 1
        self._left.clear()
        if sorted_now:
            self._moved.clear()
        self._finish_reset()
        if self.stale != stale:
            self.stale_order.emit(self.stale)

    def _finish_reset(self) -> None:
        self.endResetModel()
        self.shown_changed.emit(len(self._view))
