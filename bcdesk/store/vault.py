"""The desk's one 32-byte key, from the system's keyring or a passphrase, and what it seals; never in plain text.

Keyring and passphrase have a thread each: the one blocks for as long as a prompt is open, the other computes. The key
can be changed: the old one then still opens what it sealed, until all of that is sealed anew and `settle` forgets it.
"""

import asyncio
import logging
import os
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from bcdesk.store.passphrase import COST, SALT_BYTES, derive
from bcdesk.store.sealing import KEY_BYTES, check_of, derived, given_out, sealed, unsealed
from bcdesk.store.vault_ask import Answer, ask, fits, new_entry
from bcdesk.store.vault_file import Kept, VaultFile
from bcdesk.store.vault_keyring import SERVICE, Entry
from bcdesk.store.vault_states import Kind, UnreadableError, VaultClosedError, VaultState
from bcdesk.store.worker import Worker

__all__ = ["KEY_BYTES", "Kind", "UnreadableError", "Vault", "VaultClosedError", "VaultState"]
_PREVIOUS: Final = "previous"
_log = logging.getLogger(__name__)


class Vault:
    """Fetches or makes the key, and seals bytes with AES-256-GCM under it."""

    def __init__(self, folder: Path, *, service: str = SERVICE, memory: bool = False) -> None:
        """Keep what is known of the key in ``folder``, the desk's own; ``memory`` is the choice to keep nothing."""
        self.state = VaultState.UNOPENED
        self._file = VaultFile(folder)
        self._service = service
        self._memory = memory
        self._kept: Kept | None = None
        self._key: bytes | None = None
        self._previous: bytes | None = None
        self._worker = Worker("vault")
        self._computer = Worker("passphrase")
        self._asked: asyncio.Future[Answer] | None = None
        self._turn = threading.Lock()
        self._choices = 0
        self._listeners: list[Callable[[VaultState], None]] = []
        self.turn = asyncio.Lock()
        """Held while the key is changed, until the one before is forgotten: nobody forgets that of another change."""

    # ------------------------------------------------------------------ opening

    @property
    def kind(self) -> Kind:
        """Return where the key is kept, as far as is known."""
        if self._memory:
            return "memory"
        return self._kept.kind if self._kept is not None else "keyring"

    @property
    def moving(self) -> bool:
        """Tell whether files may still be sealed under the key before this one."""
        return self._kept is not None and bool(self._kept.previous or self._kept.previous_name)

    @property
    def has_past(self) -> bool:
        """Tell whether a key was made for this desk before, under which files may lie."""
        return self._kept is not None or self.state in (VaultState.WRONG, VaultState.MISSING)

    def listen(self, callback: Callable[[VaultState], None]) -> Callable[[], None]:
        """Call ``callback`` at each change of state until the returned function is called."""
        self._listeners.append(callback)

        def stop() -> None:
            if callback in self._listeners:
                self._listeners.remove(callback)

        return stop

    async def open(self, *, patience: float | None = 10.0) -> VaultState:
        """Ask for the key; after ``patience`` seconds return ``waiting``: the answer then comes by `listen`.

        Where a passphrase was chosen the state is ``passphrase``, until `unlock`.
        """
        if self._memory:
            self._become(VaultState.MEMORY)
        if self.state in (VaultState.READY, VaultState.MEMORY):
            return self.state
        if self._asked is None:
            choices = self._choices
            keep = partial(self._keep_first, choices=choices)
            self._asked = self._worker.submit(lambda: ask(self._file, self._service, keep))
            self._asked.add_done_callback(self._answered)
        if self.kind == "keyring":
            self._become(VaultState.WAITING)
        await asyncio.wait({self._asked}, timeout=patience)
        return self.state

    async def unlock(self, passphrase: str) -> bool:
        """Open the vault with a passphrase and tell whether it was the right one; it takes a while, on purpose."""
        kept = self._kept
        if kept is None or kept.kind != "passphrase":
            return False
        key = await self._computer.submit(lambda: derive(passphrase, kept.salt, kept.cost))
        if not fits(key, kept):
            return False
        if self._kept is kept:
            self._take(kept, key)
        return True

    def give_up(self) -> None:
        """Stop waiting for a prompt that nobody answers; what it answers later still counts."""
        if self.state is VaultState.WAITING:
            self._become(VaultState.DISMISSED)

    # ------------------------------------------------------------------ sealing

    def seal(self, plain: bytes, about: str) -> bytes:
        """Encrypt ``plain``, bound to ``about``; raise `VaultClosedError` without the key.

        What stands before the first slash of ``about`` is the purpose, and each purpose has a key of its own.
        """
        return sealed(self._derived(about), plain, about)

    def unseal(self, content: bytes, about: str) -> bytes:
        """Decrypt what `seal` made for the same ``about``; raise `UnreadableError` where it is not whole."""
        key = self._derived(about)
        try:
            return unsealed(key, content, about)
        except UnreadableError:
            if self._previous is None:
                raise
        return unsealed(derived(self._previous, about), content, about)

    def key_for(self, about: str) -> bytes:
        """Return a key of 32 bytes for ``about`` alone, to encrypt with elsewhere; raise as `seal` does.

        As in `seal`, what stands before the first slash is the purpose; no key that seals is ever given out.
        """
        return self._derived(given_out(about))

    def old_key_for(self, about: str) -> bytes | None:
        """Return what `key_for` returned before the key was changed, None where nothing is left of that."""
        return None if self._previous is None else derived(self._previous, given_out(about))

    def close(self) -> None:
        """Forget the key and let the threads end by themselves."""
        self._key = self._previous = None
        self._listeners.clear()
        self._worker.stop(None)
        self._computer.stop(None)

    # ------------------------------------------------------------------ choosing

    async def change(
        self, kind: Kind, passphrase: str = "", *, anew: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        """Make a new key in the keyring or from ``passphrase`` the present one; the old one opens until `settle`.

        Where the old one is not had any more, ``anew`` removes what it sealed, before anybody hears of the new one.
        Where the keyring does not take the key raise `VaultClosedError`, where the disk fails OSError: all is as was.
        """
        if kind == "memory":
            raise ValueError("there is no key to keep")
        if anew is None and self.state is not VaultState.READY:
            raise VaultClosedError(self.state)
        if kind == "keyring":
            given_up = threading.Event()
            try:
                kept, key = await self._worker.submit(lambda: new_entry(self._service, given_up))
            except asyncio.CancelledError:
                given_up.set()
                raise
        else:
            salt = os.urandom(SALT_BYTES)
            key = await self._computer.submit(lambda: derive(passphrase, salt, COST))
            kept = Kept("passphrase", check_of(key), salt=salt, cost=COST)
        old = self._key if anew is None else None
        if old is not None:
            kept = replace(kept, previous=sealed(derived(key, _PREVIOUS), old, _PREVIOUS))
        if self._kept is not None:
            kept = replace(kept, previous_name=self._kept.name or self._kept.previous_name)
        try:
            await self._computer.submit(lambda: self._write(kept))
        except OSError:
            self._drop(kept.name)  # a key that is nobody's
            raise
        self._asked, self._memory = None, False
        try:
            if anew is not None:
                await anew()
        finally:
            self._take(kept, key)

    async def settle(self) -> None:
        """Forget the key before this one: nothing is sealed under it any more. Raise OSError where the disk fails."""
        kept = self._kept
        if kept is not None and self.moving:
            settled = replace(kept, previous=b"", previous_name="")
            await self._computer.submit(lambda: self._write(settled))
            self._kept, self._previous = settled, None
            self._drop(kept.previous_name)

    async def keep_nothing(self) -> None:
        """Forget the key for good: from now on nothing is written, and what it sealed stays closed."""
        kept = self._kept
        await self._computer.submit(lambda: self._write(None))
        self._asked, self._kept, self._key, self._previous = None, None, None, None
        self._memory = True
        self._become(VaultState.MEMORY)
        if kept is not None:
            self._drop(kept.name)
            self._drop(kept.previous_name)

    def _write(self, kept: Kept | None) -> None:
        with self._turn:
            self._choices += 1  # what a keyring answers to an earlier question is nobody's choice any more
            if kept is None:
                self._file.remove()
            else:
                self._file.write(kept)

    def _drop(self, name: str) -> None:
        if name:
            self._worker.submit(Entry(self._service, name).remove)

    # ------------------------------------------------------------------ inside

    def _derived(self, about: str) -> bytes:
        if self._key is None:
            raise VaultClosedError(self.state)
        return derived(self._key, about)

    def _take(self, kept: Kept, key: bytes) -> None:
        self._kept, self._key, self._previous = kept, key, None
        if kept.previous:
            try:
                self._previous = unsealed(derived(key, _PREVIOUS), kept.previous, _PREVIOUS)
            except UnreadableError:
                _log.warning("the key before this one is unreadable; what it sealed stays closed")
        self._become(VaultState.READY)

    def _answered(self, asked: asyncio.Future[Answer]) -> None:
        if asked is not self._asked:
            return
        self._asked = None
        if not asked.cancelled():
            answer = asked.result()
            self._kept = answer.kept
            if answer.key is not None and answer.kept is not None:
                self._take(answer.kept, answer.key)
            else:
                self._become(answer.state)

    def _become(self, state: VaultState) -> None:
        if state is not self.state:
            self.state = state
            for listener in tuple(self._listeners):
                try:
                    listener(state)
                except Exception:  # noqa: BLE001 - one listener's mistake must not keep the others from knowing
                    _log.exception("a listener of the vault failed")

    def _keep_first(self, kept: Kept, choices: int) -> bool:
        """Write down the first key, unless another was chosen while the keyring was asked; in the worker's thread."""
        with self._turn:
            if choices != self._choices:
                return False
            self._file.write(kept)
        return True
