"""The management token, held so that no print, copy or pickle gives it away."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, NoReturn, Protocol

if TYPE_CHECKING:
    from bcdesk.client.replies import Reply

Post = Callable[[str, Mapping[str, str]], "Awaitable[Reply]"]
"""Posts a form to a path of the server without any token, and returns its answer (`Transport.form`)."""


class Authorization(Protocol):
    """What a transport sends requests by."""

    def header(self) -> str:
        """Return the value of ``Authorization``; empty where `renew` must fetch a token first."""

    def accepted(self, header: str) -> None:
        """Hear that the server knew the token of ``header``."""

    async def renew(self, stale: str, post: Post) -> bool:
        """Put another token in the place of the one in ``stale``; False where there is no other."""

    async def settle(self) -> None:
        """Let a renewal that is under way finish, before the connection is closed."""


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

    def accepted(self, header: str) -> None:
        """Take no note: this token has no successor."""

    async def renew(self, stale: str, post: Post) -> bool:
        """Return False: who holds nothing but this token signs in again."""
        return False

    async def settle(self) -> None:
        """Return at once: nothing is ever under way."""

    def __repr__(self) -> str:
        return "<Bearer>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a bearer token is neither copied nor stored")
