"""The start of a locked desk: nothing but the lock's window, until somebody unlocks or leaves."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

from bcdesk.store.vault import Vault, VaultState
from bcdesk.ui import ending, lock_window
from bcdesk.ui.single import raise_window
from bcdesk.ui.tasks import TaskScope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QWidget

    from bcdesk.settings import Settings
    from bcdesk.ui.single import Asked, Single


class Unlocked(NamedTuple):
    """What the desk starts with: the vault where a passphrase opened it, and the addresses asked for meanwhile."""

    vault: Vault | None
    words: tuple[str, ...]


async def unlocked(chosen: Settings, own: Single | None) -> Unlocked | None:
    """Show that the desk is locked; return when it may open, with None where it is to end instead.

    No keyring is asked and no server is started: there is nothing to show of them. Another start raises this window,
    and what it was asked for waits.
    """
    with _inherited_children_reaped():
        return await _answer(chosen, own)


async def _answer(chosen: Settings, own: Single | None) -> Unlocked | None:
    vault = await _with_passphrase(chosen)
    words: list[str] = []
    async with TaskScope() as scope:
        check = vault.unlock if vault is not None else None
        window = lock_window.LockWindow(geometry=chosen.geometry, check=check, scope=scope)

        def asked(another: Asked) -> None:
            words.extend(another.words)
            raise_window(window, another.activation)

        if own is not None:
            own.asked.connect(asked)
        ended = asyncio.Event()
        undo = ending.by_signals(ended)
        scope.start(_close_when(ended, window), name="signals")
        try:
            opens = await lock_window.answered(window)
        finally:
            undo()
            if own is not None:
                own.asked.disconnect(asked)
            window.hide()
            window.deleteLater()
    if opens:
        return Unlocked(vault, tuple(words))
    if vault is not None:
        vault.close()
    return None


@contextmanager
def _inherited_children_reaped() -> Iterator[None]:
    """Let the system forget the children of the desk before, as they end; a locked desk has none of its own."""
    if sys.platform != "win32":
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass  # each that ended before the signal was ignored
    try:
        yield
    finally:
        if sys.platform != "win32":
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)


async def _close_when(ended: asyncio.Event, window: QWidget) -> None:
    await ended.wait()
    window.close()


async def _with_passphrase(chosen: Settings) -> Vault | None:
    """Return the vault where only a passphrase opens it; None where none is set."""
    from bcdesk.store.vault_file import DamagedError, VaultFile

    try:
        kept = VaultFile(chosen.desk_dir).read()
    except (DamagedError, OSError):
        return None
    if kept is None or kept.kind != "passphrase":
        return None
    vault = Vault(chosen.desk_dir)
    if await vault.open(patience=None) is VaultState.PASSPHRASE:
        return vault
    vault.close()
    return None
