"""A vault that is open without a keyring: its key is drawn here, everything else is the real one."""

import os
from pathlib import Path

from bcdesk.store.vault import KEY_BYTES, Vault, VaultState
from bcdesk.ui.clipboard_mark import ClipboardMark


def open_vault(folder: Path, key: bytes | None = None) -> Vault:
    """Return a vault that holds ``key``, or a fresh one."""
    vault = Vault(folder)
    vault._key = key or os.urandom(KEY_BYTES)
    vault.state = VaultState.READY
    return vault


def open_mark(folder: Path) -> ClipboardMark:
    """Return the clipboard's mark in ``folder`` under an open vault."""
    return ClipboardMark(folder / "clipboard.mark", open_vault(folder))
