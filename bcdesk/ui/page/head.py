"""The head of a page: title, the seed's sentence, the one primary action, search and filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from bcdesk.ui.widgets import Button


class Head(QFrame):
    """Stands above table and inspector alike."""

    def __init__(self, title: str, subtitle: str, buttons: Sequence[Button], filters: QWidget) -> None:
        """Show ``buttons`` at the right of ``title``, the page's one primary button last, above ``filters``."""
        super().__init__()
        self.setObjectName("head")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Label(title, "title", name="page_title"))
        words.addWidget(Label(subtitle, "body", tone="muted", elide=True, name="page_subtitle"))
        top = QHBoxLayout()
        top.setSpacing(Space.L)
        top.addLayout(words, 1)
        actions = QHBoxLayout()
        actions.setSpacing(Space.S)
        for button in buttons:
            actions.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(actions)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.L + 2, Space.XL, Space.M)
        column.setSpacing(Space.M)
        column.addLayout(top)
        column.addWidget(filters)
