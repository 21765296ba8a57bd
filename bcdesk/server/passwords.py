"""Passwords of users and of members: kept as argon2id hashes, and judged in the same time whoever asks."""

import threading
from functools import cache
from typing import Final

PASSWORD_MAX: Final = 256
"""Characters that a password has at most; longer ones are not even hashed."""
_hashing: Final = threading.Semaphore(2)  # each takes 64 MiB for some 50 ms


def hash_of(password: str) -> str:
    """Return what is kept of a password."""
    from argon2 import PasswordHasher  # imported when a password is first seen

    with _hashing:
        return PasswordHasher().hash(password)


def fits(kept: str | None, password: str) -> bool:
    """Tell whether ``password`` is the one that ``kept`` was made of; where None is kept it takes as long to say no."""
    from argon2 import PasswordHasher
    from argon2.exceptions import Argon2Error, InvalidHashError

    if len(password) > PASSWORD_MAX:
        return False
    known = _no_hash() if kept is None else kept
    with _hashing:
        try:
            PasswordHasher().verify(known, password)
        except (Argon2Error, InvalidHashError):
            return False
    return kept is not None


@cache
def _no_hash() -> str:
    """Return a hash that no password has, to spend the same time on an unknown address."""
    from secrets import token_urlsafe

    return hash_of(token_urlsafe(32))
