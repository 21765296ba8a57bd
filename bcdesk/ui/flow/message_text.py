"""One side of a hop as lines of monospace text, each piece with its tone; secrets are dots."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple

from bcdesk.flow.trace import Hidden
from bcdesk.ui.text import counted

if TYPE_CHECKING:
    from bcdesk.flow.trace import Message, Pairs, Value

MOST: Final = 16_000
"""How much of a body is shown, in characters."""
_TELLING: Final = frozenset((
    "accept", "authorization", "cache-control", "content-type", "cookie", "dpop", "location", "retry-after",
    "set-cookie", "www-authenticate", "x-request-id",
))  # fmt: skip
"""The headers that say something of a flow; the others are counted."""
_LOUD: Final = ("error", "error_description", "error_uri")


class Piece(NamedTuple):
    """A run of characters in one tone: text, muted, bad, accent or mark (a character that differs)."""

    text: str
    tone: str = "text"


Line = tuple[Piece, ...]


def sent_lines(message: Message) -> list[Line]:
    """Return what was sent: the first line, parameters, headers, and the body."""
    lines: list[Line] = [(Piece(f"{message.method} {message.url}".strip()),)]
    lines += _query(message.query)
    lines += _headers(message)
    return lines + _body(message)


def received_lines(message: Message) -> list[Line]:
    """Return what came back; the status stands in the title above."""
    lines: list[Line] = []
    if message.url:
        lines.append((Piece(message.url),))
        lines += _query(message.query)
    lines += _headers(message)
    return lines + _body(message)


def plain(lines: list[Line]) -> str:
    """Return the text of ``lines`` alone."""
    return "\n".join("".join(piece.text for piece in line) for line in lines)


def _query(query: Pairs) -> list[Line]:
    return [
        (Piece("  ?" if place == 0 else "  &", "muted"), Piece(f"{name}="), _value(value, name))
        for place, (name, value) in enumerate(query)
    ]


def _headers(message: Message) -> list[Line]:
    told = [(name, value) for name, value in message.headers if name.lower() in _TELLING]
    lines: list[Line] = [(Piece(f"{name}: {value}", "muted"),) for name, value in told]
    rest = len(message.headers) - len(told)
    if rest:
        words = counted(rest, "… {n} more header, in HAR and Markdown", "… {n} more headers, in HAR and Markdown")
        lines.append((Piece(words, "muted"),))
    return lines


def _body(message: Message) -> list[Line]:
    lines: list[Line] = [(Piece(f"{name}="), _value(value, name)) for name, value in message.form]
    if message.json:
        lines += _json(message.json)
    elif message.text:
        shown = message.text[:MOST]
        lines += [(Piece(line),) for line in shown.splitlines()]
        if len(message.text) > MOST:
            rest = counted(len(message.text) - MOST, "… {n} more character", "… {n} more characters")
            lines.append((Piece(rest, "muted"),))
    return lines


def _json(pairs: Pairs) -> list[Line]:
    lines: list[Line] = []
    last = len(pairs) - 1
    for place, (name, value) in enumerate(sorted(pairs, key=lambda pair: pair[0] != "error")):
        lead = "{ " if place == 0 else "  "
        tail = " }" if place == last else ","
        lines.append((Piece(f"{lead}{json.dumps(name, ensure_ascii=False)}: "), _quoted(value, name), Piece(tail)))
    return lines


def _value(value: Value, name: str) -> Piece:
    if isinstance(value, Hidden):
        return Piece(str(value), "muted")
    return Piece(value, "bad" if name in _LOUD else "text")


def _quoted(value: Value, name: str) -> Piece:
    if isinstance(value, Hidden):
        return Piece(f'"{value}"', "muted")
    tone = "bad" if name == "error" else "text"
    try:
        parsed = json.loads(value)
    except (ValueError, RecursionError):
        parsed = None
    if isinstance(parsed, int | float | bool | list | dict):
        return Piece(value, tone)
    return Piece(json.dumps(value, ensure_ascii=False), tone)


def compared(expected: str, got: str, position: int | None, labels: tuple[str, str]) -> list[Line]:
    """Return two texts above each other with the first character that differs marked."""
    width = max(len(label) for label in labels) + 2
    return [
        (Piece(label.ljust(width), "muted"), *_marked(text, position))
        for label, text in zip(labels, (expected, got), strict=True)
    ]


def _marked(text: str, position: int | None, *, around: int = 60) -> tuple[Piece, ...]:
    shown = "".join(one if one.isprintable() else "␣" for one in text[:4000])
    if position is None or position > len(shown):
        return (Piece(shown or "–"),)
    start = max(0, position - around)
    before = ("…" if start else "") + shown[start:position]
    mark = shown[position : position + 1] or "∅"
    rest = shown[position + 1 :]
    return (Piece(before), Piece(mark, "mark"), Piece(rest))
