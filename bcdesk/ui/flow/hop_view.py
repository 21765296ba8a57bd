"""One hop whole: what was sent, what was received, and what else is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from bcdesk.ui.flow import words
from bcdesk.ui.flow.message_text import Piece, received_lines, sent_lines
from bcdesk.ui.flow.mono_text import MonoText
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Label

if TYPE_CHECKING:
    from bcdesk.flow.trace import Hop
    from bcdesk.ui.flow.message_text import Line


class HopView(QWidget):
    """Shows a hop; secrets are dots in it, because the trace holds none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin empty."""
        super().__init__(parent)
        self.setObjectName("hop_view")
        self.setAccessibleName(tr("The chosen step"))
        self._purpose = Label("", "muted", wrap=True, name="hop_purpose")
        self._sent_title = Label(tr("Sent"), "section", name="sent_title")
        self.sent = MonoText(tr("Sent"), name="hop_sent")
        self._received_title = Label("", "section", name="received_title")
        self.received = MonoText(tr("Received"), name="hop_received")
        self._facts_title = Label(tr("Facts"), "section", name="facts_title")
        self.facts = MonoText(tr("Facts"), name="hop_facts")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addWidget(self._purpose)
        for title, text in (
            (self._sent_title, self.sent),
            (self._received_title, self.received),
            (self._facts_title, self.facts),
        ):
            title.setContentsMargins(0, Space.M, 0, 0)
            column.addWidget(title)
            column.addWidget(text)

    def show_hop(self, hop: Hop) -> None:
        """Show ``hop`` as it is now."""
        said = " · ".join(part for part in (words.purpose(hop), words.channel_words(hop)) if part)
        self._purpose.setText(said)
        self._show(self._sent_title, self.sent, sent_lines(hop.sent) if hop.sent is not None else [])
        received = hop.received
        status = received.status if received is not None else None
        title = tr("Received · {status}", status=status) if status is not None else tr("Received")
        self._received_title.setText(title)
        self._show(self._received_title, self.received, received_lines(received) if received is not None else [])
        hidden = ("error", "error_description", "error_uri", "expected", "got")
        facts: list[Line] = [
            (Piece(f"{name}  ", "muted"), Piece(value)) for name, value in hop.facts.items() if name not in hidden
        ]
        self._show(self._facts_title, self.facts, facts)

    @staticmethod
    def _show(title: Label, text: MonoText, lines: list[Line]) -> None:
        title.setVisible(bool(lines))
        text.setVisible(bool(lines))
        text.set_lines(lines)
