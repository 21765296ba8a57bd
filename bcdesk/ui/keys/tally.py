"""Counts what needs someone and what is over, kept current by id and by the clock without scanning all rows."""

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from bcdesk.contract.rows import KeyRow
from bcdesk.ui.keys.filters import ENDED, LIVE, LONG_ENDED, NEEDS, SHORT_LIST, Environment, facets, next_change

AHEAD: Final = 26 * 3_600.0
"""How far ahead moments are kept, in seconds; a day later all rows are looked through again, a slice at a time."""
RENEW: Final = 2 * 3_600.0
SLICE: Final = 2_000
"""Rows looked through in one go, about 3 ms."""


class Tally:
    """Knows the `facets` of every row that has any, and which row the clock changes next."""

    def __init__(self, rows: Mapping[str, KeyRow], now: float) -> None:
        """Count over ``rows``, which are read live; `update` says what of them changed."""
        self.flags: dict[str, int] = {}
        self.long_ended: set[str] = set()
        self._rows = rows
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
        for one in removed:
            self._counts[self.flags.pop(one, 0)] -= 1
            self.long_ended.discard(one)
        for one in changed:
            self._look(one, now)

    def _look(self, one: str, now: float) -> bool:
        row = self._rows.get(one)
        if row is None:
            return False
        before, flags = self.flags.get(one, 0), facets(row, now)
        if flags != before:
            self._counts[before] -= 1
            self._counts[flags] += 1
            if flags:
                self.flags[one] = flags
            else:
                del self.flags[one]
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
