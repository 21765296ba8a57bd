"""The tabs of the page: one is chosen, arrows go on from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout

from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Button, refont

if TYPE_CHECKING:
    from collections.abc import Sequence


class TabBar(QFrame):
    """A line of tabs; ``chosen`` carries the id of the one that the person went to."""

    chosen = Signal(str)

    def __init__(self, tabs: Sequence[tuple[str, str]], *, label: str) -> None:
        """Offer ``tabs`` (id, words), the first one chosen."""
        super().__init__()
        self.setObjectName("tab_bar")
        self.setAccessibleName(label)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, Button] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.XS)
        for key, words in tabs:
            button = Button(words, "tab", name=f"tab.{key}")
            button.setCheckable(True)
            button.toggled.connect(lambda on, one=button: _mark(one, on))
            button.clicked.connect(lambda _checked=False, key=key: self.chosen.emit(key))
            self._group.addButton(button)
            self._buttons[key] = button
            row.addWidget(button)
            _mark(button, False)
        row.addStretch(1)
        self.choose(tabs[0][0])

    @property
    def value(self) -> str:
        """Return the chosen tab."""
        return next((key for key, button in self._buttons.items() if button.isChecked()), "")

    def choose(self, key: str) -> None:
        """Mark a tab without a signal."""
        self._buttons[key].setChecked(True)


def _mark(button: Button, on: bool) -> None:
    refont(button, "strong" if on else "body")
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
