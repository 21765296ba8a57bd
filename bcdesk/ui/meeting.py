"""Two edits of one row meet: which fields changed meanwhile, theirs beside yours, and two ways to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Button, Card, Facts, Label, announce

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bcdesk.ui.values import Values


class MeetingCard(Card):
    """Says what someone else changed while a form was open; hidden until that happens."""

    keep_mine = Signal()
    take_theirs = Signal()

    def __init__(
        self, parent: QWidget, heading: str, titles: Mapping[str, str], words: Callable[[str, object], str]
    ) -> None:
        """Begin hidden, under ``heading``; ``titles`` names the fields, ``words`` says the value of one."""
        super().__init__("warn", name="meeting", parent=parent)
        self.setAccessibleName(tr("Changed meanwhile"))
        self._titles, self._words = titles, words
        self.body.addWidget(Label(heading, "strong", wrap=True))
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

    def show_difference(self, base: Values, theirs: Values, mine: Values) -> None:
        """List the fields that they changed, each with your value where you changed it too."""
        fresh = Facts(parent=self)
        for name, title in self._titles.items():
            was, now, typed = getattr(base, name), getattr(theirs, name), getattr(mine, name)
            if now == was:
                continue
            words = self._words(name, now)
            if typed not in (was, now):
                words = tr("theirs: {theirs}\nyours: {mine}", theirs=words, mine=self._words(name, typed))
            else:
                words = tr("is {value} now", value=words)
            fresh.add(name, title, words)
        self.body.replaceWidget(self._facts, fresh)
        self._facts.hide()
        self._facts.deleteLater()
        self._facts = fresh
        self.show()
        announce(self)
