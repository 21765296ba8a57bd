"""The offline copy at the start of the desk: onto the screen as soon as its key is there, before any request."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bcdesk.ui.problem_words import Words
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from bcdesk.store.cache import Cache
    from bcdesk.store.store import Change, Store


class OfflineCopy:
    """Restores the copy and says what became of it; the first request waits in `before_contact`."""

    def __init__(self, cache: Cache, store: Store, tell: Callable[[Words], object]) -> None:
        """Fill ``store`` from ``cache``; ``tell`` shows what a person should know."""
        self._cache, self._store, self._tell = cache, store, tell
        self._over = asyncio.Event()
        self._said = ""
        self._stop_listening = store.listen(self._on_change)

    async def restore(self) -> None:
        """Put what was known on the screen; the keyring has answered."""
        from bcdesk.actions.offline import restore
        from bcdesk.ui import imports

        try:
            await imports.load("sqlcipher3.dbapi2", "cryptography.hazmat.primitives.kdf.hkdf")
            await restore(cache=self._cache, store=self._store)
        finally:
            self._over.set()

    def without_key(self) -> None:
        """Let the first request go: the keyring has no key, or asks somebody for it, which may take long."""
        self._over.set()

    async def before_contact(self) -> None:
        """Return once what was known is on the screen, or will not come soon."""
        await self._over.wait()

    def close(self) -> None:
        """Follow no longer."""
        self._stop_listening()

    def _on_change(self, change: Change) -> None:
        if change.link and self._store.link.copy != self._said:
            self._said = self._store.link.copy
            words = copy_words(self._said)
            if words is not None:
                self._tell(words)


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
