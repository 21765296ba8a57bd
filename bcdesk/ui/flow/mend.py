"""What mends a failed run: a field with its proposed value, as a difference; nothing here saves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from PySide6.QtCore import Signal

from bcdesk.ui.flow.words import field_words, value_words
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Button, Card, Label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

Where = Literal["run", "app", "command"]


class Mend(NamedTuple):
    """One way to mend: ``run`` changes a field of the setup, ``app`` opens *Edit app…*, ``command`` runs a command.

    ``value`` is what the field would become; for ``command`` the ``field`` is the command's id.
    """

    text: str
    where: Where
    field: str
    before: Any = None
    value: Any = None

    @property
    def difference(self) -> tuple[str, str]:
        """Return the value before and the one proposed, in words."""
        return value_words(self.before), value_words(self.value)


class MendCard(Card):
    """Shows a proposed change as *from → to*; ``accepted`` and ``dropped`` are the person's answer."""

    accepted = Signal()
    dropped = Signal()

    def __init__(self, mend: Mend, parent: QWidget | None = None) -> None:
        """Propose ``mend``."""
        super().__init__("accent", name="mend_card", title=field_words(mend.field), parent=parent)
        from PySide6.QtWidgets import QHBoxLayout

        before, after = mend.difference
        self.mend = mend
        self.body.addWidget(Label(tr("from {value}", value=before), "mono", tone="muted", wrap=True, name="mend_from"))
        self.body.addWidget(Label(tr("to {value}", value=after), "mono", wrap=True, name="mend_to"))
        only = tr("It holds for this run alone. The registration stays as it is.")
        opens = tr("The application's form opens with it; nothing is saved until you press Save there.")
        self.body.addWidget(Label(opens if mend.where == "app" else only, "muted", wrap=True, name="mend_scope"))
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        words = tr("Open the form…") if mend.where == "app" else tr("Take it over")
        self.accept = Button(words, name="mend.accept", on_click=self.accepted.emit)
        row.addWidget(self.accept)
        row.addWidget(Button(tr("Leave it"), "quiet", name="mend.drop", on_click=self.dropped.emit))
        row.addStretch(1)
        self.body.addLayout(row)
