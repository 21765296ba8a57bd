"""*Add http://127.0.0.1/callback to this app…*: said before it is done, and undone by one press."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bcdesk.ui.applications.about import AppLine
from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.submission import Submission
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Button, Label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from bcdesk.ui.desk import Desk


class AddLoopbackDialog(Dialog):
    """Confirms that a redirect URI of this machine is added to an application; its outcome is True."""

    def __init__(self, parent: QWidget, desk: Desk, row: Any, uri: str) -> None:
        """Say what will happen to ``row``."""
        super().__init__(parent, tr("Add {uri} to {name}", uri=uri, name=row.name), name="add_loopback")
        self._desk, self._row, self._uri = desk, row, uri
        self._submission = Submission(self, desk)
        self.add(AppLine(desk, row))
        said = tr(
            "The application gets one more redirect URI. The server then takes it with any port, on this machine "
            "alone; the others stay. You can undo it at once, or take it out in Edit… later."
        )
        self.add(Label(said, "body", wrap=True, name="add_loopback_said"))
        self.add_leave()
        self.save = Button(tr("Add it"), "primary", name="add_loopback.save", on_click=self._submit)
        self.add_button(self.save, default=True)

    def _submit(self) -> None:
        self._submission.send(
            self._add, name="add loopback", busy=tr("Adding it…"), done=lambda _row: self.finish(True)
        )

    async def _add(self, client: Any) -> Any:
        from bcdesk.actions.flow import add_loopback_redirect

        return await add_loopback_redirect(client=client, store=self._desk.store, app_id=self._row.id, uri=self._uri)
