"""What a check for updates goes by: the address and the keys, this version, and the newest that was seen."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from bcdesk import __version__
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from bcdesk.client.release_keys import BuildKeys
    from bcdesk.ui.choices import Choices
    from bcdesk.ui.tasks import TaskScope


class Updates:
    """Knows where release notes lie and by which keys they are believed, and says why where a build lacks one."""

    def __init__(
        self, scope: TaskScope, choices: Choices, *, build: Callable[[], BuildKeys] | None = None,
        running: str = __version__,
    ) -> None:  # fmt: skip
        """Check in ``scope``; ``build`` gives what this build brings along, once it is asked for."""
        self.scope, self.choices, self.running, self._build = scope, choices, running, build

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

    def seen(self, version: str) -> None:
        """Remember the newest version that a note named: none below it is believed from now on."""
        if version != self.choices.now.update_seen:
            self.choices.choose(update_seen=version)
