"""Between the vault and the person: the strip, the commands, the dialogs, and what goes on once the key is there."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bcdesk.ui import vault_words as words
from bcdesk.ui.commands import Command, Context
from bcdesk.ui.text import tr
from bcdesk.ui.vault_strip import VaultStrip

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bcdesk.actions.vault import Holder
    from bcdesk.store.vault import Vault
    from bcdesk.store.vault_states import Kind, VaultState
    from bcdesk.ui.commands import Registry
    from bcdesk.ui.main_window import MainWindow
    from bcdesk.ui.tasks import TaskScope

_log = logging.getLogger(__name__)


class VaultAsks:
    """Says how the key of the desk stands, asks for a passphrase, and lets the person choose another place."""

    def __init__(
        self,
        window: MainWindow,
        vault: Vault,
        scope: TaskScope,
        registry: Registry,
        *,
        holders: Callable[[], Sequence[Holder]],
        chose: Callable[[Kind], object],
    ) -> None:
        """Follow ``vault``; ``holders`` keep what it seals, ``chose`` remembers where the key is kept."""
        self.vault, self.scope = vault, scope
        self.holders = holders
        self._window, self._registry, self._chose = window, registry, chose
        self._asking = False
        registry.add(*self._commands())
        self.strip = VaultStrip(registry)
        window.add_strip(self.strip)
        self._stop_listening = vault.listen(self._changed)
        self._changed(vault.state)

    def close(self) -> None:
        """Listen no more."""
        self._stop_listening()
        self.strip.stop()

    async def unlock(self) -> None:
        """Ask for the passphrase over the window; return once it was right, or the person goes on without."""
        from bcdesk.ui.dialogs import ask
        from bcdesk.ui.vault_unlock import FORGOTTEN, UnlockDialog

        if self._asking or self.vault.state.value != "passphrase":
            return
        self._asking = True
        try:
            outcome = await ask(UnlockDialog(self._window, self.vault, self.scope))
        finally:
            self._asking = False
        if outcome == FORGOTTEN:
            await self.choose("passphrase")
        self.strip.show_state(self.vault.state.value)

    async def choose(self, kind: Kind | None = None) -> None:
        """Let the person choose where the key is kept."""
        from bcdesk.ui.dialogs import ask
        from bcdesk.ui.vault_choose import ChooseDialog

        chosen: Kind | None = await ask(ChooseDialog(self._window, self, kind=kind))
        if chosen is not None:
            self._chose(chosen)
            said, _tone = words.place_words(chosen)
            self._window.status.flash(tr("The key of this desk: {place}", place=said), "ok")
            self._registry.refresh()

    def _commands(self) -> tuple[Command, ...]:
        def ask(_context: Context) -> None:
            self.scope.start(self._ask(), name="ask the keyring")

        def unlock(_context: Context) -> None:
            self.scope.start(self.unlock(), name="unlock dialog")

        def where(_context: Context) -> None:
            self.scope.start(self.choose(self._offered()), name="vault dialog")

        def only(*states: str) -> Callable[[Context], bool]:
            return lambda _context: self.vault.state.value in states

        group = tr("Desk")
        closed = ("locked", "dismissed", "gone", "missing", "wrong", "none")
        return (
            Command(words.ASK, tr("Ask the keyring again"), ask, icon="refresh", group=group, shown=only(*closed),
                    short=tr("Ask again")),
            Command(words.STOP, tr("Stop waiting for the keyring"), lambda _context: self.vault.give_up(),
                    icon="close", group=group, shown=only("waiting"), short=tr("Stop waiting")),
            Command(words.UNLOCK, tr("Unlock with your passphrase…"), unlock, icon="lock", group=group,
                    shown=only("passphrase"), short=tr("Unlock…")),
            Command(words.WHERE, tr("Where the key of this desk is kept…"), where, icon="lock", group=group,
                    short=tr("Choose…"), aliases=(tr("keyring"), tr("passphrase"))),
        )  # fmt: skip

    def _offered(self) -> Kind | None:
        """Return what is chosen beforehand: where the keyring cannot be had, the passphrase."""
        return "passphrase" if self.vault.state.value in ("none", "locked", "dismissed", "gone") else None

    async def _ask(self) -> None:
        await self.vault.open(patience=0)

    async def _finish(self) -> None:
        from bcdesk.actions.vault import finish_move
        from bcdesk.store.journal import JournalError

        try:
            await finish_move(vault=self.vault, holders=self.holders())
        except (OSError, JournalError) as error:
            _log.warning("not everything could be sealed anew (%s); the next start tries again", type(error).__name__)

    def _changed(self, state: VaultState) -> None:
        self.strip.show_state("" if state.value == "passphrase" else state.value)  # that is a dialog's to say
        self._registry.refresh()
        if state.value == "ready" and self.vault.moving:
            self.scope.start(self._finish(), name="finish moving the key")
