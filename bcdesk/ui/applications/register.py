"""*Register app…*: what an application is to be, then one request, then the reveal of its secret where it has one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.contract.app_rules import confidential
from bcdesk.ui.applications.draft import AppValues
from bcdesk.ui.applications.form import WIDTH, AppForm
from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.keys.about import ConnectionLine
from bcdesk.ui.submission import Submission
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Button

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from bcdesk.client.client import Client
    from bcdesk.client.values import AppDraft, MadeApp
    from bcdesk.contract.rows import AppRow
    from bcdesk.ui.desk import Desk


class RegisterDialog(Dialog):
    """Asks what an application is to be; its outcome is the `MadeApp`, or for a public one its row."""

    def __init__(self, parent: QWidget, desk: Desk, draft: AppDraft | None = None) -> None:
        """Begin empty, or with what an imported registration asks for."""
        super().__init__(parent, tr("Register an OAuth app"), name="register_app", width=WIDTH)
        self._desk = desk
        values = AppValues() if draft is None else AppValues.of_draft(draft)
        self.form = AppForm(self, values, new=True)
        self._submission = Submission(self, desk)
        self.add_leave()
        self.make = Button(tr("Register"), "primary", name="register_app.make", on_click=self._submit)
        self.add_button(self.make, default=True)
        self.footer.insertWidget(0, ConnectionLine(desk))
        self.form.focus()

    def _submit(self) -> None:
        if self.busy or not self.form.check():
            return
        secret = confidential(self.form.values().type)
        leave = tr("Registering… If you leave now, it is discarded as soon as the server answers.")
        self._submission.send(
            self._make,
            name="register app",
            busy=leave if secret else tr("Registering… If you leave now, the server may still take it."),
            done=self.finish,
            orphaned=self._submission.throw_away if secret else None,
        )

    async def _make(self, client: Client) -> MadeApp | AppRow:
        from bcdesk.actions.applications import register_app

        store, journal = self._desk.store, self._desk.journal
        return await register_app(client=client, store=store, journal=journal, draft=self.form.values().draft())
