"""What the page does with applications: opens a dialog, awaits it, hands secrets over, offers *Undo*."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.contract.app_rules import RESTORE_SECONDS
from bcdesk.ui.applications.needs import unused_secret
from bcdesk.ui.dialogs import ask
from bcdesk.ui.page.verbs import Verbs
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from bcdesk.client.values import AppDraft, Made
    from bcdesk.contract.rows import AppRow


class AppVerbs(Verbs):
    """Starts each verb as a task of the desk; every one binds to the id that it was started with."""

    grants_changed: Callable[[str], object] = staticmethod(lambda _app_id: None)
    """Called with the id of an application of which a grant was taken back."""
    test: Callable[[str], object] | None = None
    """Goes to the flow tester with an application; None where there is no flow tester."""

    # ------------------------------------------------------------------ verbs with a dialog

    def new(self, draft: AppDraft | None = None) -> None:
        """Register an application."""
        self._dialog("register app", self._new(draft))

    def import_(self) -> None:
        """Read a registration, then register what it says."""
        self._dialog("import app", self._import())

    def edit(self, app_id: str) -> None:
        """Change an application's fields."""
        self._dialog("edit app", self._edit(app_id))

    def new_secret(self, app_id: str) -> None:
        """Make a further client secret."""
        self._dialog("new secret", self._new_secret(app_id))

    def hand_over(self, app_id: str) -> None:
        """Show a secret again that still waits."""
        self._dialog("hand over", self._hand_over_waiting(app_id))

    def replace_unused(self, app_id: str) -> None:
        """Make a new secret in place of one that nobody used."""
        self._dialog("replace", self._replace_unused(app_id))

    def disable(self, app_id: str) -> None:
        """Turn an application off, after its dialog."""
        self._dialog("turn app off", self._disable(app_id))

    def delete(self, app_id: str) -> None:
        """Delete an application."""
        self._dialog("delete app", self._delete(app_id))

    def delete_secret(self, app_id: str, secret_id: str) -> None:
        """End a client secret."""
        self._dialog("delete secret", self._delete_secret(app_id, secret_id))

    def revoke_grants(self, app_id: str) -> None:
        """Take back what all users allowed."""
        self._dialog("revoke grants", self._revoke_grants(app_id))

    def export(self, app_id: str) -> None:
        """Show a registration as JSON."""
        self._dialog("export app", self._export(app_id))

    # ------------------------------------------------------------------ verbs at once

    def enable(self, app_id: str) -> None:
        """Turn an application on."""
        self._at_once("turn app on", self._enable(app_id))

    def restore(self, app_id: str) -> None:
        """Take a deletion back."""
        self._at_once("restore app", self._restore(app_id))

    def revoke_grant(self, app_id: str, grant_id: str) -> None:
        """Take back what one user allowed; the user can allow it again at the next sign-in."""
        self._at_once("revoke grant", self._revoke_grant(app_id, grant_id))

    # ------------------------------------------------------------------ how each goes

    def _row(self, app_id: str) -> AppRow | None:
        return self._desk.store.apps.get(app_id)

    async def _new(self, draft: AppDraft | None) -> None:
        from bcdesk.contract.rows import AppRow
        from bcdesk.ui.applications.register import RegisterDialog

        made = await ask(RegisterDialog(self._host, self._desk, draft))
        if isinstance(made, AppRow):
            self._select(made.id)
        else:
            await self._reveal(made)

    async def _import(self) -> None:
        from bcdesk.ui.applications.import_app import ImportDialog

        draft = await ask(ImportDialog(self._host, self._desk))
        if draft is not None:
            await self._new(draft)

    async def _edit(self, app_id: str) -> None:
        from bcdesk.ui.applications.edit import EditAppDialog

        row = self._row(app_id)
        if row is not None:
            await ask(EditAppDialog(self._host, self._desk, row))

    async def _new_secret(self, app_id: str) -> None:
        from bcdesk.ui.applications.new_secret import NewSecretDialog

        row = self._row(app_id)
        if row is not None:
            await self._reveal(await ask(NewSecretDialog(self._host, self._desk, row)))

    async def _hand_over_waiting(self, app_id: str) -> None:
        from bcdesk.actions.handovers import replay

        row = self._row(app_id)
        if row is None or row.handover is None:
            return
        store, journal = self._desk.store, self._desk.journal
        made = await replay(client=self._client(), store=store, journal=journal, handover_id=row.handover.id)
        if made is None:
            self._desk.sync_now()
        await self._reveal(made)

    async def _replace_unused(self, app_id: str) -> None:
        from bcdesk.actions.handovers import replace_unused_secret

        row = self._row(app_id)
        secret = unused_secret(row, self._desk.now()) if row is not None else None
        if secret is None:
            return
        store, journal = self._desk.store, self._desk.journal
        made = await replace_unused_secret(
            client=self._client(), store=store, journal=journal, app_id=app_id, secret_id=secret.id
        )
        await self._reveal(made)

    async def _reveal(self, made: Made | None) -> None:
        if made is None:
            return
        from bcdesk.ui.keys.reveal import hand_over

        self._select(made.row.id)
        outcome = await hand_over(self._host, made, desk=self._desk)
        if outcome.rotate:
            await self._new_secret(outcome.key_id)

    async def _disable(self, app_id: str) -> None:
        from bcdesk.ui.applications.endings import TurnOffAppDialog

        row = self._row(app_id)
        if row is not None and await ask(TurnOffAppDialog(self._host, self._desk, row)) is not None:
            self._undo.offer(row.id, tr("{name} is off.", name=row.name), lambda: self.enable(row.id))

    async def _delete(self, app_id: str) -> None:
        from bcdesk.ui.applications.endings import DeleteAppDialog

        row = self._row(app_id)
        if row is None or await ask(DeleteAppDialog(self._host, self._desk, row)) is None:
            return
        words = tr("{name} is deleted.", name=row.name)
        until = self._desk.now() + RESTORE_SECONDS
        self._undo.offer(row.id, words, lambda: self.restore(row.id), until=until)

    async def _delete_secret(self, app_id: str, secret_id: str) -> None:
        from bcdesk.ui.applications.endings import DeleteSecretDialog

        row = self._row(app_id)
        secret = next((one for one in row.secrets if one.id == secret_id), None) if row is not None else None
        if row is not None and secret is not None:
            await ask(DeleteSecretDialog(self._host, self._desk, row, secret))

    async def _revoke_grants(self, app_id: str) -> None:
        from bcdesk.ui.applications.endings import RevokeGrantsDialog

        row = self._row(app_id)
        if row is not None and await ask(RevokeGrantsDialog(self._host, self._desk, row)) is not None:
            self.grants_changed(app_id)

    async def _export(self, app_id: str) -> None:
        from bcdesk.ui.applications.export_app import ExportDialog

        row = self._row(app_id)
        if row is not None:
            await ask(ExportDialog(self._host, self._desk, row))

    async def _enable(self, app_id: str) -> None:
        from bcdesk.actions.applications import enable_app

        await enable_app(client=self._client(), store=self._desk.store, app_id=app_id)
        self._forget_offer(app_id)

    async def _restore(self, app_id: str) -> None:
        from bcdesk.actions.applications import restore_app

        await restore_app(client=self._client(), store=self._desk.store, app_id=app_id)
        self._forget_offer(app_id)
        self._select(app_id)

    async def _revoke_grant(self, app_id: str, grant_id: str) -> None:
        from bcdesk.actions.applications import revoke_grant

        await revoke_grant(client=self._client(), store=self._desk.store, app_id=app_id, grant_id=grant_id)
        self.grants_changed(app_id)
