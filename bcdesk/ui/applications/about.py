"""What a dialog says of the application and the server that it is about, so that nothing happens to the wrong one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from bcdesk.ui.applications.words import kind_words
from bcdesk.ui.keys.about import ConnectionLine
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Label

if TYPE_CHECKING:
    from bcdesk.contract.rows import AppRow
    from bcdesk.ui.desk import Desk


class AppLine(QWidget):
    """Repeats which application a dialog is bound to: name, type, client id, and the server it is on."""

    def __init__(self, desk: Desk, row: AppRow) -> None:
        """Bind to ``row`` as it was at the press."""
        super().__init__()
        self.setObjectName("app_line")
        self.setAccessibleName(tr("{kind} {name}, {client_id}", kind=kind_words(row.type), name=row.name,
                                  client_id=row.client_id))  # fmt: skip
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        words = tr("{name} · {kind}", name=row.name, kind=kind_words(row.type))
        column.addWidget(Label(words, "strong", elide=True, name="app_name"))
        column.addWidget(Label(row.client_id, "mono", name="app_client_id"))
        column.addWidget(ConnectionLine(desk))
