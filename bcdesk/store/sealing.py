"""Sealing bytes with AES-256-GCM under a key of their purpose, made from the desk's one key by HKDF-SHA-256."""

import os
from typing import Final

from bcdesk.store.vault_states import UnreadableError

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12


def derived(key: bytes, about: str) -> bytes:
    """Return the key of a purpose, which stands before the first slash (RFC 5869): none is used for two things."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    info = f"bcdesk desk {about.partition('/')[0]} v1".encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(key)


def check_of(key: bytes) -> bytes:
    """Return what a key is known by: it opens nothing, and tells nothing of what does."""
    return derived(key, "check")


def given_out(about: str) -> str:
    """Return the purpose of a key that leaves the vault, which is never one that seals."""
    purpose, _, rest = about.partition("/")
    return f"{purpose} key {rest}"


def sealed(key: bytes, plain: bytes, about: str) -> bytes:
    """Encrypt ``plain``, bound to ``about``, under a key that `derived` made."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, about.encode())


def unsealed(key: bytes, content: bytes, about: str) -> bytes:
    """Decrypt what `sealed` made; raise `UnreadableError` where it is not whole or of another key or purpose."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], about.encode())
    except (InvalidTag, ValueError):
        raise UnreadableError from None
