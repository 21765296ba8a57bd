"""Orders row ids by a column: at once for a click, or in short steps while rows still stream in."""

from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice, pairwise
from math import inf
from typing import Any, Final

from bcdesk.ui.table.column import Column, SortKey

CHUNK: Final = 3_000
"""Rows sorted or merged in one step, which takes 2 to 5 ms."""

_LAST_TEXT: Final = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Sorting:
    """A column that sorts, and the direction."""

    column: Column
    descending: bool

    def sort(self, rows: Mapping[str, Any]) -> list[str]:
        """Return the ids of ``rows`` in order; equals in the order of ``rows``, those without a key last.

        Keys are taken in the order in which rows were made, where each lies next to the other in memory: several
        times faster than in the order of a table.
        """
        keys = iter(self._keys(rows.values()))
        return sorted(rows, key=lambda _: next(keys), reverse=self.descending)  # a key is asked for once, in order

    def sort_steps(self, rows: Mapping[str, Any]) -> Generator[None, None, list[str]]:
        """Do what `sort` does, yielding every few milliseconds; ids that go meanwhile are left to the caller.

        Each chunk is sorted alone, then the runs are merged a slice at a time.
        """
        ids = list(rows)
        run_ids: list[str] = []
        run_keys: list[Any] = []
        for start in range(0, len(ids), CHUNK):
            chunk = ids[start : start + CHUNK]
            keys = self._keys(map(rows.__getitem__, chunk))
            for place in sorted(range(len(keys)), key=keys.__getitem__, reverse=self.descending):
                run_ids.append(chunk[place])
                run_keys.append(keys[place])
            yield
        runs = [range(start, min(start + CHUNK, len(ids))) for start in range(0, len(ids), CHUNK)]
        merged = merge(*runs, key=run_keys.__getitem__, reverse=self.descending)
        ordered: list[str] = []
        while slice_of := list(islice(merged, CHUNK)):
            ordered += [run_ids[place] for place in slice_of]
            yield
        return ordered

    def misplaced(self, ids: Sequence[str], place: int, rows: Mapping[str, Any]) -> bool:
        """Tell whether the row at ``place`` no longer stands between its neighbours."""
        around = range(max(0, place - 1), min(len(ids), place + 2))
        keys = self._keys([rows[ids[one]] for one in around])
        pairs = pairwise(keys)
        return any(above < below if self.descending else above > below for above, below in pairs)

    def _keys(self, found: Iterable[Any]) -> list[Any]:
        """Return the keys of rows; a missing one becomes what stands last in this direction."""
        if self.column.sort_keys is not None:
            keys = self.column.sort_keys(found)
        else:
            keys = list(map(self.column.sort_key or _no_key, found))
        some = next((key for key in keys if key is not None), None)
        last: SortKey = -inf if self.descending else inf
        if isinstance(some, str):
            last = "" if self.descending else _LAST_TEXT
        return [last if key is None else key for key in keys]


def _no_key(row: Any) -> SortKey:
    return None


def places_of(ids: Sequence[str], wanted: Collection[str]) -> list[int]:
    """Return the places of the ``wanted`` ids in ``ids``, ascending; ids that are not there are left out."""
    if len(wanted) > 3 or not hasattr(ids, "index"):
        return [place for place, one in enumerate(ids) if one in wanted]
    places = []
    for one in wanted:
        try:
            places.append(ids.index(one))
        except ValueError:
            continue
    return sorted(places)
