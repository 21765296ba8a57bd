"""The one carrier of a secret between the server's answer and the person who asked for it."""

import hashlib
import re
from typing import Final, NoReturn

_PREFIX: Final = re.compile(r"bca_(?:live|test)_|bc[a-z]_|")


class SecretSpentError(Exception):
    """The secret was handed over or discarded already; its text says no more than that."""


class OneTimeSecret:
    """Holds a secret that can be handed over once, and that no print, copy or pickle gives away.

    ``show`` lends the value for painting while it is unspent; ``take`` hands it over and wipes it.
    """

    __slots__ = ("_bytes", "last4", "prefix")

    def __init__(self, value: str) -> None:
        """Take charge of ``value`` (ASCII, at least 12 characters)."""
        self._bytes: bytearray | None = bytearray(value, "ascii")
        self.prefix = value[: _PREFIX.match(value).end()]  # type: ignore[union-attr]  # the empty branch always matches
        self.last4 = value[-4:]

    @property
    def spent(self) -> bool:
        """Tell whether the secret was handed over or discarded."""
        return self._bytes is None

    @property
    def length(self) -> int:
        """Count the secret's characters; 0 once spent."""
        return len(self._bytes or b"")

    def show(self) -> str:
        """Lend the value for painting; raise `SecretSpentError` once it is spent."""
        if self._bytes is None:
            raise SecretSpentError
        return self._bytes.decode("ascii")

    def digest(self) -> bytes:
        """Return the SHA-256 of the value, to recognise it later without keeping it."""
        if self._bytes is None:
            raise SecretSpentError
        return hashlib.sha256(self._bytes).digest()

    def take(self) -> str:
        """Hand the value over, once; raise `SecretSpentError` on a second call."""
        value = self.show()
        self.discard()
        return value

    def discard(self) -> None:
        """Overwrite the value; calling it again does nothing."""
        if self._bytes is not None:
            self._bytes[:] = bytes(len(self._bytes))
            self._bytes = None

    def __repr__(self) -> str:
        return f"<OneTimeSecret {self.prefix}…{self.last4}{' spent' if self.spent else ''}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a one-time secret is neither copied nor stored")
