"""The table that Qt's books show: a Python model of the same columns, a `QSortFilterProxyModel`, default delegates."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtWidgets import QLineEdit, QTableView, QVBoxLayout, QWidget

from bcdesk.contract.rows import KeyRow
from bcdesk.ui.table.column import Column

Index = QModelIndex | QPersistentModelIndex


class PlainModel(QAbstractTableModel):
    """The rows through the desk's own columns: what they say, and under `UserRole` what they sort by."""

    def __init__(self, rows: list[KeyRow], columns: Sequence[Column]) -> None:
        """Show ``rows``."""
        super().__init__()
        self._rows, self._columns = rows, columns

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        column = self._columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(self._rows[index.row()])
        if role == Qt.ItemDataRole.UserRole and column.sort_key is not None:
            return column.sort_key(self._rows[index.row()])
        return None


def plain_table(rows: list[KeyRow], columns: Sequence[Column]) -> tuple[QWidget, QLineEdit, QTableView]:
    """Return a shown window with a search field over a table, filtered and sorted by a proxy."""
    window = QWidget()
    window.resize(1280, 800)
    field, view = QLineEdit(), QTableView()
    proxy = QSortFilterProxyModel(window)
    source = PlainModel(rows, columns)
    source.setParent(proxy)
    proxy.setFilterKeyColumn(-1)
    proxy.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    proxy.setSortCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    proxy.setSortRole(Qt.ItemDataRole.UserRole)
    proxy.setSourceModel(source)
    view.setModel(proxy)
    view.setSortingEnabled(True)
    proxy.sort(-1)
    view.verticalHeader().setDefaultSectionSize(50)
    field.textChanged.connect(proxy.setFilterFixedString)
    layout = QVBoxLayout(window)
    layout.addWidget(field)
    layout.addWidget(view)
    window.show()
    return window, field, view
