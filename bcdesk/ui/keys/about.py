"""What a dialog says of the key and the server that it is about, so that nothing happens to the wrong one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Chip, Label

if TYPE_CHECKING:
    from bcdesk.contract.rows import KeyRow
    from bcdesk.ui.desk import Desk

NAME_MOST: Final = 280
"""Width in pixels from which a name is cut, its whole in the tooltip."""


def environment_words(environment: str) -> str:
    """Return the environment's name."""
    return tr("Live") if environment == "live" else tr("Sandbox")


def environment_chip(environment: str) -> Chip:
    """Return the environment's chip: violet for live and for nothing else."""
    return Chip(environment_words(environment), "live" if environment == "live" else "sandbox", name="environment")


class ConnectionLine(QWidget):
    """Names the server that a dialog works on, and says where its data is a demo."""

    def __init__(self, desk: Desk) -> None:
        """Take the connection as it is now."""
        super().__init__()
        self.setObjectName("connection_line")
        connection = desk.connection
        where = " · ".join(part for part in (connection.name, connection.host) if part)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(Label(where, "muted", name="connection_words"))
        if connection.demo:
            row.addWidget(Label(tr("Pre-release demo"), "muted", tone="warn", name="demo_badge"))
        row.addStretch(1)


class KeyLine(QWidget):
    """Repeats which key a dialog is bound to: environment, name, last four, and the server it is on."""

    def __init__(self, desk: Desk, row: KeyRow) -> None:
        """Bind to ``row`` as it was at the press."""
        super().__init__()
        self.setObjectName("key_line")
        self.setAccessibleName(
            tr(
                "{environment} key {name}, ending {last4}",
                environment=environment_words(row.environment),
                name=row.name,
                last4=" ".join(row.masked[-4:]),
            )
        )
        first = QHBoxLayout()
        first.setSpacing(Space.S)
        first.addWidget(environment_chip(row.environment), 0, Qt.AlignmentFlag.AlignVCenter)
        name = Label(row.name, "strong", elide=True, name="key_name")
        name.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        name.setFixedWidth(min(NAME_MOST, name.sizeHint().width() + 2))
        first.addWidget(name)
        first.addWidget(Label(tr("ends in {last4}", last4=row.masked[-4:]), "body", tone="muted", name="key_last4"))
        first.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addLayout(first)
        column.addWidget(ConnectionLine(desk))
