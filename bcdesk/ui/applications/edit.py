"""*Edit…* of an application, with every redirect URI judged while it is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bcdesk.ui.applications.about import AppLine
from bcdesk.ui.applications.draft import AppValues
from bcdesk.ui.applications.form import WIDTH, AppForm
from bcdesk.ui.applications.words import grant_words, lifetime
from bcdesk.ui.edit_dialog import EditDialog
from bcdesk.ui.meeting import MeetingCard
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from bcdesk.client.client import Client
    from bcdesk.contract.rows import AppRow
    from bcdesk.ui.desk import Desk


class EditAppDialog(EditDialog):
    """Edits an application; its outcome is the row as the server now has it."""

    form: AppForm

    def __init__(self, parent: QWidget, desk: Desk, row: AppRow) -> None:
        """Begin with the values of ``row``, whose id and revision the dialog binds to."""
        base = AppValues.of(row)
        super().__init__(parent, desk, row, base, name="edit_app", width=WIDTH)
        heading = tr("This application changed while you were editing")
        self.compose(AppLine(desk, row), MeetingCard(self, heading, titles(), value_words))
        self.end_with(AppForm(self, base, new=False))

    def refill(self, values: AppValues) -> None:
        """Show ``values``."""
        self.form.fill(values)

    async def save_changes(self, client: Client, changes: dict[str, Any], revision: int) -> AppRow:
        """Send what changed."""
        from bcdesk.actions.applications import edit_app

        return await edit_app(
            client=client, store=self._desk.store, app_id=self._row.id, changes=changes, revision=revision
        )

    async def read_again(self, client: Client) -> AppRow:
        """Return the application as the server now has it."""
        from bcdesk.actions.applications import refresh_app

        return await refresh_app(client=client, store=self._desk.store, app_id=self._row.id)


def titles() -> dict[str, str]:
    """Return the title of every field that can change."""
    return {
        "name": tr("Name"),
        "description": tr("Description"),
        "owner": tr("Owner"),
        "tags": tr("Tags"),
        "redirect_uris": tr("Redirect URIs"),
        "scopes": tr("Scopes"),
        "grant_types": tr("Grants"),
        "pkce_required": tr("PKCE"),
        "access_token_ttl": tr("Access token"),
        "refresh_token_ttl": tr("Refresh token"),
        "contacts": tr("Contacts"),
        "client_uri": tr("Home page"),
    }


def value_words(name: str, value: object) -> str:
    """Return a field's value in words."""
    if isinstance(value, bool):
        return tr("required") if value else tr("not required")
    if isinstance(value, int):
        return lifetime(value)
    if isinstance(value, tuple):
        entries = [grant_words(one) for one in value] if name == "grant_types" else [str(one) for one in value]
        return ("\n" if name == "redirect_uris" else ", ").join(entries) or "–"
    return str(value) or "–"
