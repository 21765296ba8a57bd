"""What stands in the middle while another program's browser works: what it waits for, and the way by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from bcdesk.ui.flow.flow_layout import WrapLayout
from bcdesk.ui.flow.target import can_listen, host_of
from bcdesk.ui.secret_line import SecretLine
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Button, Card, Field, Label

if TYPE_CHECKING:
    from bcdesk.ui.flow.session import Session


class WaitingCard(Card):
    """Says where the run waits; ``pasted`` carries an address that the person brought."""

    pasted = Signal(str)
    open_again = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin without a run."""
        super().__init__(name="waiting", parent=parent)
        self.body.setSpacing(Space.M)
        self._session: Session | None = None
        self._title = Label("", "heading", wrap=True, name="waiting_title")
        self._said = Label("", "body", tone="muted", wrap=True, name="waiting_said")
        self._copied = Label("", "muted", tone="ok", name="waiting_copied")
        buttons = QWidget()
        buttons.setObjectName("waiting_buttons")
        row = WrapLayout(buttons)
        row.addWidget(Button(tr("Open it again"), name="waiting.open", on_click=self.open_again.emit))
        row.addWidget(Button(tr("Copy the address to open"), name="waiting.copy", on_click=self._copy))
        row.addWidget(self._copied)
        self.line = SecretLine(tr("The address you landed on"), name="landed")
        self.field = Field(tr("Paste the address you landed on"), self.line,
                           tr("The whole of it, from the browser's address bar. It is checked and kept nowhere."),
                           name="field.landed")  # fmt: skip
        self.use = Button(tr("Check it"), name="waiting.use", on_click=self._give)
        for part in (self._title, self._said, buttons, self.field):
            self.body.addWidget(part)
        self.body.addWidget(self.use)
        self.line.entered.connect(self._give)
        self.line.textChanged.connect(lambda _text: self.field.set_fault(None))

    def show_session(self, session: Session) -> None:
        """Say what ``session`` waits for."""
        if session is not self._session:
            self.line.forget()
            self._copied.setText("")
        self._session = session
        uri = session.ran.redirect_uri if session.ran is not None else ""
        listening = session.listener is not None
        if session.not_opened:
            self._title.setText(tr("The system browser did not open"))
            self._said.setText(tr("Copy the address and open it in a browser yourself. The run waits for its answer."))
        else:
            self._title.setText(tr("Go on in the system browser"))
            waits = tr("bcdesk listens at {host} and takes the answer by itself.",
                       host=host_of(session.listener.redirect_uri) if listening else "")  # fmt: skip
            brings = tr("Nothing here can receive {uri}: bring the address by hand, before its page uses the code up.",
                        uri=uri)  # fmt: skip
            self._said.setText(waits if listening else brings)
        self.setAccessibleName(self._title.text())

    def refuse(self, words: str) -> None:
        """Say why the address that was brought does not fit."""
        self.field.set_fault(words)

    def _copy(self) -> None:
        if self._session is not None:
            QGuiApplication.clipboard().setText(self._session.url)  # state and challenge are no secrets
            self._copied.setText(tr("Copied."))

    def _give(self) -> None:
        text = self.line.take()
        if not text:
            self.field.set_fault(tr("Paste the address first."))
        else:
            self.pasted.emit(text)


class CannotReceive(Card):
    """Says before a run that the system browser cannot bring its answer back, and what can be done."""

    add_loopback = Signal()
    by_hand = Signal()
    embedded = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin without an address."""
        super().__init__("warn", name="cannot_receive", parent=parent)
        self.body.setSpacing(Space.M)
        self._title = Label(tr("The system browser cannot bring this answer back"), "heading", wrap=True,
                            name="cannot_title")  # fmt: skip
        self._said = Label("", "body", tone="muted", wrap=True, name="cannot_said")
        buttons = QWidget()
        buttons.setObjectName("cannot_buttons")
        row = WrapLayout(buttons)
        self.add = Button(tr("Add http://127.0.0.1/callback to this app…"), name="cannot.add",
                          on_click=self.add_loopback.emit)  # fmt: skip
        row.addWidget(self.add)
        row.addWidget(Button(tr("Use the embedded browser"), name="cannot.embedded", on_click=self.embedded.emit))
        row.addWidget(Button(tr("Bring the address by hand"), name="cannot.by_hand", on_click=self.by_hand.emit))
        for part in (self._title, self._said, buttons):
            self.body.addWidget(part)

    def show_uri(self, uri: str, registered: tuple[str, ...], *, ours: bool, reason: str | None) -> None:
        """Say it of ``uri``; ``reason`` is why the application cannot be changed now."""
        fits = next((one for one in registered if can_listen(one)), "")
        other = tr(" Choose {uri} above: this application has it.", uri=fits) if fits else ""
        said = tr("{uri} does not lead to this machine over http, so no listener of bcdesk receives it.{other}",
                  uri=uri or "–", other=other)  # fmt: skip
        self._said.setText(said)
        self.add.setVisible(ours and not fits)
        self.add.set_reason(reason)
