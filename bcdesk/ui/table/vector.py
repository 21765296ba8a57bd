"""The index vector: which ids a table has, which a filter lets through, and which the search leaves; no Qt.

Three lists of ids at most, 8 bytes a row each. Where there is no filter ``base`` is the very list ``order``, and
where there is no search ``view`` is the very list ``base``.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

from bcdesk.ui.table import search

Select = Callable[[Sequence[str]], list[str]]
"""Keeps those of the given ids that a filter lets through, in their order."""

FEW: Final = 4
"""Reading a row through its id costs about so many times reading it in the order in which rows were made."""


class IndexVector:
    """Keeps ids in order over ``rows``, which are read where they are and never copied."""

    def __init__(self, rows: Mapping[str, Any], haystack: Callable[[Any], str]) -> None:
        """Begin with every id of ``rows``, in its order."""
        self.rows = rows
        self.words: search.Words = ()
        self.select: Select | None = None
        self._haystack = haystack
        self.order: list[str] = list(rows)
        self.base = self.view = self.order

    def arrange(self, order: list[str]) -> None:
        """Take ``order`` as the new order of all ids, and filter and search it anew."""
        self.order = order
        self.base = order if self.select is None else list(self.select(order))
        self._search()

    def look_for(self, words: search.Words) -> bool:
        """Search for ``words``; tell whether anything was to be done."""
        before, self.words = self.words, words
        if words == before:
            return False
        if len(self.view) * FEW <= len(self.rows) and search.narrows(before, words):
            self.view = self.matching(self.view)
        else:
            self._search()
        return True

    def passing(self, ids: list[str]) -> list[str]:
        """Return those of ``ids`` that the filter lets through."""
        return ids if self.select is None else self.select(ids)

    def matching(self, ids: list[str]) -> list[str]:
        """Return those of ``ids`` that the search finds."""
        return search.matching(ids, self.rows, self._haystack, self.words)

    def extend(self, ids: list[str], passing: list[str], matching: list[str]) -> None:
        """Append ``ids`` to the order, ``passing`` to what passes and ``matching`` to what shows."""
        if self.view is not self.base:
            self.view += matching
        if self.base is not self.order:
            self.base += passing
        self.order += ids

    def forget(self, gone: Collection[str]) -> None:
        """Drop ids from what is not shown; those that show are cut from ``view`` one by one before."""
        if self.base is not self.view:
            self.base[:] = [one for one in self.base if one not in gone]
        if self.order is not self.view and self.order is not self.base:
            self.order[:] = [one for one in self.order if one not in gone]

    def _search(self) -> None:
        self.view = self.base
        if self.words:
            held = search.holding(self.rows, self._haystack, self.words[0])
            found = [one for one in self.base if one in held]
            self.view = search.matching(found, self.rows, self._haystack, self.words[1:])
