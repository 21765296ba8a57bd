"""*New…*: who will use it decides between an API key and an OAuth app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.ui.choice_cards import ChoiceCards
from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Button

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class ChooseDialog(Dialog):
    """Asks who will use it; its outcome is the id of the command that goes on."""

    def __init__(self, parent: QWidget) -> None:
        """Begin with nothing chosen."""
        super().__init__(parent, tr("Who will use this?"), name="choose_new")
        self.who = ChoiceCards(
            [
                ("keys.new", tr("Our server"), tr("An API key: your own program calls the API with it, with no user.")),
                (
                    "apps.new",
                    tr("Our users"),
                    tr("An OAuth app: people sign in and allow it what it may do."),
                ),
            ],
            label=tr("Who will use this?"),
            name="who",
        )
        self.add(self.who)
        self.add_leave()
        self.go_on = Button(tr("Go on"), "primary", name="choose_new.go_on", on_click=self._go_on)
        self.go_on.set_reason(tr("Choose first."))
        self.add_button(self.go_on, default=True)
        self.who.chosen.connect(lambda _key: self.go_on.set_reason(None))
        self.who.radio("keys.new").setFocus()

    def _go_on(self) -> None:
        self.finish(self.who.value)
