"""Every command of the keys page, as data: who finds it, when it can run, and why it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QGuiApplication

from bcdesk.ui.commands import Command, Context
from bcdesk.ui.keys import access
from bcdesk.ui.keys.filters import status_of
from bcdesk.ui.keys.verbs import retiring, unused
from bcdesk.ui.menus import SEPARATOR
from bcdesk.ui.page.row_commands import RowCommands
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from bcdesk.contract.rows import KeyRow
    from bcdesk.ui.desk import Desk
    from bcdesk.ui.keys.verbs import KeyVerbs

ROW_MENU: Final = (
    "keys.details", "keys.hand_over", "keys.rotate", "keys.edit", SEPARATOR,
    "keys.retire", "keys.extend", "keys.replace_unused", "keys.discard_unused", SEPARATOR,
    "keys.copy_id", SEPARATOR,
    "keys.disable", "keys.enable", "keys.restore", "keys.replacement", "keys.revoke", "keys.leaked",
)  # fmt: skip


class KeyCommands(RowCommands):
    """Builds the commands from what the desk knows; each is about the key whose id the context carries."""

    def __init__(self, desk: Desk, verbs: KeyVerbs) -> None:
        """Let ``verbs`` do what the commands ask."""
        super().__init__(desk, desk.store.keys, tr("Keys"), tr("Choose a key first."))
        self._verbs = verbs

    def all(self) -> tuple[Command, ...]:
        """Return every command about keys themselves."""
        verbs, group = self._verbs, tr("Keys")
        return (
            Command(
                "keys.new", tr("New key…"), lambda _context: verbs.new(), shortcut="Ctrl+N", icon="plus", group=group,
                enabled=self.new_reason, shown=self.manages, aliases=(tr("create key"), tr("generate key")),
            ),
            self.about(
                "keys.rotate", tr("Rotate…"), verbs.rotate, access.rotate_reason, icon="rotate", shortcut="Ctrl+R",
                only=_works, aliases=(tr("regenerate key"), tr("renew key")), makes_secret=True,
            ),
            self.about("keys.edit", tr("Edit…"), verbs.edit, access.edit_reason, icon="edit", shortcut="F2",
                        only=_works, aliases=(tr("rename key"), tr("change scopes"))),
            self.about("keys.disable", tr("Turn off"), verbs.disable, access.disable_reason, icon="power",
                        only=lambda row, now: status_of(row, now) == "active", aliases=(tr("disable key"),)),
            self.about("keys.enable", tr("Turn on"), verbs.enable, access.enable_reason, icon="power",
                        only=lambda row, now: status_of(row, now) == "disabled", aliases=(tr("enable key"),)),
            self.about("keys.revoke", tr("Revoke…"), verbs.revoke, access.revoke_reason, icon="revoke",
                        only=lambda row, _now: row.revoked_at is None, shortcut="Del",
                        danger=True, aliases=(tr("delete key"), tr("leaked key"))),
            self.about("keys.leaked", tr("It may have leaked…"), verbs.revoke, access.leaked_reason, icon="revoke",
                        only=lambda row, now: access.leaked_reason(row, now) is None, danger=True),
            self.about("keys.restore", tr("Restore"), verbs.restore, access.restore_reason, icon="restore",
                        only=lambda row, now: access.restore_reason(row, now) is None, aliases=(tr("undo revoke"),)),
            self.about("keys.replacement", tr("Make a replacement…"), verbs.new, access.replacement_reason,
                        icon="plus", only=lambda row, now: access.replacement_reason(row, now) is None,
                        makes_secret=True),
            self.about("keys.retire", tr("Retire the old version now…"), verbs.retire, _retiring_reason,
                        short=tr("Retire now…"), icon="clock", danger=True,
                        only=lambda row, _now: retiring(row) is not None),
            self.about("keys.extend", tr("Extend the old version…"), verbs.extend, _retiring_reason,
                        short=tr("Extend…"), icon="clock", only=lambda row, _now: retiring(row) is not None),
            self.about("keys.hand_over", tr("Hand it over…"), verbs.hand_over, self._waiting_reason,
                        icon="key", only=lambda row, now: self._waiting_reason(row, now) is None, makes_secret=True),
            self.about("keys.replace_unused", tr("Replace the unused version…"), verbs.replace_unused,
                        _unused_reason, short=tr("Replace it…"), icon="rotate", makes_secret=True,
                        only=lambda row, now: _unused_reason(row, now) is None),
            self.about("keys.discard_unused", tr("Discard the unused version"), verbs.discard_unused,
                        self._discard_reason, short=tr("Discard"), icon="close",
                        only=lambda row, now: self._discard_reason(row, now) is None),
            Command(
                "keys.copy_id", tr("Copy id"), self._copy_id, shortcut="Ctrl+Shift+C", icon="copy", group=group,
                enabled=self.any_row, aliases=(tr("copy key id"),),
            ),
        )  # fmt: skip

    def _copy_id(self, context: Context) -> None:
        row = self.row(context)
        if row is not None:
            QGuiApplication.clipboard().setText(row.id)  # an id is no secret

    def _waiting_reason(self, row: KeyRow, _now: float) -> str | None:
        return None if self.knows_secret(row) else tr("No secret of this key waits here.")

    def _discard_reason(self, row: KeyRow, now: float) -> str | None:
        version = unused(row)
        if version is None:
            return _unused_reason(row, now)
        if self.knows_secret(row) or version.state == "pending":
            return None
        return tr("It was handed over: replace it, or revoke the key.")


def _works(row: KeyRow, now: float) -> bool:
    return status_of(row, now) in ("active", "disabled")


def _retiring_reason(row: KeyRow, _now: float) -> str | None:
    return None if retiring(row) is not None else tr("No old version of this key is about to end.")


def _unused_reason(row: KeyRow, now: float) -> str | None:
    if status_of(row, now) in ("revoked", "expired"):
        return tr("This key is over.")
    return None if unused(row) is not None else tr("Every version of this key is in use or over.")
