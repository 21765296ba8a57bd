"""The table that Qt's books show: a Python model, a `QSortFilterProxyModel` over all columns, default delegates."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtWidgets import QLineEdit, QTableView, QVBoxLayout, QWidget

from bcdesk.contract.rows import KeyRow

Index = QModelIndex | QPersistentModelIndex
FIELDS = tuple(
    KeyRow._fields.index(name)
    for name in ("name", "masked", "environment", "created_at", "last_used_at", "status", "description", "owner")
)


class PlainModel(QAbstractTableModel):
    """Rows as they are: each cell is a field of its row."""

    def __init__(self, rows: list[KeyRow]) -> None:
        """Show ``rows``."""
        super().__init__()
        self._rows = rows

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(FIELDS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return self._rows[index.row()][FIELDS[index.column()]]
        return None


def plain_table(rows: list[KeyRow]) -> tuple[QWidget, QLineEdit, QTableView]:
    """Return a shown window with a search field over a table, filtered and sorted by a proxy."""
    window = QWidget()
    window.resize(1280, 800)
    field, view = QLineEdit(), QTableView()
    proxy = QSortFilterProxyModel(window)
    source = PlainModel(rows)
    source.setParent(proxy)
    proxy.setFilterKeyColumn(-1)
    proxy.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    proxy.setSortCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
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
