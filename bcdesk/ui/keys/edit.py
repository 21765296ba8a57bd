"""*Edit…*: sends only what changed, against the revision that was read; a meeting of two edits is shown, not lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.keys.about import KeyLine
from bcdesk.ui.keys.draft import FormValues
from bcdesk.ui.keys.form import WIDTH, KeyForm
from bcdesk.ui.keys.meeting import MeetingCard
from bcdesk.ui.submission import Submission
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Button

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from bcdesk.client.client import Client
    from bcdesk.contract.rows import KeyRow
    from bcdesk.ui.desk import Desk


class EditDialog(Dialog):
    """Edits a key; its outcome is the row as the server now has it."""

    def __init__(self, parent: QWidget, desk: Desk, row: KeyRow) -> None:
        """Begin with the values of ``row``, whose id and revision the dialog binds to."""
        super().__init__(parent, tr("Edit {name}", name=row.name), name="edit_key", width=WIDTH)
        self._desk = desk
        self._row = row
        self._base = FormValues.of(row)
        self.add(KeyLine(desk, row))
        self._meeting = MeetingCard(self)
        self.add(self._meeting)
        self.form = KeyForm(self, desk.now, self._base, row=row)
        self._meeting.take_theirs.connect(self._take_theirs)
        self._meeting.keep_mine.connect(self._keep_mine)
        self._submission = Submission(self, desk)
        self.add_leave()
        self.save = Button(tr("Save"), "primary", name="edit_key.save", on_click=self._submit)
        self.add_button(self.save, default=True)
        self.form.changed.connect(self._refresh)
        self._refresh()
        self.form.focus()

    def changes(self) -> dict[str, Any]:
        """Return what would be sent."""
        return self.form.values().changes_from(self._base)

    def _refresh(self) -> None:
        self.save.set_reason(None if self.changes() else tr("Nothing is changed."))

    def _submit(self) -> None:
        if self.busy or not self.form.check():
            return
        self._submission.send(
            self._patch,
            name="edit key",
            busy=tr("Saving… If you leave now, the server may still take it."),
            done=self.finish,
            failed=self._failed,
        )

    async def _patch(self, client: Client) -> KeyRow:
        from bcdesk.actions.keys import edit_key

        return await edit_key(
            client=client,
            store=self._desk.store,
            key_id=self._row.id,
            changes=self.changes(),
            revision=self._row.revision,
        )

    # ------------------------------------------------------------------ two edits meet

    def _failed(self, error: BaseException) -> bool:
        from bcdesk.client.errors import Stale

        if not isinstance(error, Stale):
            return False
        self._submission.send(
            self._reread,
            name="read key again",
            busy=tr("It changed meanwhile. Reading what it is now…"),
            done=self._meet,
        )
        return True

    async def _reread(self, client: Client) -> KeyRow:
        from bcdesk.actions.keys import refresh_key

        return await refresh_key(client=client, store=self._desk.store, key_id=self._row.id)

    def _meet(self, theirs: KeyRow) -> None:
        self._meeting.show_difference(self._base, FormValues.of(theirs), self.form.values())
        self._row = theirs
        self.fit()
        self.area.ensureWidgetVisible(self._meeting)
        self._meeting.keep.setFocus()

    def _keep_mine(self) -> None:
        """Go on from their state: what only they changed is taken over, what both changed stays as typed."""
        self._go_on(self._base.merged(mine=self.form.values(), theirs=FormValues.of(self._row)))

    def _take_theirs(self) -> None:
        """Give up what both changed; what only you changed stays as typed."""
        self._go_on(self._base.merged(mine=FormValues.of(self._row), theirs=self.form.values()))

    def _go_on(self, values: FormValues) -> None:
        self._base = FormValues.of(self._row)
        self.form.fill(values, standing=self._row.expires_at)
        self._meeting.hide()
        self._refresh()
        self.fit()
        self.form.focus()
