"""Tells why a state is not the one that was sent: an earlier run's, damaged on its way, or nobody's."""

import html
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote, unquote, unquote_plus

from bcdesk.flow.failures import StateCause

_KNOWN: Final = 8
"""So many characters of a drawn state nobody guesses: 48 bits."""


def cause_of(got: str, expected: str, earlier: Sequence[tuple[str, float]] = ()) -> tuple[StateCause, float | None]:
    """Return the cause and, for an earlier run's state, the moment of that run."""
    for state, at in reversed(earlier):
        if state == got:
            return StateCause.EARLIER_RUN, at
    return (StateCause.ALTERED if is_altered(got, expected) else StateCause.FORGED), None


def is_altered(got: str, expected: str) -> bool:
    """Tell whether ``got`` is ``expected`` cut, lengthened, decoded once too often, or changed in places."""
    if got.casefold() == expected.casefold() or _plain(got) in _spellings(expected):
        return True
    shortest = min(_KNOWN, max(1, len(expected) // 2))
    ahead = _common(got, expected)
    behind = _common(got[::-1], expected[::-1])
    return ahead >= shortest or behind >= shortest


def _spellings(text: str) -> set[str]:
    once = {text, unquote(text), unquote_plus(text), quote(text, safe=""), html.escape(text), html.unescape(text)}
    return once | {unquote(each) for each in once} | {each.replace("+", " ") for each in once}


def _plain(text: str) -> str:
    return text.strip().strip("\"'")


def _common(one: str, other: str) -> int:
    """Count the characters that both begin with."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
