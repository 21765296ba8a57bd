"""The desk's one 32-byte key, kept in the system's keyring, and what it seals; never in a plaintext keyring.

The keyring is asked in a thread of its own: it blocks for as long as a prompt is open. States: ``waiting``
while it is asked, ``ready``, ``none`` (no keyring, or one that keeps plain text), ``locked``, ``dismissed``
(the prompt was closed), ``gone`` (it stopped answering). In all but ``ready`` nothing is written to disk.
"""

import asyncio
import logging
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from bcdesk.store.files import write_durably
from bcdesk.store.worker import Worker

SERVICE: Final = "bcdesk"
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
_ID_FILE: Final = "vault-id"
ACCEPTED: Final = frozenset(
    {
        "keyring.backends.SecretService",
        "keyring.backends.libsecret",
        "keyring.backends.kwallet",
        "keyring.backends.macOS",
        "keyring.backends.Windows",
    }
)
_CHAINER: Final = "keyring.backends.chainer"
_log = logging.getLogger(__name__)


class VaultState(StrEnum):
    """What the keyring last said."""

    UNOPENED = "unopened"
    WAITING = "waiting"
    READY = "ready"
    NONE = "none"
    LOCKED = "locked"
    DISMISSED = "dismissed"
    GONE = "gone"


class VaultClosedError(Exception):
    """The key is not at hand; ``state`` says why."""

    def __init__(self, state: VaultState) -> None:
        """Name the state."""
        super().__init__(state.value)
        self.state = state


class UnreadableError(Exception):
    """What was sealed is damaged, or was sealed under another key or for another purpose."""


class Vault:
    """Fetches or makes the key, and seals bytes with AES-256-GCM under it."""

    def __init__(self, folder: Path, *, service: str = SERVICE) -> None:
        """Keep the key's random name in ``folder``, the desk's own; nothing is asked before `open`."""
        self.state = VaultState.UNOPENED
        self._folder = folder
        self._service = service
        self._key: bytes | None = None
        self._worker = Worker("vault")
        self._asked: asyncio.Future[tuple[VaultState, bytes | None]] | None = None
        self._listeners: list[Callable[[VaultState], None]] = []

    def listen(self, callback: Callable[[VaultState], None]) -> Callable[[], None]:
        """Call ``callback`` at each change of state until the returned function is called."""
        self._listeners.append(callback)

        def stop() -> None:
            if callback in self._listeners:
                self._listeners.remove(callback)

        return stop

    async def open(self, *, patience: float | None = 10.0) -> VaultState:
        """Ask the keyring; after ``patience`` seconds return ``waiting``: the answer then comes by `listen`."""
        if self.state is VaultState.READY:
            return self.state
        if self._asked is None:
            self._asked = self._worker.submit(self._ask)
            self._asked.add_done_callback(self._answered)
            self._become(VaultState.WAITING)
        await asyncio.wait({self._asked}, timeout=patience)
        return self.state

    def give_up(self) -> None:
        """Stop waiting for a prompt that nobody answers; what it answers later still counts."""
        if self.state is VaultState.WAITING:
            self._become(VaultState.DISMISSED)

    def seal(self, plain: bytes, about: str) -> bytes:
        """Encrypt ``plain``, bound to ``about``; raise `VaultClosedError` without the key.

        What stands before the first slash of ``about`` is the purpose, and each purpose has a key of its own.
        """
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self._derived(about)).encrypt(nonce, plain, about.encode())

    def unseal(self, sealed: bytes, about: str) -> bytes:
        """Decrypt what `seal` made for the same ``about``; raise `UnreadableError` where it is not whole."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        key = self._derived(about)
        try:
            return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about.encode())
        except (InvalidTag, ValueError):
            raise UnreadableError from None

    def key_for(self, about: str) -> bytes:
        """Return a key of 32 bytes for ``about`` alone, to encrypt with elsewhere; raise as `seal` does.

        As in `seal`, what stands before the first slash is the purpose; no key that seals is ever given out.
        """
        purpose, _, rest = about.partition("/")
        return self._derived(f"{purpose} key {rest}")

    def close(self) -> None:
        """Forget the key and let the thread end by itself."""
        self._key = None
        self._listeners.clear()
        self._worker.stop(None)

    def _derived(self, about: str) -> bytes:
        """Return the key of a purpose (HKDF-SHA-256, RFC 5869): none is used for two things."""
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        if self._key is None:
            raise VaultClosedError(self.state)
        info = f"bcdesk desk {about.partition('/')[0]} v1".encode()
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(self._key)

    def _answered(self, asked: asyncio.Future[tuple[VaultState, bytes | None]]) -> None:
        self._asked = None
        if not asked.cancelled():
            state, self._key = asked.result()
            self._become(state)

    def _become(self, state: VaultState) -> None:
        if state is not self.state:
            self.state = state
            for listener in tuple(self._listeners):
                try:
                    listener(state)
                except Exception:  # noqa: BLE001 - one listener's mistake must not keep the others from knowing
                    _log.exception("a listener of the vault failed")

    def _ask(self) -> tuple[VaultState, bytes | None]:
        """Fetch the key, or make one and read it back; runs in the worker thread."""
        import keyring.errors

        try:
            backend = accepted_backend()
            if backend is None:
                return VaultState.NONE, None
            name = self._name()
            key = _decoded(backend.get_password(self._service, name))
            if key is None:
                key = secrets.token_bytes(KEY_BYTES)
                backend.set_password(self._service, name, b64encode(key).decode())
                if _decoded(backend.get_password(self._service, name)) != key:
                    _log.warning("the keyring did not give back what it took")
                    return VaultState.GONE, None
        except keyring.errors.NoKeyringError:
            return VaultState.NONE, None
        except keyring.errors.KeyringLocked:
            return VaultState.LOCKED, None
        except keyring.errors.InitError:
            return VaultState.DISMISSED, None
        except Exception as error:  # noqa: BLE001 - each backend has its own errors for a daemon that died
            _log.warning("the keyring does not answer: %s", type(error).__name__)
            return VaultState.GONE, None
        return VaultState.READY, key

    def _name(self) -> str:
        file = self._folder / _ID_FILE
        try:
            name = file.read_text("ascii").strip()
        except (FileNotFoundError, UnicodeDecodeError):
            name = ""
        if len(name) != 32 or not name.isalnum():
            name = secrets.token_hex(16)
            write_durably(file, name.encode())
        return name


def accepted_backend() -> Any | None:
    """Return the keyring that may hold the key: a system one; None where only plain text or nothing is there."""
    import keyring

    chosen: Any = keyring.get_keyring()
    chain = chosen.backends if type(chosen).__module__ == _CHAINER else [chosen]
    return next((backend for backend in chain if type(backend).__module__ in ACCEPTED), None)


def _decoded(stored: str | None) -> bytes | None:
    try:
        key = b64decode(stored or "", validate=True)
    except ValueError:
        return None
    return key if len(key) == KEY_BYTES else None
