"""*New key…*: what a key is to be, then one request, then the reveal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.keys.about import ConnectionLine
from bcdesk.ui.keys.draft import FormValues
from bcdesk.ui.keys.form import WIDTH, KeyForm
from bcdesk.ui.submission import Submission
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Button, Label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from bcdesk.client.client import Client
    from bcdesk.client.values import KeyDraft, MadeKey
    from bcdesk.contract.rows import KeyRow
    from bcdesk.ui.desk import Desk


class CreateDialog(Dialog):
    """Asks what a new key is to be; its outcome is the `MadeKey`, ready to be handed over."""

    def __init__(self, parent: QWidget, desk: Desk, *, replaces: KeyRow | None = None) -> None:
        """Begin empty, or with the settings of the key that the new one ``replaces``."""
        title = tr("New key") if replaces is None else tr("New key instead of {name}", name=replaces.name)
        super().__init__(parent, title, name="create_key", width=WIDTH)
        self._desk, self._replaces = desk, replaces
        if replaces is not None:
            words = tr("It starts with the same settings. The old key stays revoked.")
            self.add(Label(words, "body", tone="muted", wrap=True, name="replaces_note"))
        self.form = KeyForm(self, desk.now, _starting_values(replaces, desk.now()))
        self._submission = Submission(self, desk)
        self.add_leave()
        self.make = Button(tr("Make the key"), "primary", name="create_key.make", on_click=self._submit)
        self.add_button(self.make, default=True)
        self.footer.insertWidget(0, ConnectionLine(desk))
        self.form.focus()

    def _submit(self) -> None:
        if self.busy or not self.form.check():
            return
        self._submission.send(
            self._make,
            name="create key",
            busy=tr("Making the key… If you leave now, it is discarded as soon as the server answers."),
            done=self.finish,
            orphaned=self._submission.throw_away,
        )

    async def _make(self, client: Client) -> MadeKey:
        from bcdesk.actions.keys import create_key

        return await create_key(client=client, store=self._desk.store, journal=self._desk.journal, draft=self._draft())

    def _draft(self) -> KeyDraft:
        return self.form.values().draft(replaces=self._replaces.id if self._replaces is not None else None)


def _starting_values(row: KeyRow | None, now: float) -> FormValues:
    return FormValues(scopes=("beats.read",)) if row is None else FormValues.of(row).still_valid(now)
