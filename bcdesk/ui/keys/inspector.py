"""The inspector: one key whole, what is due first, what ends it alone at the foot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from bcdesk.ui.commands import Context
from bcdesk.ui.keys.about import environment_words
from bcdesk.ui.keys.columns import status_look
from bcdesk.ui.keys.facts import FactsSection
from bcdesk.ui.keys.last_use import LastUseSection
from bcdesk.ui.keys.needs_cards import NeedsSection, cards_of
from bcdesk.ui.keys.versions import VersionsSection
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Button, Chip, Label, Scroll

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent

    from bcdesk.contract.rows import KeyRow
    from bcdesk.ui.commands import Registry
    from bcdesk.ui.desk import Desk
    from bcdesk.ui.keys.columns import Moment


class Inspector(QFrame):
    """Shows the selected key; ``close_asked`` where it stands over the table and is to go."""

    close_asked = Signal()
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
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setAccessibleName(tr("Details"))
        self._registry, self._moment, self._knows_secret = registry, moment, knows_secret
        self._row: KeyRow | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._nothing = Label(tr("Choose a key to see its details."), "muted", wrap=True, name="inspector_nothing")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._scroll = Scroll(margins=(Space.L, Space.L + 2, Space.L, Space.L), spacing=Space.L)
        outer.addWidget(self._nothing, 1)
        outer.addWidget(self._scroll, 1)
        self._build_head()
        context = self.context
        self.needs = NeedsSection(registry, context)
        self.last_use = LastUseSection(desk, moment)
        self.rotate = registry.button("keys.rotate", context=context, parent=self)
        self.facts = FactsSection(desk.store, desk.now)
        self.versions = VersionsSection(registry, context, moment)
        self.edit = registry.button("keys.edit", context=context, parent=self)
        self.turn_off = registry.button("keys.disable", context=context, parent=self)
        self.turn_on = registry.button("keys.enable", context=context, parent=self)
        self.revoke = registry.button("keys.revoke", "danger", context=context, parent=self)
        self.leaked = registry.button("keys.leaked", "danger", context=context, parent=self)
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
        column = self._scroll.column
        for widget in (self.needs, self.last_use, self.rotate, self.facts, self.versions, self._buttons):
            column.addWidget(widget)
        column.addSpacing(Space.S)
        column.addStretch(1)
        column.addWidget(self.revoke)
        column.addWidget(self.leaked)
        self.show_row(None)

    def _build_head(self) -> None:
        self._name = Label("", "heading", wrap=True, selectable=True, name="inspector_name")
        self._second = Label("", "muted", wrap=True, name="inspector_second")
        self._chip = Chip("", name="inspector_status")
        self.close_button = Button(tr("Close details"), "icon", icon="close", name="inspector.close",
                                   on_click=self.close_asked.emit)  # fmt: skip
        self.close_button.hide()
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._name)
        words.addWidget(self._second)
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addLayout(words, 1)
        head.addWidget(self._chip, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self._scroll.column.addLayout(head)

    @property
    def key_id(self) -> str | None:
        """Return the id of the key that is shown."""
        return self._row.id if self._row is not None else None

    def context(self) -> Context:
        """Return what the inspector's buttons are about."""
        return Context(self.key_id, self)

    def show_row(self, row: KeyRow | None) -> None:
        """Show ``row`` as it is now; parts that did not change keep their place and their focus."""
        other = row is None or self._row is None or row.id != self._row.id
        self._row = row
        self._nothing.setVisible(row is None)
        self._scroll.setVisible(row is not None)
        self._refresh_buttons()
        if row is None:
            self.setAccessibleName(tr("Details"))
            return
        now = self._moment().now
        self.setAccessibleName(tr("Details of {name}", name=row.name))
        self._name.setText(row.name)
        second = " · ".join(part for part in (row.description, environment_words(row.environment)) if part)
        self._second.setText(second)
        state = status_look(row, now)
        plain = state.tone == "plain"
        self._chip.setVisible(not plain)
        if not plain:
            self._chip.set(state.text, state.tone, state.glyph)
        cards = cards_of(row, now, knows_secret=self._knows_secret(row))
        self.needs.show_cards(cards)
        self.last_use.show_row(row)
        self.facts.show_row(row)
        self.versions.show_row(row)
        self._registry.refresh()
        if any("keys.rotate" in card.commands for card in cards):
            self.rotate.hide()  # its card has it
        if other:
            self._scroll.verticalScrollBar().setValue(0)

    def set_any(self, known: bool) -> None:
        """Ask for a choice only where there is a key to choose."""
        self._nothing.setText(tr("Choose a key to see its details.") if known else "")

    def set_over_table(self, over: bool) -> None:
        """Show the button that closes the inspector where it stands over the table."""
        self.close_button.setVisible(over)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave by Escape where it stands over the table."""
        if event.key() == Qt.Key.Key_Escape and not self.close_button.isHidden():
            self.close_asked.emit()
            event.accept()
            return
        super().keyPressEvent(event)

    def _refresh_buttons(self) -> None:
        context = self.context()
        for button, command_id in (
            (self.rotate, "keys.rotate"),
            (self.edit, "keys.edit"),
            (self.turn_off, "keys.disable"),
            (self.turn_on, "keys.enable"),
            (self.revoke, "keys.revoke"),
            (self.leaked, "keys.leaked"),
        ):
            button.setVisible(self._row is not None and self._registry.command(command_id).shown(context))
