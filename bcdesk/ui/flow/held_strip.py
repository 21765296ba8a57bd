"""Says that an https answer is held before its page loads, and asks whose it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy

from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Banner, Button

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class HeldStrip(Banner):
    """*Use it here* takes the answer for the run; *Let it through* hands it to the page that it is meant for."""

    use = Signal()
    let_through = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin hidden."""
        super().__init__("accent", name="held", parent=parent)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)  # its words take as many lines as they need beside the buttons
        self.setSizePolicy(policy)
        self.take = self.add_button(Button(tr("Use it here"), name="held.use", on_click=self.use.emit))
        self.give = self.add_button(Button(tr("Let it through"), name="held.through", on_click=self.let_through.emit))

    def show_url(self, url: str) -> None:
        """Say which address is held, without its query; an empty one hides the strip."""
        if not url:
            self.set_text("")
            return
        shown = url.partition("#")[0].partition("?")[0]
        fresh = self.isHidden()
        self.set_text(
            tr("Held before it loads: {uri}", uri=shown),
            tr("Let it through, and that page gets the code instead: this run then ends without tokens."),
            tone="accent",
        )  # fmt: skip
        if fresh:
            self.take.setFocus()
