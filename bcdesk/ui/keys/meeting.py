"""Two edits of one key meet: which fields changed meanwhile, theirs beside yours, and two ways to go on."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from bcdesk.ui import times
from bcdesk.ui.keys.draft import FormValues
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Button, Card, Facts, Label, announce

SHOWN: Final = ("name", "description", "owner", "tags", "scopes", "expires_at", "allowed_cidrs")


class MeetingCard(Card):
    """Says what someone else changed while a form was open; hidden until that happens."""

    keep_mine = Signal()
    take_theirs = Signal()

    def __init__(self, parent: QWidget) -> None:
        """Begin hidden."""
        super().__init__("warn", name="meeting", parent=parent)
        self.setAccessibleName(tr("Changed meanwhile"))
        self.body.addWidget(Label(tr("This key changed while you were editing"), "strong", wrap=True))
        self.body.addWidget(Label(tr("Nothing that you typed is lost, and nothing was saved."), "muted", wrap=True))
        self._facts = Facts(parent=self)
        self.body.addSpacing(Space.XS)
        self.body.addWidget(self._facts)
        self.body.addSpacing(Space.XS)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        self.keep = Button(tr("Keep mine and go on"), name="meeting.keep", on_click=self.keep_mine.emit)
        row.addWidget(self.keep)
        row.addWidget(Button(tr("Take theirs"), name="meeting.take", on_click=self.take_theirs.emit))
        row.addStretch(1)
        self.body.addLayout(row)
        self.hide()

    def show_difference(self, base: FormValues, theirs: FormValues, mine: FormValues) -> None:
        """List the fields that they changed, each with your value where you changed it too."""
        fresh = Facts(parent=self)
        for name in SHOWN:
            was, now, typed = getattr(base, name), getattr(theirs, name), getattr(mine, name)
            if now == was:
                continue
            words = value_words(name, now)
            if typed not in (was, now):
                words = tr("theirs: {theirs}\nyours: {mine}", theirs=words, mine=value_words(name, typed))
            else:
                words = tr("is {value} now", value=words)
            fresh.add(name, field_title(name), words)
        self.body.replaceWidget(self._facts, fresh)
        self._facts.hide()
        self._facts.deleteLater()
        self._facts = fresh
        self.show()
        announce(self)


def field_title(name: str) -> str:
    """Return the title of a field."""
    return {
        "name": tr("Name"),
        "description": tr("Description"),
        "owner": tr("Owner"),
        "tags": tr("Tags"),
        "scopes": tr("Scopes"),
        "expires_at": tr("Expires"),
        "allowed_cidrs": tr("Addresses"),
    }[name]


def value_words(name: str, value: Any) -> str:
    """Return a field's value in words."""
    if name == "expires_at":
        return times.day(value)
    if isinstance(value, tuple):
        return ", ".join(value) or {"allowed_cidrs": tr("Any")}.get(name, "–")
    return str(value) or "–"
