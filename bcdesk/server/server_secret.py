"""The server's one secret and what is derived from it: token hashes, the audit chain, signed cursors, sealed replies.

The secret lies outside the database, in ``server.key`` (mode 0600) of the data folder or in ``BCDESK_SERVER_KEY``
(32 bytes as hex or base64url): whoever steals the database alone can neither test a token nor rewrite the audit.
"""

import base64
import binascii
import contextlib
import hashlib
import hmac
import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_FILE: Final = "server.key"
VARIABLE: Final = "BCDESK_SERVER_KEY"
_NONCE_LENGTH: Final = 12


class KeyFileError(Exception):
    """The server's key cannot be used; the text says where it was looked for, never what was found."""


class SealBrokenError(Exception):
    """A sealed reply does not open under this Idempotency-Key, member, route and body."""


def _derive(material: bytes, info: str, salt: bytes | None = None) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info.encode("ascii")).derive(material)


class ServerSecret:
    """The keys derived (HKDF-SHA-256, RFC 5869) from the server's secret of 32 bytes."""

    __slots__ = ("_cursor_key", "_idempotency_key", "_seal_salt", "_ticket_key", "audit_key", "mark", "pepper")

    def __init__(self, secret: bytes) -> None:
        """Derive every key from ``secret``."""
        self.pepper: Final = _derive(secret, "bcdesk token pepper v1")
        self.audit_key: Final = _derive(secret, "bcdesk audit chain v1")
        self._idempotency_key: Final = _derive(secret, "bcdesk idempotency v1")
        self._seal_salt: Final = _derive(secret, "bcdesk reply seal v1")
        self._cursor_key: Final = _derive(secret, "bcdesk cursor v1")
        self._ticket_key: Final = _derive(secret, "bcdesk sign-in ticket v1")
        self.mark: Final = _derive(secret, "bcdesk key mark v1").hex()
        """What a database keeps to know this secret again; it opens nothing."""

    def token_hmac(self, token: str) -> bytes:
        """Return what is stored of a token: HMAC-SHA-256(pepper, SHA-256(token))."""
        return self.digest_hmac(hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest())

    def digest_hmac(self, digest: bytes) -> bytes:
        """Return what is stored of the token whose SHA-256 is ``digest``."""
        return hmac.digest(self.pepper, digest, "sha256")

    def idempotency_hmac(self, key: str) -> bytes:
        """Return what is stored of an Idempotency-Key."""
        return hmac.digest(self._idempotency_key, key.encode("ascii"), "sha256")

    def sign_cursor(self, payload: bytes) -> bytes:
        """Return the 16 bytes that vouch for a cursor of this server."""
        return hmac.digest(self._cursor_key, payload, "sha256")[:16]

    def seal(self, reply: bytes, *, idempotency_key: str, bound_to: bytes) -> bytes:
        """Seal ``reply`` with AES-256-GCM so that only a repetition of its request opens it."""
        nonce = secrets.token_bytes(_NONCE_LENGTH)
        return nonce + self._sealer(idempotency_key).encrypt(nonce, reply, bound_to)

    def unseal(self, sealed: bytes, *, idempotency_key: str, bound_to: bytes) -> bytes:
        """Open what `seal` closed; raise `SealBrokenError` where anything differs."""
        try:
            return self._sealer(idempotency_key).decrypt(sealed[:_NONCE_LENGTH], sealed[_NONCE_LENGTH:], bound_to)
        except InvalidTag:
            raise SealBrokenError from None

    def seal_ticket(self, ticket: bytes, *, bound_to: bytes) -> bytes:
        """Seal what a page carries from one step of a sign-in to the next, for the browser that it is bound to."""
        nonce = secrets.token_bytes(_NONCE_LENGTH)
        return nonce + AESGCM(self._ticket_key).encrypt(nonce, ticket, bound_to)

    def unseal_ticket(self, sealed: bytes, *, bound_to: bytes) -> bytes:
        """Open what `seal_ticket` closed; raise `SealBrokenError` where anything differs."""
        try:
            return AESGCM(self._ticket_key).decrypt(sealed[:_NONCE_LENGTH], sealed[_NONCE_LENGTH:], bound_to)
        except (InvalidTag, ValueError):
            raise SealBrokenError from None

    def _sealer(self, idempotency_key: str) -> AESGCM:
        return AESGCM(_derive(idempotency_key.encode("ascii"), "bcdesk reply seal v1", self._seal_salt))

    def __repr__(self) -> str:
        return "<ServerSecret>"


def load_secret(folder: Path, environment: Mapping[str, str] = os.environ, *, make: bool = True) -> ServerSecret:
    """Return the secret of the data folder ``folder``; ``make`` its key file where there is none.

    Raise `KeyFileError` where the file or the environment variable does not hold 32 bytes, or cannot be used.
    """
    given = environment.get(VARIABLE)
    if given is not None:
        return ServerSecret(_decode(given))
    file = folder / KEY_FILE
    try:
        if make and not file.exists():
            _make(file)
        secret = file.read_bytes()
    except FileNotFoundError:
        raise KeyFileError(f"{file} is missing, and the database was written with it") from None
    except OSError as error:
        raise KeyFileError(f"{file} cannot be used: {error.strerror}") from None
    if len(secret) != 32:
        raise KeyFileError(f"{file} does not hold 32 bytes")
    return ServerSecret(secret)


def _decode(text: str) -> bytes:
    text = text.strip()
    with contextlib.suppress(ValueError):
        if len(text) == 64:
            return bytes.fromhex(text)
    with contextlib.suppress(ValueError, binascii.Error):
        secret = base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
        if len(secret) == 32:
            return secret
    raise KeyFileError(f"{VARIABLE} does not hold 32 bytes as hex or base64url")


def _make(file: Path) -> None:
    """Write a fresh secret whole or not at all; of two starting at once, both use the first one's."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".server-key-")  # made with mode 0600
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(secrets.token_bytes(32))
            stream.flush()
            os.fsync(stream.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(temporary, file)
    finally:
        temporary.unlink()
    if os.name == "posix":
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
