"""What the desk asks once, before it knows any server: whose credentials it is to run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bcdesk.ui.choice_cards import ChoiceCards
from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Button

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_WIDTH: Final = 520


class FirstRun(Dialog):
    """Asks where the credentials lie; its outcome is ``remote``, ``local`` or ``demo``, None where the user left."""

    def __init__(self, parent: QWidget) -> None:
        """Offer the studio's server first."""
        super().__init__(
            parent, tr("Where are your credentials?"), name="first_run", width=_WIDTH,
            intro=tr("bcdesk asks this once. The card at the top left of the window changes it at any time."),
        )  # fmt: skip
        self.cards = ChoiceCards(
            (
                (
                    "remote",
                    tr("Connect to our studio's server"),
                    tr("Your studio runs bcdesk on a server. You need its address, and you sign in as yourself."),
                ),
                (
                    "local",
                    tr("Run it on this computer"),
                    tr("An empty studio of your own: its data lies in your user folder, and nobody else reaches it."),
                ),
                (
                    "demo",
                    tr("Look around with demo data"),
                    tr("Made-up keys and applications on this computer. Nothing you do there opens anything real."),
                ),
            ),
            label=tr("Where are your credentials?"),
            name="first_run_choice",
            value="remote",
        )
        self.add(self.cards)
        self.add_leave(tr("Not now"))
        self.go_on = Button(tr("Go on"), "primary", name="first_run.go", on_click=self._go_on)
        self.add_button(self.go_on, default=True)
        self.cards.radio("remote").setFocus()

    def _go_on(self) -> None:
        self.finish(self.cards.value)
