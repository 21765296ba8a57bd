"""A secret of a run, held until the run is closed: a code, a verifier, a client secret, a token."""

import hashlib
from typing import NoReturn

from bcdesk.flow.trace import Hidden


class HeldGoneError(Exception):
    """The secret was discarded already; its text says no more than that."""


class Held:
    """Holds any text that no print, copy or pickle gives away, and wipes it on request."""

    __slots__ = ("_bytes",)

    def __init__(self, text: str) -> None:
        """Take charge of ``text``; what UTF-8 cannot say is kept as it came."""
        self._bytes: bytearray | None = bytearray(text.encode("utf-8", "surrogatepass"))

    @property
    def spent(self) -> bool:
        """Tell whether the secret was discarded."""
        return self._bytes is None

    def show(self) -> str:
        """Lend the text; raise `HeldGoneError` once it is discarded."""
        if self._bytes is None:
            raise HeldGoneError
        return self._bytes.decode("utf-8", "surrogatepass")

    def discard(self) -> None:
        """Overwrite the text; calling it again does nothing."""
        if self._bytes is not None:
            self._bytes[:] = bytes(len(self._bytes))
            self._bytes = None

    def hidden(self, kind: str) -> Hidden:
        """Return what stands in the trace in its place."""
        return hide(kind, self.show())

    def __repr__(self) -> str:
        return f"<Held{' spent' if self.spent else ''}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret of a run is neither copied nor stored")


def hide(kind: str, text: str) -> Hidden:
    """Return what stands in the place of ``text``: eight hexadecimal digits of its SHA-256 tell two apart."""
    return Hidden(kind, len(text), hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8])
