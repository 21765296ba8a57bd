"""Why a key cannot be rotated while two of its versions live, and the two ways out of that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from bcdesk.ui import times
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Button, Card, Label

if TYPE_CHECKING:
    from bcdesk.contract.rows import VersionRow


class BlockedCard(Card):
    """Says which two versions live; hidden while there is one."""

    end_old = Signal(str)
    replace_new = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        """Begin hidden."""
        super().__init__("warn", name="blocked", title=tr("Two keys work under this name already"), parent=parent)
        self._old: VersionRow | None = None
        self._new: VersionRow | None = None
        self._words = Label("", "body", wrap=True, name="blocked_words")
        self._way_out = Label("", "muted", wrap=True, name="blocked_way_out")
        self.body.addWidget(self._words)
        self.body.addWidget(self._way_out)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        self.end = Button(tr("End the old one now"), name="blocked.end_old", on_click=self._end)
        self.replace = Button(tr("Replace the new one"), name="blocked.replace_new", on_click=self._replace)
        row.addWidget(self.end)
        row.addWidget(self.replace)
        row.addStretch(1)
        self.body.addLayout(row)
        self.hide()

    def show_versions(self, block: tuple[VersionRow, VersionRow] | None, now: float) -> None:
        """Show the older and the newer version, or hide where there is no such pair."""
        self.setVisible(block is not None)
        if block is None:
            return
        self._old, self._new = old, new = block
        unused = new.state == "pending"
        if unused:
            self._words.setText(tr("…{old} works, and …{new} was made but not used yet.", old=old.last4, new=new.last4))
            self._way_out.setText(
                tr("If nobody has the new one, replace it: …{new} ends unused, and …{old} goes on.",
                   old=old.last4, new=new.last4)
            )  # fmt: skip
        else:
            when = tr("until it is ended") if old.retires_at is None else times.short(old.retires_at, now)
            self._words.setText(
                tr("…{new} works, and …{old} still works until {when}.", new=new.last4, old=old.last4, when=when)
            )
            self._way_out.setText(tr("A third would leave nobody sure which one is in use. End the old one first."))
        self.end.setVisible(not unused)
        self.end.set_text(tr("End …{old} now", old=old.last4))
        self.replace.setVisible(unused)
        self.replace.set_text(tr("Replace …{new}", new=new.last4))

    def _end(self) -> None:
        if self._old is not None:
            self.end_old.emit(self._old.id)

    def _replace(self) -> None:
        if self._new is not None:
            self.replace_new.emit(self._new.id)
