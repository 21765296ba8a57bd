"""Orders row ids by a column: at once for a click, or in short steps while rows still stream in."""

from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bcdesk.ui.table.column import Column, SortKey

CHUNK: Final = 4_000
"""Rows sorted in one step; a step of this size takes 2 to 3 ms."""

Keys = Callable[[Any], SortKey]


def _keys(ids: Iterable[str], rows: Mapping[str, Any], key: Keys) -> list[Any]:
    return list(map(key, map(rows.__getitem__, ids)))


def _present(ids: list[str], keys: list[Any]) -> tuple[list[str], list[Any], list[str]]:
    """Split off the ids without a key, which stand last whatever the direction."""
    if None not in keys:
        return ids, keys, []
    last = [one for one, key in zip(ids, keys, strict=True) if key is None]
    ids = [one for one, key in zip(ids, keys, strict=True) if key is not None]
    return ids, [key for key in keys if key is not None], last


def _arranged(keys: list[Any], descending: bool) -> list[int]:
    return sorted(range(len(keys)), key=keys.__getitem__, reverse=descending)


def sort_ids(ids: list[str], rows: Mapping[str, Any], key: Keys, descending: bool) -> list[str]:
    """Return ``ids`` ordered by ``key``; equals keep their order, rows without a key stand last."""
    ids, keys, last = _present(ids, _keys(ids, rows, key))
    return [ids[place] for place in _arranged(keys, descending)] + last


def sort_steps(
    ids: list[str], rows: Mapping[str, Any], key: Keys, descending: bool
) -> Generator[None, None, list[str]]:
    """Do what `sort_ids` does, yielding every few milliseconds; the caller keeps ``ids`` unchanged meanwhile.

    Each chunk is sorted alone; the last step merges sorted runs, which timsort does in about one pass.
    """
    run_ids: list[str] = []
    run_keys: list[Any] = []
    rest: list[str] = []
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        chunk, keys, last = _present(chunk, _keys(chunk, rows, key))
        places = _arranged(keys, descending)
        run_ids += [chunk[place] for place in places]
        run_keys += [keys[place] for place in places]
        rest += last
        yield
    places = _arranged(run_keys, descending)
    yield
    return [run_ids[place] for place in places] + rest


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


@dataclass(frozen=True, slots=True)
class Sorting:
    """A column that sorts, and the direction."""

    column: Column
    descending: bool

    @property
    def key(self) -> Keys:
        """Return what the column sorts by."""
        return self.column.sort_key or _no_key

    def sort(self, ids: list[str], rows: Mapping[str, Any]) -> list[str]:
        """Return ``ids`` in order."""
        return sort_ids(ids, rows, self.key, self.descending)

    def misplaced(self, ids: Sequence[str], place: int, rows: Mapping[str, Any]) -> bool:
        """Tell whether the row at ``place`` no longer stands between its neighbours."""
        if place and self._wrong(rows[ids[place - 1]], rows[ids[place]]):
            return True
        return place + 1 < len(ids) and self._wrong(rows[ids[place]], rows[ids[place + 1]])

    def _wrong(self, above: Any, below: Any) -> bool:
        first: Any = self.key(above)
        second: Any = self.key(below)
        if first is None or second is None:
            return first is None and second is not None
        return bool(first < second if self.descending else first > second)


def _no_key(row: Any) -> SortKey:
    return None
