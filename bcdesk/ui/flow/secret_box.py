"""Takes the client secret for one run, or has one made for it; remembers nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from bcdesk.ui.secret_line import SecretLine
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Button, Card, Field, Label

if TYPE_CHECKING:
    from bcdesk.flow.held import Held


class SecretBox(Card):
    """Asks for the secret that a run signs in with; ``given`` carries it as `Held`, ``make`` asks for a new one."""

    given = Signal(object)
    make = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin without a client."""
        super().__init__(name="secret_box", parent=parent)
        self.setAccessibleName(tr("Client secret for this run"))
        self.body.setSpacing(Space.M)
        self._title = Label("", "heading", wrap=True, name="secret_title")
        self._where = Label("", "body", tone="muted", wrap=True, name="secret_where")
        self.line = SecretLine(tr("Client secret"), name="client_secret")
        self.field = Field(tr("Client secret"), self.line, name="field.client_secret")
        self.use = Button(tr("Run with it"), "plain", name="secret.use", on_click=self._give)
        self.mint = Button(tr("Make one for this run"), name="secret.make", on_click=self.make.emit)
        leave = Button(tr("Cancel"), "quiet", name="secret.leave", on_click=self._leave)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        for button in (self.use, self.mint, leave):
            row.addWidget(button)
        row.addStretch(1)
        self._made = Label("", "muted", wrap=True, name="secret_made")
        for part in (self._title, self._where, self.field):
            self.body.addWidget(part)
        self.body.addLayout(row)
        self.body.addWidget(self._made)
        self.line.entered.connect(self._give)
        self.line.textChanged.connect(lambda _text: self.field.set_fault(None))

    def ask(self, name: str, host: str, mint: str | None, *, ours: bool) -> None:
        """Ask for the secret of ``name``; ``mint`` is why none can be made, where ``ours`` could make one."""
        self._title.setText(tr("The client secret of {name}", name=name))
        where = tr("It goes to {host} only, is held in memory until the run is put away, and is kept nowhere.",
                   host=host)  # fmt: skip
        self._where.setText(where)
        self.mint.setVisible(ours)
        self._made.setVisible(ours)
        self.mint.set_reason(mint)
        self._made.setText(mint or tr(
            "A secret made for this run is shown to nobody. It is deleted when the run is put away; should this "
            "program end before, it stands among the application's secrets and ends by itself within the hour. "
            "Every other secret stays as it is."
        ))  # fmt: skip
        self.line.forget()
        self.field.set_fault(None)
        self.line.setFocus()

    def set_busy(self, busy: bool) -> None:
        """Hold still while a secret is being made."""
        for part in (self.use, self.mint, self.line):
            part.setEnabled(not busy)

    def fail(self, words: str) -> None:
        """Say why there is no secret."""
        self.set_busy(False)
        self.field.set_fault(words)

    def _give(self) -> None:
        from bcdesk.flow.held import Held

        text = self.line.take()
        if not text:
            self.field.set_fault(tr("Enter the secret, or have one made."))
            return
        held: Held = Held(text)
        self.given.emit(held)

    def _leave(self) -> None:
        self.line.forget()
        self.left.emit()
