"""Strings and tuples that many rows share, kept once; unlike interning, those of one row cost nothing for long."""

from collections.abc import Iterable
from typing import Final

SHARED_MOST: Final = 4096
"""Pools are emptied at this size, so that they cost little where nothing is shared."""
_texts: dict[str, str] = {}
_tuples: dict[tuple[str, ...], tuple[str, ...]] = {}


def one_text(text: str) -> str:
    """Return the one object for equal texts."""
    if len(_texts) >= SHARED_MOST:
        _texts.clear()
    return _texts.setdefault(text, text)


def shared(items: Iterable[str]) -> tuple[str, ...]:
    """Return the one tuple for equal items."""
    fresh = tuple(items)
    known = _tuples.get(fresh)
    if known is not None:
        return known
    if len(_tuples) >= SHARED_MOST:
        _tuples.clear()
    fresh = tuple([one_text(item) for item in fresh])
    return _tuples.setdefault(fresh, fresh)
