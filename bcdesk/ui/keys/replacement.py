"""After a leak: a new key with the settings of the revoked one, offered in the dialog that revoked it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bcdesk.ui.keys.about import environment_words
from bcdesk.ui.keys.draft import FormValues
from bcdesk.ui.keys.meeting import value_words
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Button, Card, Facts, Label

if TYPE_CHECKING:
    from bcdesk.client.client import Client
    from bcdesk.client.values import MadeKey
    from bcdesk.contract.rows import KeyRow
    from bcdesk.ui.desk import Desk


class ReplacementStage(QWidget):
    """Shows the settings that a replacement would have, and makes it."""

    make = Signal()
    change_first = Signal()

    def __init__(self, desk: Desk, row: KeyRow) -> None:
        """Offer a replacement of ``row``."""
        super().__init__()
        self.setObjectName("replacement")
        self._desk, self._row = desk, row
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        self._make = Button(tr("Make the replacement"), "primary", name="replacement.make", on_click=self.make.emit)
        self._change = Button(
            tr("Change the settings first…"), name="replacement.change", on_click=self.change_first.emit
        )
        words = tr("Whoever used it needs a new key. It can have the same settings:")
        column.addWidget(Label(words, "body", wrap=True, name="replacement_words"))
        card = Card(name="replacement_settings", title=row.name)
        facts = Facts(parent=card)
        values = self.values()
        facts.add("environment", tr("Environment"), environment_words(row.environment))
        facts.add("scopes", tr("Scopes"), value_words("scopes", values.scopes))
        facts.add("owner", tr("Owner"), value_words("owner", values.owner))
        facts.add("expires", tr("Expires"), value_words("expires_at", values.expires_at))
        facts.add("addresses", tr("Addresses"), value_words("allowed_cidrs", values.allowed_cidrs))
        card.body.addSpacing(Space.XS)
        card.body.addWidget(facts)
        column.addWidget(card)
        self.setAccessibleName(words)

    def buttons(self) -> tuple[Button, ...]:
        """Return the two ways to go on."""
        return self._change, self._make

    def values(self) -> FormValues:
        """Return the settings of the replacement: those of the old key, less an expiry that has passed."""
        return FormValues.of(self._row).still_valid(self._desk.now())

    async def make_key(self, client: Client) -> MadeKey:
        """Make the replacement."""
        from bcdesk.actions.keys import create_key

        return await create_key(
            client=client,
            store=self._desk.store,
            journal=self._desk.journal,
            draft=self.values().draft(replaces=self._row.id),
        )

    async def discard(self, client: Client, made: MadeKey) -> None:
        """Discard a replacement whose dialog was left before it came."""
        from bcdesk.actions.handovers import discard

        await discard(client=client, store=self._desk.store, journal=self._desk.journal, made=made)
