"""A note to the next start that a secret of ours lies on the clipboard: a sealed keyed hash, never the text.

It is written before the clipboard is touched and removed as soon as the secret is off it. Without the vault's
key nothing is written, as everywhere: then only a desk that ends in order clears the clipboard.
"""

import asyncio
import hashlib
import hmac
import logging
import secrets
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from bcdesk.store.vault import Vault

_ABOUT: Final = "clipboard"
_SALT_BYTES: Final = 32
_log = logging.getLogger(__name__)


class ClipboardMark:
    """Keeps the hash of what was copied in one file that the vault seals."""

    def __init__(self, file: Path, vault: "Vault") -> None:
        """Keep the mark in ``file``, sealed by ``vault``."""
        self._file = file
        self._vault = vault

    async def write(self, text: str) -> bool:
        """Write the hash of ``text`` durably; False where the vault or the disk does not allow it."""
        from bcdesk.store.files import write_durably
        from bcdesk.store.vault import VaultClosedError

        salt = secrets.token_bytes(_SALT_BYTES)
        try:
            sealed = self._vault.seal(salt + _digest(salt, text), _ABOUT)
            await asyncio.to_thread(write_durably, self._file, sealed)
        except VaultClosedError:
            return False
        except OSError as error:
            _log.warning("the clipboard's mark could not be written: errno %s", error.errno)
            return False
        return True

    async def matches(self, text: str) -> bool | None:
        """Tell whether ``text`` is what the mark stands for; None without a mark or without the vault's key."""
        from bcdesk.store.vault import UnreadableError, VaultClosedError

        try:
            plain = self._vault.unseal(await asyncio.to_thread(self._file.read_bytes), _ABOUT)
        except (OSError, VaultClosedError):
            return None
        except UnreadableError:
            return False
        salt, digest = plain[:_SALT_BYTES], plain[_SALT_BYTES:]
        return hmac.compare_digest(_digest(salt, text), digest)

    async def reseal(self) -> None:
        """Seal the mark, where there is one, under the vault's present key."""
        from bcdesk.store.files import write_durably
        from bcdesk.store.vault import UnreadableError

        with suppress(FileNotFoundError, UnreadableError):
            plain = self._vault.unseal(await asyncio.to_thread(self._file.read_bytes), _ABOUT)
            await asyncio.to_thread(write_durably, self._file, self._vault.seal(plain, _ABOUT))

    async def forget_sealed(self) -> None:
        """Take the mark away: the key is not had any more."""
        self.remove()

    def remove(self) -> None:
        """Take the mark away; a missing one is fine."""
        try:
            self._file.unlink(missing_ok=True)
        except OSError as error:
            _log.warning("the clipboard's mark could not be removed: errno %s", error.errno)


def _digest(salt: bytes, text: str) -> bytes:
    return hmac.digest(salt, text.encode("utf-8", "surrogatepass"), hashlib.sha256)
