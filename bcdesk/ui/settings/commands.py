"""The commands that go to a setting, so that the palette finds each by what people call it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.ui.commands import Command
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def section_commands(
    ids: Iterable[str], has: Callable[[str], bool], show: Callable[[str], object]
) -> tuple[Command, ...]:
    """Return a command for each section of ``ids``, there while ``has`` says that the section is."""
    words = _words()

    def command(id: str) -> Command:
        text, *aliases = words[id]
        return Command(
            f"settings.{id}", text, lambda _context: show(id), icon="settings", group=tr("Settings"),
            shown=lambda _context: has(id), aliases=(tr("preferences"), *aliases),
        )  # fmt: skip

    return tuple(command(id) for id in ids)


def _words() -> dict[str, tuple[str, ...]]:
    """Return the words of each section's command, and after them what people call it."""
    return {
        "appearance": (tr("Set the appearance"), tr("theme"), tr("dark mode")),
        "clipboard": (tr("Set how long a secret stays on the clipboard"), tr("copy"), tr("seconds")),
        "lock": (tr("Set when bcdesk locks"), tr("idle"), tr("minutes")),
        "screen": (tr("Set the protection from screenshots"), tr("capture"), tr("recording")),
        "offline": (tr("Set the offline copy"), tr("cache"), tr("days"), tr("forget")),
        "vault": (tr("Set where secrets are sealed"), tr("keyring"), tr("passphrase")),
        "connections": (tr("Set the connections"), tr("servers"), tr("sign out")),
        "about": (tr("About bcdesk"), tr("version"), tr("licences"), tr("data folder"), tr("updates")),
    }
