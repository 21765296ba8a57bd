"""Every command of the members page, as data: who finds it, when it can run, and why it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QGuiApplication

from bcdesk.ui.commands import Command, Context
from bcdesk.ui.members.owners import link_reason, owner_reason, sees_to_members
from bcdesk.ui.members.words import title
from bcdesk.ui.menus import SEPARATOR
from bcdesk.ui.page.row_commands import RowCommands
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from bcdesk.contract.rows import MemberRow
    from bcdesk.ui.desk import Desk
    from bcdesk.ui.members.verbs import MemberVerbs

ROW_MENU: Final = (
    "members.details", "members.edit", "members.new_link", "members.copy_email", SEPARATOR,
    "members.disable", "members.enable",
)  # fmt: skip


class MemberCommands(RowCommands):
    """Builds the commands from what the desk knows; each is about the member whose id the context carries."""

    def __init__(self, desk: Desk, verbs: MemberVerbs) -> None:
        """Let ``verbs`` do what the commands ask."""
        super().__init__(desk, desk.store.members, title(), tr("Choose a member first."))
        self._verbs = verbs

    def manages(self, _context: Context) -> bool:
        """Tell whether this member sees to the others."""
        return sees_to_members(self._desk.store)

    def all(self) -> tuple[Command, ...]:
        """Return every command about members themselves."""
        verbs, about = self._verbs, self.about
        return (
            Command(
                "members.invite", tr("Invite a member…"), lambda _context: verbs.invite(), shortcut="Ctrl+N",
                icon="plus", group=self._group, enabled=self.new_reason, shown=self.manages,
                aliases=(tr("add member"), tr("new member"), tr("add user")),
            ),
            about("members.edit", tr("Change the role…"), verbs.edit, self._owner_reason, short=tr("Change role…"),
                  icon="edit", shortcut="F2", aliases=(tr("make owner"), tr("permissions"))),
            about("members.new_link", tr("New set-up link…"), verbs.new_link, _link_reason, icon="key",
                  makes_secret=True, aliases=(tr("reset password"), tr("forgotten password"), tr("invite again"))),
            about("members.disable", tr("Turn off the member…"), verbs.disable, self._owner_reason,
                  short=tr("Turn off…"), icon="power", only=lambda row, _now: not row.disabled,
                  aliases=(tr("disable member"), tr("remove member"), tr("sign them out"))),
            about("members.enable", tr("Turn on the member"), verbs.enable, _nothing, short=tr("Turn on"),
                  icon="power", only=lambda row, _now: row.disabled, aliases=(tr("enable member"),)),
            Command(
                "members.copy_email", tr("Copy the address"), self._copy, icon="copy", group=self._group,
                enabled=self._address_reason, shown=self.manages, shortcut="Ctrl+Shift+C",
            ),
        )  # fmt: skip

    def _owner_reason(self, row: MemberRow, _now: float) -> str | None:
        return owner_reason(self._desk.store, row)

    def _address_reason(self, context: Context) -> str | None:
        row = self.row(context)
        if row is None:
            return self._choose
        return None if row.email else tr("This member has no address yet.")

    def _copy(self, context: Context) -> None:
        row = self.row(context)
        if row is not None:
            QGuiApplication.clipboard().setText(row.email)  # an address is no secret


def _link_reason(row: MemberRow, _now: float) -> str | None:
    return link_reason(row)


def _nothing(_row: MemberRow, _now: float) -> str | None:
    return None
