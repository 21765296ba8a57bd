"""Search and choices above a table, with a *Clear* that is there when anything is set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space

if TYPE_CHECKING:
    from bcdesk.ui.widgets import Button, Segmented

SEARCH_WIDTH: Final = 280


class FilterBar(QWidget):
    """Holds what the table is narrowed by; ``changed`` when a choice is, ``searched`` while typing.

    The first option of each choice narrows nothing.
    """

    changed = Signal()
    searched = Signal(str)

    def __init__(self, search: Any, *choices: Segmented) -> None:
        """Begin with every row shown, and no *Clear* yet; ``search`` is a line with a signal ``searched``."""
        super().__init__()
        self.setObjectName("filters")
        self.setAccessibleName(tr("Filters"))
        self.search = search
        self.search.setMinimumWidth(150)
        self.search.setMaximumWidth(SEARCH_WIDTH)
        self._choices = [(one, one.value) for one in choices]
        self._clear: Button | None = None
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(self.search, 4)
        for one in choices:
            row.addWidget(one)
            one.chosen.connect(lambda _key: self.choices_made())
        row.addStretch(1)
        self.search.searched.connect(self._searched)

    def add_clear(self, button: Button) -> None:
        """Put the button that clears everything behind the filters; it shows while there is something to clear."""
        self._clear = button
        self._row.insertWidget(self._row.count() - 1, button)
        self.refresh()

    @property
    def keeps_search(self) -> bool:
        """Tell whether the search stays when a row is brought to light."""
        return False

    @property
    def text(self) -> str:
        """Return the text that is searched for."""
        return str(self.search.text()).strip()

    @property
    def narrows(self) -> bool:
        """Tell whether anything is set."""
        return bool(self.search.text()) or any(one.value != first for one, first in self._choices)

    def reset(self, *, keep_search: bool = False) -> None:
        """Show every row again."""
        for one, first in self._choices:
            one.choose(first)
        if not keep_search:
            self.search.clear()
        self.choices_made()

    def show_hidden(self) -> None:
        """Show the rows that hide where nothing is chosen."""

    def words(self) -> str:
        """Say what the table is narrowed by, in words."""
        quoted = [tr("“{text}”", text=self.text)] if self.text else []
        return " · ".join([*quoted, *(one.button(one.value).text() for one, first in self._choices
                                      if one.value != first)])  # fmt: skip

    def refresh(self) -> None:
        """Show *Clear* when there is something to clear."""
        if self._clear is not None:
            self._clear.setVisible(self.narrows)
            self._clear.set_reason(None)

    def choices_made(self) -> None:
        """Tell that the choices changed."""
        self.refresh()
        self.changed.emit()

    def _searched(self, text: str) -> None:
        self.refresh()
        self.searched.emit(text)
