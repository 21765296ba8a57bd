"""*Turn off* on a live key: a small dialog that says what stops, since it can be turned on again at any time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.keys.about import KeyLine
from bcdesk.ui.keys.callers import CallerCache, CallersBox
from bcdesk.ui.submission import Submission
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Button, Card, Label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from bcdesk.client.client import Client
    from bcdesk.contract.rows import KeyRow
    from bcdesk.ui.desk import Desk


class TurnOffDialog(Dialog):
    """Turns off the key that it is bound to; its outcome is the row as it then is."""

    def __init__(self, parent: QWidget, desk: Desk, row: KeyRow) -> None:
        """Bind to ``row``."""
        super().__init__(parent, tr("Turn off {name}", name=row.name), name="turn_off_key", destructive=True)
        self._desk, self._row = desk, row
        self.add(KeyLine(desk, row))
        words = tr("Every call with this key gets 401 until it is turned on again. Nothing else about it changes.")
        self.add(Label(words, "body", wrap=True, name="turn_off_words"))
        card = Card(name="who_calls", title=tr("Who called with it"))
        callers = CallersBox(desk, CallerCache(), both_spans=True)
        card.body.addWidget(callers)
        self.add(card)
        callers.show_row(row)
        self._submission = Submission(self, desk)
        self.add_leave()
        self.turn_off = Button(tr("Turn off"), "destroy", name="turn_off_key.turn_off", on_click=self._submit)
        self.add_button(self.turn_off)

    def _submit(self) -> None:
        self._submission.send(
            self._disable,
            name="turn key off",
            busy=tr("Turning off… Leaving this dialog does not call it back."),
            done=self.finish,
        )

    async def _disable(self, client: Client) -> KeyRow:
        from bcdesk.actions.keys import disable_key

        return await disable_key(client=client, store=self._desk.store, key_id=self._row.id)
