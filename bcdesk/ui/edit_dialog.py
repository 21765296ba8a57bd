"""Editing a row: only what changed is sent, against the revision that was read; two edits that meet are both seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.submission import Submission
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Button

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from bcdesk.client.client import Client
    from bcdesk.ui.desk import Desk
    from bcdesk.ui.meeting import MeetingCard


class EditDialog(Dialog):
    """Edits a row; its outcome is the row as the server now has it. Who derives from it builds the form."""

    def __init__(self, parent: QWidget, desk: Desk, row: Any, base: Any, *, name: str, width: int) -> None:
        """Begin with ``base``, the values of ``row``, whose id and revision the dialog binds to."""
        super().__init__(parent, tr("Edit {name}", name=row.name), name=name, width=width)
        self._desk, self._row, self._base = desk, row, base
        self._submission = Submission(self, desk)

    def compose(self, line: QWidget, meeting: MeetingCard) -> None:
        """Begin the body with ``line``, which says what is edited, and the card of two edits that meet."""
        self.add(line)
        self._meeting = meeting
        self.add(meeting)
        meeting.take_theirs.connect(self._take_theirs)
        meeting.keep_mine.connect(self._keep_mine)

    def end_with(self, form: Any) -> None:
        """End the dialog with its buttons, which follow ``form``."""
        self.form = form
        self.add_leave()
        self.save = Button(tr("Save"), "primary", name=f"{self.objectName()}.save", on_click=self._submit)
        self.add_button(self.save, default=True)
        self.form.changed.connect(self._refresh)
        self._refresh()
        self.form.focus()

    def changes(self) -> dict[str, Any]:
        """Return what would be sent."""
        changed: dict[str, Any] = self.form.values().changes_from(self._base)
        return changed

    def _refresh(self) -> None:
        self.save.set_reason(None if self.changes() else tr("Nothing is changed."))

    def _submit(self) -> None:
        if self.busy or not self.form.check():
            return
        self._submission.send(
            self._patch,
            name="edit",
            busy=tr("Saving… If you leave now, the server may still take it."),
            done=self.finish,
            failed=self._failed,
        )

    async def _patch(self, client: Client) -> Any:
        return await self.save_changes(client, self.changes(), self._row.revision)

    # ------------------------------------------------------------------ two edits meet

    def _failed(self, error: BaseException) -> bool:
        from bcdesk.client.errors import Stale

        if not isinstance(error, Stale):
            return False
        self._submission.send(
            self.read_again,
            name="read again",
            busy=tr("It changed meanwhile. Reading what it is now…"),
            done=self._meet,
        )
        return True

    def refill(self, values: Any) -> None:
        """Show ``values`` in the form, whose row may have changed."""
        raise NotImplementedError

    async def save_changes(self, client: Client, changes: dict[str, Any], revision: int) -> Any:
        """Send what changed, against the revision that was read."""
        raise NotImplementedError

    async def read_again(self, client: Client) -> Any:
        """Return the row as the server now has it."""
        raise NotImplementedError

    def _meet(self, theirs: Any) -> None:
        self._meeting.show_difference(self._base, type(self._base).of(theirs), self.form.values())
        self._row = theirs
        self.fit()
        self.area.ensureWidgetVisible(self._meeting)
        self._meeting.keep.setFocus()

    def _keep_mine(self) -> None:
        """Go on from their state: what only they changed is taken over, what both changed stays as typed."""
        self._go_on(self._base.merged(mine=self.form.values(), theirs=type(self._base).of(self._row)))

    def _take_theirs(self) -> None:
        """Give up what both changed; what only you changed stays as typed."""
        self._go_on(self._base.merged(mine=type(self._base).of(self._row), theirs=self.form.values()))

    def _go_on(self, values: Any) -> None:
        self._base = type(self._base).of(self._row)
        self.refill(values)
        self._meeting.hide()
        self._refresh()
        self.fit()
        self.form.focus()
