"""Where the desk's key is kept: moving it, beginning anew, and keeping nothing, with all that was sealed under it."""

from collections.abc import Sequence
from typing import Literal, Protocol

from bcdesk.store.journal import JournalError
from bcdesk.store.vault import Vault, VaultState


class Holder(Protocol):
    """Whoever keeps files that the vault seals."""

    async def reseal(self) -> None:
        """Seal them under the present key; raise an error where one could not be."""

    async def forget_sealed(self) -> None:
        """Remove them: their key is not had any more."""


async def move_key(
    *, vault: Vault, holders: Sequence[Holder], to: Literal["keyring", "passphrase"], passphrase: str = ""
) -> None:
    """Keep the key elsewhere, or change the passphrase, and seal everything anew.

    Both keys open until all is done, and a desk that died in between goes on with `finish_move`. Raise
    `VaultClosedError` or OSError where the new place does not take the key: then all is as before.
    """
    async with vault.turn:
        await _finish(vault, holders)
        await vault.change(to, passphrase)
        await _finish(vault, holders)


async def finish_move(*, vault: Vault, holders: Sequence[Holder]) -> None:
    """Seal anew what is still sealed under the key before this one, and forget that; nothing where there was none."""
    async with vault.turn:
        await _finish(vault, holders)


async def begin_anew(
    *, vault: Vault, holders: Sequence[Holder], to: Literal["keyring", "passphrase"], passphrase: str = ""
) -> None:
    """Make a new key, and remove what only the lost one could open: copies and sessions, nothing on the server.

    Raise as `move_key` does.
    """
    async with vault.turn:
        await vault.change(to, passphrase, anew=lambda: _forget(holders))
        await vault.settle()


async def keep_nothing(*, vault: Vault, holders: Sequence[Holder]) -> None:
    """Forget the key, and remove everything that it sealed: the desk remembers nothing from now on."""
    async with vault.turn:
        await vault.keep_nothing()
        await _forget(holders)


async def _finish(vault: Vault, holders: Sequence[Holder]) -> None:
    if vault.state is VaultState.READY and vault.moving:
        for holder in holders:
            await holder.reseal()
        await vault.settle()


async def _forget(holders: Sequence[Holder]) -> None:
    failed: Exception | None = None
    for holder in holders:
        try:
            await holder.forget_sealed()
        except (OSError, JournalError) as error:
            failed = error  # the others are removed all the same
    if failed is not None:
        raise failed
