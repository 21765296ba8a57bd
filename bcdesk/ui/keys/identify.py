"""Whose key is this: a pasted key's outcome in one line, by checksum alone where there is no server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from bcdesk.ui import access, problems
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Banner

if TYPE_CHECKING:
    from bcdesk.contract.rows import IdentifiedRow, KeyRow
    from bcdesk.ui.desk import Desk
    from bcdesk.ui.keys.recogniser import Recognised


class IdentifyLine(Banner):
    """Says what became of a key that was put into the search field; ``found`` carries the id of its row."""

    found = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        """Begin hidden."""
        super().__init__("info", name="identified", parent=parent)
        self._desk = desk
        self._asked = 0
        self.hide()

    def forget(self) -> None:
        """Take the outcome away, and let an answer that is still on its way fall."""
        self._asked += 1
        self.set_text("")

    def identify(self, key: Recognised) -> None:
        """Say whose key this is: at once where its checksum is wrong or no server can be asked."""
        self._asked += 1
        if not key.sound:
            self.set_text(
                tr("This is not a whole key, or it is mistyped."),
                tr("Its checksum does not fit. Copy it again from where it is kept."),
                tone="warn",
            )
            return
        store = self._desk.store
        reason = access.link_reason(store)
        client = self._desk.client
        if not access.may_manage(store):
            self._local(key, tr("Only owners and managers can ask the server whose it is."))
        elif reason is not None or client is None:
            self._local(key, tr("Only the server can tell whose it is, and it cannot be asked now."))
        else:
            self.set_text(tr("Asking the server whose key this is…"), tone="info")
            self._desk.scope.start(self._ask(key.sha256, self._asked), name="identify key")

    async def _ask(self, digest: str, asked: int) -> None:
        from shiboken6 import isValid

        from bcdesk.actions.keys import identify_key
        from bcdesk.client.errors import ClientError

        client = self._desk.client
        if client is None:
            return
        try:
            row = await identify_key(client=client, token_sha256=digest)
        except ClientError as error:
            if isValid(self) and asked == self._asked:
                words = problems.explain(error)
                self.set_text(words.what, words.rest, tone="bad")
            return
        if isValid(self) and asked == self._asked:
            self._tell(row)

    def _tell(self, found: IdentifiedRow | None) -> None:
        if found is None:
            self.set_text(
                tr("This key is not of this server."),
                tr("It is well formed, but {server} never made it.", server=self._server()),
                tone="warn",
            )
            return
        row = self._desk.store.keys.get(found.key_id)
        if row is None:
            self.set_text(tr("The server knows this key, but it is not in the list yet."), tone="info")
            self._desk.sync_now()
            return
        self.set_text(tr("This key is {name}.", name=row.name), version_words(row, found), tone=_tone(found.state))
        self.found.emit(row.id)

    def _local(self, key: Recognised, why: str) -> None:
        self.set_text(tr("The checksum is right: this is a whole key."), why, tone="info")

    def _server(self) -> str:
        connection = self._desk.connection
        return connection.host or connection.name


def version_words(row: KeyRow, found: IdentifiedRow) -> str:
    """Say which version a key is, and whether it still works."""
    if row.status == "disabled" and found.state in ("current", "pending", "retiring"):
        return tr("The key is turned off: calls with it are refused.")
    if row.status == "expired":
        return tr("It has expired and no longer works.")
    return {
        "current": tr("It is the current version and works."),
        "pending": tr("It is the new version, and nobody used it yet."),
        "retiring": tr("It is the old version: it still works for a while. Move to the new one."),
        "retired": tr("It is an old version and no longer works."),
        "revoked": tr("It was revoked and no longer works."),
    }.get(found.state, "")


def _tone(state: str) -> str:
    return {"current": "ok", "pending": "info", "retiring": "warn"}.get(state, "bad")
