"""What a dialog says of the member and the server that it is about, so that nothing happens to the wrong one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from bcdesk.ui.keys.about import ConnectionLine
from bcdesk.ui.roles import role_words
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Label

if TYPE_CHECKING:
    from bcdesk.contract.rows import MemberRow
    from bcdesk.ui.desk import Desk


class MemberLine(QWidget):
    """Repeats which member a dialog is bound to: name, role, address, and the server they are on."""

    def __init__(self, desk: Desk, row: MemberRow) -> None:
        """Bind to ``row`` as it was at the press."""
        super().__init__()
        self.setObjectName("member_line")
        words = tr("{name} · {role}", name=row.name, role=role_words(row.role))
        self.setAccessibleName(f"{words}, {row.email}" if row.email else words)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addWidget(Label(words, "strong", elide=True, name="member_name"))
        if row.email:
            column.addWidget(Label(row.email, "body", tone="muted", elide=True, name="member_email"))
        column.addWidget(ConnectionLine(desk))
