"""The place of a table: the table itself, or one sentence and the button that mends why it is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget, QWidget

from bcdesk.ui.text import tr
from bcdesk.ui.widgets import EmptyState

if TYPE_CHECKING:
    from bcdesk.ui.commands import Registry
    from bcdesk.ui.page.states import PageState


class Place(QStackedWidget):
    """Shows what a `PageState` asks for."""

    def __init__(self, table: QWidget, registry: Registry) -> None:
        """Begin with the table; buttons are those of ``registry``."""
        super().__init__()
        self.setObjectName("panel")
        self._table, self._registry = table, registry
        self._instead: EmptyState | None = None
        self._shown: object = None
        self.addWidget(table)

    def show_state(self, state: PageState) -> None:
        """Show the table, or what stands in its place; what is unchanged stays, with its focus."""
        if state.place == "table":
            self.setCurrentWidget(self._table)
            return
        wanted = (state.title, state.sentence, state.commands)
        if wanted != self._shown:
            self._shown = wanted
            old, self._instead = self._instead, EmptyState(state.title, state.sentence, icon=state.icon)
            for command_id in state.commands:
                brief = {"sync.now": tr("Retry")}.get(command_id, "")
                text = brief or (tr("Clear") if command_id.endswith(".clear_filters") else "")
                self._instead.add_button(self._registry.button(command_id, text=text))
            self.addWidget(self._instead)
            if old is not None:
                self.removeWidget(old)
                old.deleteLater()
        if self._instead is not None:
            self.setCurrentWidget(self._instead)
