"""The offline copy at the start of the desk: onto the screen as soon as its key is there, before any request."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from bcdesk.store.cache import Cache
from bcdesk.store.vault import VaultState
from bcdesk.ui import imports
from bcdesk.ui.problem_words import Words
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from bcdesk.store.store import Change, Store
    from bcdesk.store.vault import Vault

PATIENCE: Final = 3.0
"""How long the first request waits for a keyring that asks somebody, in seconds."""


class OfflineCopy:
    """Opens the vault, restores the copy, and says what became of it; the first request waits in `before_contact`."""

    def __init__(self, folder: Path, vault: Vault, store: Store, *, days: int, connection: str = "demo") -> None:
        """Fill ``store`` from a connection's copy in ``folder``, which locks itself after ``days`` without contact."""
        self._folder, self._days = folder, days
        self.cache = Cache(folder, vault, connection=connection, days=days)
        self._vault, self._store = vault, store
        self._over = asyncio.Event()
        self._turn = asyncio.Lock()
        self._said = ""

    def follow(self, tell: Callable[[Words], object]) -> None:
        """Let ``tell`` show what a person should know of the copy."""

        def changed(change: Change) -> None:
            if change.link and self._store.link.copy != self._said:
                self._said = self._store.link.copy
                words = copy_words(self._said)
                if words is not None:
                    tell(words)

        self._store.listen(changed)

    async def open_vault(
        self, ready: Callable[[], object], unlock: Callable[[], Awaitable[object]] | None = None
    ) -> None:
        """Ask the keyring; ``ready`` is called when it gave the key, at once or long after, when somebody answered.

        Where a passphrase stands in its place, ``unlock`` asks for that, and the first request waits for it.
        """

        def changed(state: VaultState) -> None:
            if state is VaultState.READY:
                ready()

        try:
            await imports.load("keyring")
            changed(self._vault.state)  # who unlocked the desk has opened it already
            self._vault.listen(changed)
            await self._vault.open(patience=PATIENCE)
            if unlock is not None and self._vault.state is VaultState.PASSPHRASE:
                await unlock()
        finally:
            if self._vault.state is not VaultState.READY:
                self._over.set()

    async def restore(self) -> None:
        """Put what was known on the screen; the keyring has answered."""
        from bcdesk.actions.offline import restore

        try:
            await imports.load("sqlcipher3.dbapi2", "cryptography.hazmat.primitives.kdf.hkdf")
            async with self._turn:
                await restore(cache=self.cache, store=self._store)
        finally:
            self._over.set()

    async def leave(self) -> None:
        """Close the copy of the connection that is being left; nothing of it comes onto the screen any more."""
        async with self._turn:
            await self.cache.close()

    async def enter(self, connection: str) -> None:
        """Put what was known of another connection on the screen."""
        self.cache = Cache(self._folder, self._vault, connection=connection, days=self._days)
        self._said = ""
        if self._vault.state is VaultState.READY:
            await self.restore()

    async def before_contact(self) -> None:
        """Return once what was known is on the screen, or will not come soon."""
        await self._over.wait()

    async def close(self) -> None:
        """Write what is not written yet."""
        await self.cache.close()


def copy_words(copy: str) -> Words | None:
    """Return what to say of an offline copy in that state; None where there is nothing to say."""
    anew = tr("Everything is loaded anew from the server.")
    if copy == "unreadable":
        return Words(tr("The offline copy could not be read."), tr("It was set aside."), anew)
    if copy == "newer":
        return Words(tr("The offline copy is from a newer bcdesk."), tr("It was set aside."), anew)
    if copy == "too_old":
        return Words(
            tr("The offline copy stays locked."),
            tr("It had no contact with the server for too long."),
            tr("What it holds is shown again once the server answers."),
        )
    if copy == "failed":
        return Words(
            tr("The offline copy could not be written."),
            tr("The disk may be full."),
            tr("bcdesk goes on without it: at the next start you see what was known before."),
        )
    return None
