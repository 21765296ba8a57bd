"""The command *Check for updates*: asks only when a person does, and says why where this build cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bcdesk.ui.commands import Command
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from bcdesk.ui.commands import Registry
    from bcdesk.ui.updates import Updates

CHECK: Final = "app.check_updates"


def add_update_command(registry: Registry, window: QWidget, updates: Updates) -> None:
    """Add the command, whose dialog stands over ``window``; it follows the address that is chosen."""

    async def ask() -> None:
        from bcdesk.ui import dialogs
        from bcdesk.ui.updates_dialog import UpdatesDialog

        dialog = UpdatesDialog(window, updates)
        dialog.begin()
        await dialogs.ask(dialog)

    registry.add(
        Command(
            CHECK,
            tr("Check for updates…"),
            lambda _context: updates.scope.start(ask(), name="check for updates"),
            icon="arrow-down",
            group=tr("Desk"),
            enabled=lambda _context: updates.reason,
            aliases=(tr("upgrade"), tr("new version"), tr("release")),
        )
    )
    updates.choices.changed.connect(lambda moved: registry.refresh() if "update_url" in moved else None)
