"""The refresh token of each connection, sealed under the vault's key: it outlives the desk, and no file shows it.

It is bound to the server's address: where a connection leads elsewhere by now, no session of before is found for it.

Without the vault's key it lives in memory only, as it does where the disk takes nothing: then no older one is left
on the disk either, because a server takes an old one for stolen and ends the session.
"""

import json
import logging
import re
from pathlib import Path
from typing import Any, Final

from bcdesk.contract.secret import OneTimeSecret
from bcdesk.store.files import remove_durably, write_durably
from bcdesk.store.vault import UnreadableError, Vault, VaultClosedError, VaultState
from bcdesk.store.worker import Worker

_MAGIC: Final = b"bcdesk session 1\n"
_SUFFIX: Final = ".session"
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_log = logging.getLogger(__name__)


class SessionVault:
    """Keeps one refresh token a connection; what `save` was awaited for is there after any crash."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        """Keep files in ``folder``, sealed by ``vault``; nothing is read or made yet."""
        self._folder = folder
        self._vault = vault
        self._worker = Worker("sessions")
        self._held: dict[str, tuple[OneTimeSecret, str]] = {}
        self._claims: dict[str, object] = {}

    def claim(self, connection_id: str) -> object:
        """Let whoever asks be the session of a connection from now on: `owns` tells the one before that it is not."""
        claim = self._claims[connection_id] = object()
        return claim

    def owns(self, connection_id: str, claim: object) -> bool:
        """Tell whether a session is still that of its connection: neither signed out nor followed by another."""
        return self._claims.get(connection_id) is claim

    def durable(self, connection_id: str) -> bool:
        """Tell whether the session of a connection, where it has one, outlives this process."""
        return connection_id not in self._held

    async def save(self, connection_id: str, refresh: str, server: str = "") -> bool:
        """Keep a refresh token of ``server`` in place of the one before, and tell whether it outlives this process.

        It is on the disk when this returns True. Otherwise it lies in memory, and nothing of it on the disk.
        """
        file = self._file(connection_id)
        try:
            plain = json.dumps({"refresh": refresh, "server": server}).encode()
            sealed = _MAGIC + self._vault.seal(plain, _about(connection_id))
            await self._worker.submit(lambda: write_durably(file, sealed))
        except VaultClosedError:
            pass
        except OSError as error:
            _log.warning("a session could not be written (errno %s); it ends with the desk", error.errno)
        else:
            self._forget(connection_id)
            return True
        self._forget(connection_id)
        self._held[connection_id] = (OneTimeSecret(refresh), server)
        await self._remove(file)
        return False

    async def load(self, connection_id: str, server: str = "") -> OneTimeSecret | None:
        """Return the refresh token of a connection, None where there is none; raise `VaultClosedError` without the key.

        One that cannot be read, or is of another server than ``server``, is removed: whoever it was for signs in again.
        """
        held, its = self._held.get(connection_id, (None, ""))
        if held is not None and its == server:
            return OneTimeSecret(held.show())
        if held is not None:
            self._forget(connection_id)
            return None
        file = self._file(connection_id)
        content = await self._worker.submit(lambda: _content(file))
        if content is None:
            return None
        try:
            return self._read(content, connection_id, server)
        except UnreadableError:
            _log.warning("a session is unreadable, or of another server; it was removed")
        await self._remove(file)
        return None

    async def keep_all(self) -> None:
        """Write down what so far lies in memory only: the vault's key has come."""
        for connection_id, (held, server) in tuple(self._held.items()):
            if not held.spent:
                await self.save(connection_id, held.show(), server)

    async def wipe(self, connection_id: str) -> None:
        """Forget the refresh token of a connection, in memory and on the disk; none is fine. Nobody owns it then."""
        self._claims.pop(connection_id, None)
        self._forget(connection_id)
        await self._remove(self._file(connection_id))

    async def reseal(self) -> None:
        """Seal what lies on the disk under the vault's present key; raise OSError where one could not be written."""
        await self._worker.submit(self._reseal)

    async def forget_sealed(self) -> None:
        """Remove what lies on the disk: its key is not had any more. What lies in memory stays."""
        await self._worker.submit(self._remove_all)

    def close(self) -> None:
        """Forget what lies in memory, and let writes that are under way finish."""
        for connection_id in tuple(self._held):
            self._forget(connection_id)
        self._worker.stop()

    def _forget(self, connection_id: str) -> None:
        held, _ = self._held.pop(connection_id, (None, ""))
        if held is not None:
            held.discard()

    async def _remove(self, file: Path) -> None:
        try:
            await self._worker.submit(lambda: _remove(file))
        except OSError as error:
            _log.warning("a session could not be removed (errno %s)", error.errno)

    def _file(self, connection_id: str) -> Path:
        if not _ID.fullmatch(connection_id):
            raise ValueError("no id of a connection")
        return self._folder / f"{connection_id}{_SUFFIX}"

    def _reseal(self) -> None:
        """Run in the worker's thread, in one piece: a session that is saved meanwhile comes after it."""
        for file in sorted(self._folder.glob(f"*{_SUFFIX}")):
            about = _about(file.name.removesuffix(_SUFFIX))
            content = file.read_bytes()
            try:
                plain = self._vault.unseal(content.removeprefix(_MAGIC), about)
            except UnreadableError:
                _remove(file)
            else:
                write_durably(file, _MAGIC + self._vault.seal(plain, about))

    def _remove_all(self) -> None:
        for file in sorted(self._folder.glob(f"*{_SUFFIX}")):
            _remove(file)

    def _read(self, content: bytes, connection_id: str, server: str) -> OneTimeSecret:
        if self._vault.state is not VaultState.READY:
            raise VaultClosedError(self._vault.state)
        if not content.startswith(_MAGIC):
            raise UnreadableError
        plain = self._vault.unseal(content[len(_MAGIC) :], _about(connection_id))
        refresh, its = None, None
        try:
            members: Any = json.loads(plain)
            if isinstance(members, dict):
                refresh, its = members.get("refresh"), members.get("server", "")
        except (ValueError, RecursionError):
            pass
        if not isinstance(refresh, str) or not refresh.isascii() or not refresh or its != server:
            raise UnreadableError
        return OneTimeSecret(refresh)


def _about(connection_id: str) -> str:
    return f"session/{connection_id}"


def _remove(file: Path) -> None:
    """Remove a session and what a crash left beside it; none is fine."""
    if file.parent.is_dir():
        remove_durably(file)
        for leftover in file.parent.glob(f"{file.name}.*.tmp"):
            leftover.unlink(missing_ok=True)


def _content(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        _log.warning("a session could not be read (errno %s)", error.errno)
        return None
