"""What went wrong, why, and what to do, with the buttons that mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from bcdesk.ui.flow.flow_layout import WrapLayout
from bcdesk.ui.flow.mend import MendCard
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Button, Card, Label, announce, clear

if TYPE_CHECKING:
    from bcdesk.ui.flow.mend import Mend
    from bcdesk.ui.flow.told import Told


class FailureCard(Card):
    """Shows a `Told`; ``mended`` carries the `Mend` that the person took over."""

    mended = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin hidden."""
        super().__init__("bad", name="failure", parent=parent)
        self._told: Told | None = None
        self._what = Label("", "strong", tone="bad", wrap=True, selectable=True, name="failure_what")
        self._why = Label("", "body", wrap=True, selectable=True, name="failure_why")
        self._do = Label("", "body", tone="muted", wrap=True, selectable=True, name="failure_do")
        self._buttons = QWidget()
        self._buttons.setObjectName("failure_buttons")
        self._row = WrapLayout(self._buttons)
        self._proposal: MendCard | None = None
        for part in (self._what, self._why, self._do, self._buttons):
            self.body.addWidget(part)
        self.hide()

    def tell(self, told: Told | None) -> None:
        """Show ``told``; None hides the card."""
        if told == self._told:
            return
        self._told = told
        self._drop()
        clear(self._row)
        self.setVisible(told is not None)
        if told is None:
            return
        self._what.setText(told.what)
        self._why.setText(told.why)
        self._do.setText(told.do)
        self.setAccessibleName(tr("Failed: {what}", what=told.what))
        for place, mend in enumerate(told.mends):
            button = Button(mend.text, name=f"mend.{place}")
            button.clicked.connect(lambda _checked=False, mend=mend: self._choose(mend))
            self._row.addWidget(button)
        self._buttons.setVisible(bool(told.mends))
        announce(self)

    def _choose(self, mend: Mend) -> None:
        if mend.where == "command":
            self.mended.emit(mend)
            return
        self._drop()
        self._proposal = MendCard(mend)
        self._proposal.accepted.connect(lambda: self._accept(mend))
        self._proposal.dropped.connect(self._leave)
        self.body.addWidget(self._proposal)
        self._proposal.show()  # now, not a turn later: its button gets the focus
        self._proposal.accept.setFocus()

    def _accept(self, mend: Mend) -> None:
        self._drop()
        self.mended.emit(mend)

    def _leave(self) -> None:
        self._drop()
        first = self._buttons.findChild(Button)
        if first is not None:
            first.setFocus()

    def _drop(self) -> None:
        if self._proposal is not None:
            self.body.removeWidget(self._proposal)
            self._proposal.hide()
            self._proposal.deleteLater()
            self._proposal = None
