"""Counts what needs someone and what is over, kept current by id and by the clock without scanning all rows."""

import heapq
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import compress
from typing import Final

from bcdesk.contract.rows import KeyRow
from bcdesk.ui.keys.filters import ENDED, LIVE, LONG_ENDED, NEEDS, SHORT_LIST, Environment, facets, next_change

AHEAD: Final = 26 * 3_600.0
"""How far ahead moments are kept, in seconds; a day later all rows are looked through again, a slice at a time."""
RENEW: Final = 2 * 3_600.0
SLICE: Final = 2_000
"""Rows looked through in one go, about 3 ms."""


class Tally:
    """Knows the `facets` of every row, in one byte each, and which row the clock changes next."""

    def __init__(self, rows: Mapping[str, KeyRow], now: float) -> None:
        """Count over ``rows``, which are read live; `update` says what of them changed."""
        self.long_ended: set[str] = set()
        self._rows = rows
        self._ids: list[str] = []  # sorted, as the server's lists are: new ones mostly go to the end
        self._flags = bytearray()
        self._counts: Counter[int] = Counter()
        self._due: list[tuple[float, str]] = []
        self._until = now + AHEAD
        self._to_scan: list[str] = []
        self.update(list(rows), (), now)

    def count(self, facet: int, environment: Environment = "all") -> int:
        """Count the rows of an environment that have ``facet``."""
        return sum(
            number
            for flags, number in self._counts.items()
            if flags & facet and (environment == "all" or bool(flags & LIVE) == (environment == "live"))
        )

    def having(self, facet: int) -> set[str]:
        """Return the ids of the rows that have ``facet``."""
        has = bytes(bool(flags & facet) for flags in range(256))
        return set(compress(self._ids, self._flags.translate(has)))

    def needing(self, environment: Environment = "all") -> int:
        """Count the rows that need someone."""
        return self.count(NEEDS, environment)

    def ended(self, environment: Environment = "all") -> int:
        """Count the rows that are over, hidden ones included."""
        return self.count(ENDED, environment)

    def hidden(self, environment: Environment = "all") -> int:
        """Count the rows that were over long enough to hide."""
        return self.count(LONG_ENDED, environment) if len(self._rows) > SHORT_LIST else 0

    def update(self, changed: Iterable[str], removed: Iterable[str], now: float) -> None:
        """Follow rows that came, changed or went."""
        gone = set(removed)
        if gone and not self._rows:  # nothing is left to tell from what is gone
            self._ids, self._flags, self._due = [], bytearray(), []
            self._counts.clear()
            self.long_ended.clear()
        elif gone:
            kept = [one not in gone for one in self._ids]
            for flags in compress(self._flags, [not one for one in kept]):
                self._counts[flags] -= 1
            self._ids, self._flags = list(compress(self._ids, kept)), bytearray(compress(self._flags, kept))
            self.long_ended -= gone
        for one in changed:
            self._look(one, now)

    def _place(self, one: str) -> int:
        """Return where the flags of a row are, making room for a new one."""
        if not self._ids or self._ids[-1] < one:
            place = len(self._ids)
        else:
            place = bisect_left(self._ids, one)
            if self._ids[place] == one:
                return place
        self._ids.insert(place, one)
        self._flags.insert(place, 0)
        self._counts[0] += 1
        return place

    def _look(self, one: str, now: float) -> bool:
        row = self._rows.get(one)
        if row is None:
            return False
        place, flags = self._place(one), facets(row, now)
        before = self._flags[place]
        if flags != before:
            self._counts[before] -= 1
            self._counts[flags] += 1
            self._flags[place] = flags
            (self.long_ended.add if flags & LONG_ENDED else self.long_ended.discard)(one)
        moment = next_change(row, now)
        if moment is not None and moment <= self._until:
            heapq.heappush(self._due, (moment, one))
        return flags != before

    def tick(self, now: float) -> tuple[list[str], bool]:
        """Follow the clock: return the ids that it changed, and whether more is to be looked through right away."""
        due: list[str] = []
        while self._due and self._due[0][0] <= now and len(due) < SLICE:
            due.append(heapq.heappop(self._due)[1])
        for one in due:
            self._look(one, now)
        if self._until - now < RENEW and not self._to_scan:
            self._until = now + AHEAD
            self._due = []
            self._to_scan = list(self._rows)
        scanned, self._to_scan = self._to_scan[-SLICE:], self._to_scan[:-SLICE]
        due += [one for one in scanned if self._look(one, now)]
        return due, bool(self._to_scan) or bool(self._due and self._due[0][0] <= now)
