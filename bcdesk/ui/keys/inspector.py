"""The inspector: one key whole, what is due first, what ends it alone at the foot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from bcdesk.ui.keys.about import environment_words
from bcdesk.ui.keys.columns import status_look
from bcdesk.ui.keys.facts import FactsSection
from bcdesk.ui.keys.last_use import LastUseSection
from bcdesk.ui.keys.needs_cards import cards_of
from bcdesk.ui.keys.versions import VersionsSection
from bcdesk.ui.page.detail import DetailPanel
from bcdesk.ui.page.need_cards import NeedsSection
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space

if TYPE_CHECKING:
    from collections.abc import Callable

    from bcdesk.contract.rows import KeyRow
    from bcdesk.ui.commands import Registry
    from bcdesk.ui.desk import Desk
    from bcdesk.ui.page.moment import Moment


class Inspector(DetailPanel):
    """Shows the selected key; ``follow`` carries the id of a key that it names."""

    follow = Signal(str)

    def __init__(
        self,
        desk: Desk,
        registry: Registry,
        moment: Callable[[], Moment],
        knows_secret: Callable[[KeyRow], bool],
        parent: QWidget,
    ) -> None:
        """Build it empty; ``moment`` is the page's clock, ``knows_secret`` asks the journal."""
        super().__init__(registry, tr("Choose a key to see its details."), parent)
        self._moment, self._knows_secret = moment, knows_secret
        context = self.context
        self.needs = NeedsSection(registry, context)
        self.last_use = LastUseSection(desk, moment)
        self.rotate = self.button("keys.rotate")
        self.facts = FactsSection(desk.store, desk.now)
        self.versions = VersionsSection(registry, context, moment)
        self.edit = self.button("keys.edit")
        self.turn_off = self.button("keys.disable")
        self.turn_on = self.button("keys.enable")
        self.revoke = self.button("keys.revoke", "danger")
        self.leaked = self.button("keys.leaked", "danger")
        self.facts.follow.connect(self.follow)
        self.facts.copy_id.connect(lambda: registry.run("keys.copy_id", self.context()))
        self._buttons = QWidget()
        self._buttons.setObjectName("inspector_buttons")
        row = QHBoxLayout(self._buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        for button in (self.edit, self.turn_off, self.turn_on):
            row.addWidget(button)
        row.addStretch(1)
        for widget in (self.needs, self.last_use, self.rotate, self.facts, self.versions, self._buttons):
            self.column.addWidget(widget)
        self.column.addSpacing(Space.S)
        self.column.addStretch(1)
        self.column.addWidget(self.revoke)
        self.column.addWidget(self.leaked)
        self.show_row(None)

    @property
    def key_id(self) -> str | None:
        """Return the id of the key that is shown."""
        return self.row_id

    def fill(self, row: KeyRow) -> None:
        """Show the parts of a key."""
        now = self._moment().now
        second = " · ".join(part for part in (row.description, environment_words(row.environment)) if part)
        self.say_head(second, status_look(row, now))
        cards = cards_of(row, now, knows_secret=self._knows_secret(row))
        self.needs.show_cards(cards)
        self.last_use.show_row(row)
        self.facts.show_row(row)
        self.versions.show_row(row)
        self._registry.refresh()
        if any("keys.rotate" in card.commands for card in cards):
            self.rotate.hide()  # its card has it
