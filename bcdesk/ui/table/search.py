"""Matches search words against lower-case haystacks; no widget, only text."""

from collections.abc import Callable, Mapping
from itertools import compress
from typing import Any

Words = tuple[str, ...]
"""Lower-case words that a row must hold, every one of them; the longest first, since it stops the most rows."""


def words_of(text: str) -> Words:
    """Split what was typed into the words to look for."""
    return tuple(sorted(dict.fromkeys(text.casefold().split()), key=len, reverse=True))


def narrows(before: Words, now: Words) -> bool:
    """Tell whether whatever holds the words ``now`` held the words ``before`` as well."""
    return bool(before) and all(any(old in new for new in now) for old in before)


def matching(ids: list[str], rows: Mapping[str, Any], haystack: Callable[[Any], str], words: Words) -> list[str]:
    """Return those of ``ids`` whose rows hold every word, in their order; ``ids`` itself without words."""
    for word in words:
        ids = [one for one in ids if word in haystack(rows[one])]
    return ids


def holding(rows: Mapping[str, Any], haystack: Callable[[Any], str], word: str) -> set[str]:
    """Return the ids of all rows that hold ``word``.

    Rows are read in the order in which they were made, where each lies next to the other in memory: several times
    faster than in the order of a table, and nothing has to be kept for it.
    """
    return set(compress(rows, [word in text for text in map(haystack, rows.values())]))
