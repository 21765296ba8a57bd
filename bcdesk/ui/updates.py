"""*Check for updates*: asks only when a person does, and says why where this build cannot."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from bcdesk import __version__
from bcdesk.ui.commands import Command
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from bcdesk.client.release_keys import BuildKeys
    from bcdesk.ui.choices import Choices
    from bcdesk.ui.commands import Registry
    from bcdesk.ui.tasks import TaskScope

CHECK: Final = "app.check_updates"


class Updates:
    """Holds what a check needs: the address and the keys, this version, and the newest that was seen."""

    def __init__(
        self, scope: TaskScope, registry: Registry, window: QWidget, choices: Choices, *,
        build: Callable[[], BuildKeys] | None = None, running: str = __version__,
    ) -> None:  # fmt: skip
        """Add the command to ``registry``; ``build`` gives what this build brings along, once it is asked for."""
        self.scope, self.choices, self.running = scope, choices, running
        self._registry, self._window, self._build = registry, window, build
        registry.add(
            Command(
                CHECK, tr("Check for updates…"), lambda _context: self.check(), icon="arrow-down", group=tr("Desk"),
                enabled=lambda _context: self.reason, aliases=(tr("upgrade"), tr("new version"), tr("release")),
            )
        )  # fmt: skip
        choices.changed.connect(self._follow)

    @cached_property
    def build(self) -> BuildKeys:
        """Return the keys of this build, and its own address."""
        if self._build is not None:
            return self._build()
        from bcdesk.client.release_keys import build_keys

        return build_keys()

    @property
    def address(self) -> str:
        """Return where release notes lie: where the user says, or else where the build does; empty for nowhere."""
        return self.choices.now.update_url or self.build.address

    @property
    def reason(self) -> str | None:
        """Say why nothing can be asked, None where it can."""
        if not self.build.keys:
            lacks = tr("This build has no key to check an answer with.")
            if not self.address:
                lacks = tr("This build has no address to ask for updates, and no key to check an answer with.")
            return f"{lacks} {tr('Get new versions from where this one came from.')}"
        if not self.address:
            return tr("This build has no address to ask for updates. Give one in Settings, About.")
        return None

    def check(self) -> None:
        """Open the dialog that asks."""
        self.scope.start(self._ask(), name="check for updates")

    def seen(self, version: str) -> None:
        """Remember the newest version that a note named: none below it is believed from now on."""
        if version != self.choices.now.update_seen:
            self.choices.choose(update_seen=version)

    async def _ask(self) -> None:
        from bcdesk.ui.dialogs import ask
        from bcdesk.ui.updates_dialog import UpdatesDialog

        dialog = UpdatesDialog(self._window, self)
        dialog.begin()
        await ask(dialog)

    def _follow(self, moved: frozenset[str]) -> None:
        if "update_url" in moved:
            self._registry.refresh()
