"""NEEDS YOU: what a row asks of its owner, each thing as a card with its remedy as a button."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from bcdesk.ui.commands import Context
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Card, Label, clear

if TYPE_CHECKING:
    from collections.abc import Callable

    from bcdesk.ui.commands import Registry
    from bcdesk.ui.widgets.buttons import Button, Kind


class NeedCard(NamedTuple):
    """One card: what is due, why, and the commands that mend it."""

    id: str
    title: str
    sentence: str
    commands: tuple[str, ...] = ()
    tone: str = "warn"


class NeedsSection(QWidget):
    """Shows the cards of one row, and is not there while there are none."""

    def __init__(self, registry: Registry, context: Callable[[], Context]) -> None:
        """Make buttons of ``registry`` that act on ``context``."""
        super().__init__()
        self.setObjectName("needs")
        self.setAccessibleName(tr("Needs you"))
        self._registry, self._context = registry, context
        self._shown: tuple[NeedCard, ...] | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        self._title = Label(tr("Needs you"), "section", name="needs_title")
        column.addWidget(self._title)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(Space.S)
        column.addLayout(self._cards)

    def show_cards(self, cards: tuple[NeedCard, ...]) -> None:
        """Show ``cards``; what is unchanged is left as it stands, with its focus."""
        self._title.setText(tr("Needs you") if any(card.tone == "warn" for card in cards) else tr("What now"))
        self.setVisible(bool(cards))
        if cards == self._shown:
            return
        self._shown = cards
        clear(self._cards)
        for card in cards:
            self._cards.addWidget(self._build(card))

    def _build(self, card: NeedCard) -> Card:
        widget = Card(card.tone, name=f"need.{card.id}", title=card.title)
        widget.body.addWidget(Label(card.sentence, "muted", wrap=True, name="need_sentence"))
        known = [one for one in card.commands if self._registry.command(one).shown(self._context())]
        if known:
            row = QHBoxLayout()
            row.setContentsMargins(0, Space.XS, 0, 0)
            row.setSpacing(Space.S)
            for command_id in known:
                row.addWidget(short_button(self._registry, command_id, self._context, widget))
            row.addStretch(1)
            widget.body.addLayout(row)
        return widget


def short_button(registry: Registry, command_id: str, context: Callable[[], Context], parent: QWidget) -> Button:
    """Make a command's button with the fewest words, for where its place says what it is about."""
    command = registry.command(command_id)
    kind: Kind = "danger" if command.danger else "plain"
    return registry.button(command_id, kind, text=command.brief, context=context, parent=parent)
