"""*Edit…*: sends only what changed, against the revision that was read; a meeting of two edits is shown, not lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bcdesk.ui import edit_dialog
from bcdesk.ui.keys.about import KeyLine
from bcdesk.ui.keys.draft import FormValues
from bcdesk.ui.keys.form import WIDTH, KeyForm
from bcdesk.ui.keys.meeting import titles, value_words
from bcdesk.ui.meeting import MeetingCard
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from bcdesk.client.client import Client
    from bcdesk.contract.rows import KeyRow
    from bcdesk.ui.desk import Desk


class EditDialog(edit_dialog.EditDialog):
    """Edits a key; its outcome is the row as the server now has it."""

    form: KeyForm

    def __init__(self, parent: QWidget, desk: Desk, row: KeyRow) -> None:
        """Begin with the values of ``row``, whose id and revision the dialog binds to."""
        base = FormValues.of(row)
        super().__init__(parent, desk, row, base, name="edit_key", width=WIDTH)
        heading = tr("This key changed while you were editing")
        self.compose(KeyLine(desk, row), MeetingCard(self, heading, titles(), value_words))
        self.end_with(KeyForm(self, desk.now, base, row=row))

    def refill(self, values: FormValues) -> None:
        """Show ``values`` and the expiry that stands now."""
        self.form.fill(values, standing=self._row.expires_at)

    async def save_changes(self, client: Client, changes: dict[str, Any], revision: int) -> KeyRow:
        """Send what changed."""
        from bcdesk.actions.keys import edit_key

        return await edit_key(
            client=client, store=self._desk.store, key_id=self._row.id, changes=changes, revision=revision
        )

    async def read_again(self, client: Client) -> KeyRow:
        """Return the key as the server now has it."""
        from bcdesk.actions.keys import refresh_key

        return await refresh_key(client=client, store=self._desk.store, key_id=self._row.id)
