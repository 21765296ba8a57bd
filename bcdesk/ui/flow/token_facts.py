"""What is shown of a token: masked text, and what a JWT says, read without trust."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bcdesk.ui import times
from bcdesk.ui.flow.message_text import Piece
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from bcdesk.flow.held import Held
    from bcdesk.ui.flow.message_text import Line

_MOMENTS: Final = ("exp", "iat", "nbf", "auth_time")
_VALUE_MOST: Final = 300


class Read(NamedTuple):
    """A JWT as lines, and which algorithm it claims to be signed with."""

    lines: list[Line]
    algorithm: str


def masked(held: Held) -> str:
    """Return the kind and the last four characters of a token, never more than a third of it."""
    text = held.show()
    head = text[:4] if text[:4].isascii() and text[3:4] == "_" else text[: min(4, len(text) // 12)]
    tail = text[-4:] if len(text) >= 24 else ""
    return f"{head}••••••••{tail}"


def read(held: Held) -> Read | None:
    """Return what a JWT says; None where the token is none."""
    from bcdesk.flow.tokens import decode_jwt

    try:
        decoded = decode_jwt(held.show())
    except ValueError:
        return None
    lines = [_line(name, value) for name, value in (*decoded.header.items(), *decoded.claims.items())]
    return Read(lines, str(decoded.header.get("alg", "–")))


def _line(name: str, value: Any) -> Line:
    if name in _MOMENTS and isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 4e10:
        return (Piece(f"{name}  ", "muted"), Piece(str(value)), Piece(f"  {times.exact(float(value))}", "muted"))
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    shown = text if len(text) <= _VALUE_MOST else tr("{start}…", start=text[:_VALUE_MOST])
    return (Piece(f"{name}  ", "muted"), Piece(shown))


def expiry_words(expires_at: float | None, now: float) -> tuple[str, str]:
    """Say when a token ends, counting down in its last minutes, with the tone of it."""
    if expires_at is None:
        return tr("The server names no end."), "muted"
    left = expires_at - now
    if left <= 0:
        return tr("Over since {span}", span=times.span(-left)), "bad"
    if left < times.HOUR:
        return tr("Ends in {minutes}:{seconds}", minutes=int(left // 60), seconds=f"{int(left % 60):02d}"), (
            "warn" if left < times.MINUTE else "muted"
        )
    return tr("Ends in {span}", span=times.until(expires_at, now)), "muted"
