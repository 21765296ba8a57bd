"""Every command of the applications page, as data: who finds it, when it can run, and why it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtGui import QGuiApplication

from bcdesk.contract.app_rules import SECRETS_MAX, confidential
from bcdesk.ui import access
from bcdesk.ui.applications.needs import live_secrets, unused_secret
from bcdesk.ui.commands import Command, Context
from bcdesk.ui.menus import SEPARATOR
from bcdesk.ui.page.row_commands import RowCommands
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from bcdesk.contract.rows import AppRow
    from bcdesk.ui.applications.verbs import AppVerbs
    from bcdesk.ui.desk import Desk

ROW_MENU: Final = (
    "apps.details", "apps.test", "apps.hand_over", "apps.edit", "apps.new_secret", "apps.replace_unused", SEPARATOR,
    "apps.copy_client_id", "apps.export", SEPARATOR,
    "apps.disable", "apps.enable", "apps.revoke_grants", "apps.delete",
)  # fmt: skip


class AppCommands(RowCommands):
    """Builds the commands from what the desk knows; each is about the application whose id the context carries."""

    def __init__(self, desk: Desk, verbs: AppVerbs) -> None:
        """Let ``verbs`` do what the commands ask."""
        super().__init__(desk, desk.store.apps, tr("OAuth apps"), tr("Choose an application first."))
        self._verbs = verbs

    def row(self, context: Context) -> Any:
        """Return the application, also where the context is about a secret or a grant of it."""
        target = context.target
        return self._rows.get(str(target[0] if isinstance(target, tuple) else target))

    def all(self) -> tuple[Command, ...]:
        """Return every command about applications themselves."""
        verbs, about = self._verbs, self.about
        return (
            Command(
                "apps.new", tr("Register app…"), lambda _context: verbs.new(), shortcut="Ctrl+N", icon="plus",
                group=self._group, enabled=self.new_reason, shown=self.manages,
                aliases=(tr("new app"), tr("create application")),
            ),
            Command(
                "apps.import", tr("Import registration…"), lambda _context: verbs.import_(), group=self._group,
                enabled=self.new_reason, shown=self.manages, icon="save", aliases=(tr("RFC 7591"), tr("JSON")),
                short=tr("Import…"),
            ),
            about("apps.edit", tr("Edit app…"), verbs.edit, _nothing, short=tr("Edit…"), icon="edit", shortcut="F2",
                  aliases=(tr("redirect URIs"), tr("rename app"), tr("change scopes"))),
            about("apps.new_secret", tr("New secret…"), verbs.new_secret, _secret_reason, icon="key",
                  shortcut="Ctrl+R", only=lambda row, _now: confidential(row.type), makes_secret=True,
                  aliases=(tr("rotate client secret"), tr("regenerate secret"))),
            about("apps.hand_over", tr("Hand the client secret over…"), verbs.hand_over, self._waiting_reason,
                  short=tr("Hand it over…"), icon="key",
                  only=lambda row, now: self._waiting_reason(row, now) is None, makes_secret=True),
            about("apps.replace_unused", tr("Replace the unused secret…"), verbs.replace_unused, _unused_reason,
                  icon="rotate", only=lambda row, now: _unused_reason(row, now) is None, makes_secret=True,
                  short=tr("Replace it…")),
            about("apps.disable", tr("Turn off the app"), verbs.disable, _nothing, short=tr("Turn off"), icon="power",
                  only=lambda row, _now: row.status == "active", aliases=(tr("disable app"),)),
            about("apps.enable", tr("Turn on the app"), verbs.enable, _nothing, short=tr("Turn on"), icon="power",
                  only=lambda row, _now: row.status == "disabled", aliases=(tr("enable app"),)),
            about("apps.revoke_grants", tr("Revoke all grants…"), verbs.revoke_grants, _nothing, icon="revoke",
                  only=lambda row, _now: "authorization_code" in row.grant_types, danger=True,
                  aliases=(tr("sign everyone out"),)),
            about("apps.delete", tr("Delete app…"), verbs.delete, _nothing, short=tr("Delete…"), icon="revoke",
                  shortcut="Del", danger=True, aliases=(tr("remove app"),)),
            self._part("apps.delete_secret", tr("Delete this secret…"), verbs.delete_secret, tr("Delete…"),
                       tr("Choose a secret in the details.")),
            self._part("apps.revoke_grant", tr("Revoke this grant"), verbs.revoke_grant, tr("Revoke"),
                       tr("Choose a grant in the details.")),
            Command(
                "apps.test", tr("Test this app"), self._test, icon="flow", group=self._group, enabled=self.any_row,
                shortcut="Ctrl+T", shown=lambda _context: self._verbs.test is not None,
                aliases=(tr("flow tester"), tr("try the sign-in")),
            ),
            Command(
                "apps.export", tr("Export registration…"), self._export, icon="save", group=self._group,
                enabled=self.any_row, aliases=(tr("RFC 7591"), tr("JSON")),
            ),
            Command(
                "apps.copy_client_id", tr("Copy client ID"), self._copy, shortcut="Ctrl+Shift+C", icon="copy",
                group=self._group, enabled=self.any_row,
            ),
        )  # fmt: skip

    def _part(self, command_id: str, text: str, act: Callable[[str, str], object], short: str, choose: str) -> Command:
        """Make a command about a secret or a grant, which only a button beside it can name."""

        def enabled(context: Context) -> str | None:
            return access.change_reason(self._desk.store) if isinstance(context.target, tuple) else choose

        def shown(context: Context) -> bool:
            return self.manages(context) and isinstance(context.target, tuple)

        def run(context: Context) -> None:
            if isinstance(context.target, tuple):
                act(*context.target)

        return Command(command_id, text, run, group=self._group, enabled=enabled, shown=shown, danger=True,
                       short=short)  # fmt: skip

    def _test(self, context: Context) -> None:
        row = self.row(context)
        if row is not None and self._verbs.test is not None:
            self._verbs.test(row.id)

    def _export(self, context: Context) -> None:
        row = self.row(context)
        if row is not None:
            self._verbs.export(row.id)

    def _copy(self, context: Context) -> None:
        row = self.row(context)
        if row is not None:
            QGuiApplication.clipboard().setText(row.client_id)  # it is no secret

    def _waiting_reason(self, row: AppRow, _now: float) -> str | None:
        return None if self.knows_secret(row) else tr("No secret of this application waits here.")


def _nothing(_row: AppRow, _now: float) -> str | None:
    return None


def _secret_reason(row: AppRow, now: float) -> str | None:
    if len(live_secrets(row, now)) >= SECRETS_MAX:
        return tr("Two secrets work already. Delete one of them, or wait until the older one ends.")
    return None


def _unused_reason(row: AppRow, now: float) -> str | None:
    if not confidential(row.type):
        return tr("This application has no secrets.")
    return None if unused_secret(row, now) is not None else tr("Its newest secret is in use.")
