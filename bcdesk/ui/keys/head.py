"""The head of the keys page: title, the seed's sentence, the one primary action, search and filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from bcdesk.ui.widgets import Button


class Head(QFrame):
    """Stands above table and inspector alike."""

    def __init__(self, new: Button, filters: QWidget) -> None:
        """Show the page's one primary button, *New key…*, above ``filters``."""
        super().__init__()
        self.setObjectName("head")
        self.new = new
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Label(tr("API keys"), "title", name="page_title"))
        subtitle = tr("Manage your API keys for authentication with the BeatConnect API.")
        words.addWidget(Label(subtitle, "body", tone="muted", elide=True, name="page_subtitle"))
        top = QHBoxLayout()
        top.setSpacing(Space.L)
        top.addLayout(words, 1)
        top.addWidget(self.new, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.L + 2, Space.XL, Space.M)
        column.setSpacing(Space.M)
        column.addLayout(top)
        column.addWidget(filters)
