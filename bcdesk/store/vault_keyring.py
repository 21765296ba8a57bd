"""The system's keyring, and what each of its ways to fail means; blocking, and never one that keeps plain text."""

import logging
import secrets
import time
from base64 import b64decode, b64encode
from typing import Any, Final

from bcdesk.store.sealing import KEY_BYTES
from bcdesk.store.vault_states import VaultClosedError, VaultState

SERVICE: Final = "bcdesk"
ACCEPTED: Final = frozenset(
    {
        "keyring.backends.SecretService",
        "keyring.backends.libsecret",
        "keyring.backends.kwallet",
        "keyring.backends.macOS",
        "keyring.backends.Windows",
    }
)
"""All others keep plain text, a file under a password of their own, or nothing (keyrings.alt, null, fail)."""
_CHAINER: Final = "keyring.backends.chainer"
_PERSON_SECONDS: Final = 0.8
"""Who refuses sooner than that is no person: the keyring could not open a prompt at all."""
_log = logging.getLogger(__name__)


class Entry:
    """One entry of the keyring, which holds the key of one desk."""

    def __init__(self, service: str, name: str) -> None:
        """Name the entry; nothing is asked yet."""
        self._service = service
        self._name = name

    def fetch(self) -> str | None:
        """Return what the entry holds, None where there is none; raise `VaultClosedError` with the reason."""
        found: str | None = _asked(lambda backend: backend.get_password(self._service, self._name))
        return found

    def make(self) -> bytes:
        """Put a new key there, or take the one that is, and read it back; raise `VaultClosedError`."""
        key = key_in(self.fetch())
        if key is not None:
            return key
        key = secrets.token_bytes(KEY_BYTES)
        text = b64encode(key).decode()
        _asked(lambda backend: backend.set_password(self._service, self._name, text))
        if key_in(self.fetch()) != key:
            _log.warning("the keyring did not give back what it took")
            raise VaultClosedError(VaultState.GONE)
        return key

    def remove(self) -> None:
        """Take the entry away where that can be done."""
        try:
            _asked(lambda backend: backend.delete_password(self._service, self._name))
        except VaultClosedError as closed:
            _log.warning("an old key could not be taken out of the keyring (%s)", closed.state)


def accepted_backend() -> Any | None:
    """Return the keyring that may hold the key: a system one; None where only plain text or nothing is there."""
    import keyring

    chosen: Any = keyring.get_keyring()
    chain = chosen.backends if type(chosen).__module__ == _CHAINER else [chosen]
    return next((backend for backend in chain if type(backend).__module__ in ACCEPTED), None)


def key_in(stored: str | None) -> bytes | None:
    """Return the key that an entry holds, None where it is none."""
    try:
        key = b64decode(stored or "", validate=True)
    except ValueError:
        return None
    return key if len(key) == KEY_BYTES else None


def _asked(call: Any) -> Any:
    """Ask the keyring, which may wait for a person; raise `VaultClosedError` where it does not answer."""
    import keyring.errors

    began = time.monotonic()
    try:
        backend = accepted_backend()
        if backend is None:
            raise VaultClosedError(VaultState.NONE)
        return call(backend)
    except VaultClosedError:
        raise
    except keyring.errors.PasswordDeleteError:
        return None  # it is gone already
    except keyring.errors.NoKeyringError:
        state = VaultState.NONE
    except keyring.errors.KeyringLocked:
        waited = time.monotonic() - began > _PERSON_SECONDS
        state = VaultState.DISMISSED if waited else VaultState.LOCKED
    except keyring.errors.InitError as error:
        away = "NotAvailable" in type(error.__cause__).__name__  # secretstorage: the service is not on the bus
        state = VaultState.GONE if away else VaultState.DISMISSED
    except Exception as error:  # noqa: BLE001 - each backend has its own errors for a daemon that died
        _log.warning("the keyring does not answer: %s", type(error).__name__)
        state = VaultState.GONE
    raise VaultClosedError(state)
