"""A group of settings on a card beneath its title."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from bcdesk.ui.settings.row import SettingRow
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Card, Label, Rule


class SettingSection(QWidget):
    """Shows its rows beneath each other, a line between two."""

    def __init__(self, id: str, title: str) -> None:
        """Begin without rows."""
        super().__init__()
        self.setObjectName(f"settings.{id}")
        self.setAccessibleName(title)
        self.rows: list[SettingRow] = []
        self._first: QWidget | None = None
        self._card = Card(name="settings_card")
        self._card.body.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        self._card.body.setSpacing(Space.M)
        self._card.setAccessibleName(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(Label(title, "section", name="settings_title"))
        column.addWidget(self._card)

    def add_row(self, row: SettingRow) -> SettingRow:
        """Put ``row`` at the end and return it."""
        self.add(row)
        self.rows.append(row)
        return row

    def add(self, widget: QWidget) -> QWidget:
        """Put a part that is no row at the end and return it."""
        if self._card.body.count():
            self._card.body.addWidget(Rule())
        self._card.body.addWidget(widget)
        return widget

    def focus(self) -> None:
        """Put the focus into the first control."""
        if self.rows:
            self.rows[0].focus()

    def shown(self) -> None:
        """Bring up to date what changes by itself; called each time the page is shown."""

    def close_down(self) -> None:
        """Stop listening, when the page goes."""
