"""The management token, held so that no print, copy or pickle gives it away."""

from typing import NoReturn


class Bearer:
    """Holds a bearer token for as long as its connection lives; only the transport reads it."""

    __slots__ = ("_token",)

    def __init__(self, token: str) -> None:
        """Take charge of ``token`` (ASCII)."""
        if not token.isascii() or not token.isprintable() or " " in token:
            raise ValueError("a bearer token is printable ASCII without spaces")
        self._token = token

    def header(self) -> str:
        """Return the value of ``Authorization`` (RFC 6750 §2.1)."""
        return f"Bearer {self._token}"

    def __repr__(self) -> str:
        return "<Bearer>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a bearer token is neither copied nor stored")
