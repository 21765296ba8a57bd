"""What the page asks in a dialog: another issuer, a redirect URI more, a change of the registration."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bcdesk.ui.dialogs import ask
from bcdesk.ui.flow.run_actions import LOOPBACK
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from bcdesk.ui.desk import Desk


class Asks:
    """Opens the dialogs of ``page``, one task of the desk for each."""

    def __init__(self, page: Any) -> None:
        """Ask for ``page``, the `FlowPage`."""
        self._page = page
        self._desk: Desk = page.desk

    def ask_issuer(self) -> None:
        """Ask for a client of any server."""
        self._desk.scope.start(self._ask_issuer(), name="any issuer", on_error=self._page.tell)

    async def _ask_issuer(self) -> None:
        from bcdesk.ui.flow.issuer import IssuerDialog

        target = await ask(IssuerDialog(self._page.window(), self._desk, self._page.foreign))
        if target is not None:
            self._page.foreign = target
            self._page.take(target)
            self._page.show_tab("run")
        else:
            self._page.refresh_head()

    def add_loopback(self) -> None:
        """Add a redirect URI of this machine to the application, after asking."""
        self._desk.scope.start(self._add_loopback(), name="add loopback uri", on_error=self._page.tell)

    async def _add_loopback(self) -> None:
        from bcdesk.ui.flow.add_loopback import AddLoopbackDialog

        row = self._desk.store.apps.get(self._page.app_id or "")
        if row is None or not await ask(AddLoopbackDialog(self._page.window(), self._desk, row, LOOPBACK)):
            return
        self._page.runs.setup.put("redirect_uri", LOOPBACK)
        self._page.runs.acts.cancel()
        words = tr("{uri} is added to {name}.", uri=LOOPBACK, name=row.name)
        self._page.undo.offer(row.id, words, lambda: self._remove(row.id, LOOPBACK))

    def _remove(self, app_id: str, uri: str) -> None:
        self._desk.scope.start(self._take_out(app_id, uri), name="remove loopback uri", on_error=self._page.tell)

    async def _take_out(self, app_id: str, uri: str) -> None:
        from bcdesk.actions.flow import remove_redirect

        client = self._desk.client
        if client is not None:
            await remove_redirect(client=client, store=self._desk.store, app_id=app_id, uri=uri)
            self._page.runs.setup.reset("redirect_uri")

    def edit_app(self, app_id: str, changes: dict[str, Any]) -> None:
        """Open *Edit…* of an application with ``changes`` in its form; nothing is saved before *Save*."""
        self._desk.scope.start(self._edit_app(app_id, changes), name="edit app", on_error=self._page.tell)

    async def _edit_app(self, app_id: str, changes: dict[str, Any]) -> None:
        from bcdesk.ui.applications.draft import AppValues
        from bcdesk.ui.applications.edit import EditAppDialog

        row = self._desk.store.apps.get(app_id)
        if row is None:
            return
        dialog = EditAppDialog(self._page.window(), self._desk, row)
        dialog.refill(replace(AppValues.of(row), **changes))
        dialog.form.changed.emit()
        await ask(dialog)
