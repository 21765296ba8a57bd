"""Counts that follow rows and the clock."""

import random

from bcdesk.contract.rows import KeyRow
from bcdesk.ui.keys.filters import ENDED, LONG_ENDED, NEEDS, SHORT_LIST, facets
from bcdesk.ui.keys.tally import SLICE, Tally
from tests.ui.keys.key_rows import DAY, NOW, key_row


def settle(tally: Tally, now: float) -> set[str]:
    due, more = tally.tick(now)
    while more:
        some, more = tally.tick(now)
        due += some
    return set(due)


def test_that_the_counts_follow_rows_that_come_change_and_go() -> None:
    rows: dict[str, KeyRow] = {}
    tally = Tally(rows, NOW)
    one, two = key_row(1, expires_at=NOW + DAY), key_row(2, environment="sandbox", created_at=NOW - 400 * DAY)
    rows |= {one.id: one, two.id: two}
    tally.update([one.id, two.id], (), NOW)
    assert [tally.needing(), tally.needing("live"), tally.needing("sandbox")] == [2, 1, 1]
    assert tally.having(NEEDS) == {one.id, two.id}
    rows[one.id] = one._replace(status="revoked", revoked_at=NOW)
    tally.update([one.id], (), NOW)
    assert [tally.needing(), tally.ended(), tally.ended("sandbox")] == [1, 1, 0]
    rows.clear()
    tally.update((), [one.id, two.id], NOW)
    assert [tally.needing(), tally.ended()] == [0, 0]
    assert tally.having(NEEDS) == set()


def test_that_the_clock_changes_the_counts_and_names_the_rows() -> None:
    row = key_row(1, expires_at=NOW + 14 * DAY + 60)
    tally = Tally({row.id: row}, NOW)
    assert settle(tally, NOW + 59) == set()
    assert settle(tally, NOW + 61) == {row.id}
    assert tally.needing() == 1
    assert settle(tally, NOW + 14 * DAY + 61) == {row.id}
    assert [tally.needing(), tally.ended()] == [0, 1]


def test_that_rows_may_come_in_any_order() -> None:
    numbers = list(range(60))
    random.Random(2).shuffle(numbers)
    rows: dict[str, KeyRow] = {}
    tally = Tally(rows, NOW)
    for number in numbers:
        row = key_row(number, created_at=NOW - (400 if number % 3 else 4) * DAY)
        rows[row.id] = row
        tally.update([row.id], (), NOW)
    assert tally.having(NEEDS) == {one for one, row in rows.items() if facets(row, NOW) & NEEDS}
    gone = [one for one in rows if rows[one].id.endswith("1")]
    for one in gone:
        del rows[one]
    tally.update((), gone, NOW)
    assert tally.having(NEEDS) == {one for one, row in rows.items() if facets(row, NOW) & NEEDS}
    assert tally.needing() == len(tally.having(NEEDS))


def test_that_hidden_rows_are_counted_only_where_rows_hide() -> None:
    rows = {row.id: row for row in (key_row(n, status="revoked", revoked_at=NOW - 99 * DAY) for n in range(3))}
    assert Tally(rows, NOW).hidden() == 0
    rows |= {row.id: row for row in (key_row(n) for n in range(10, 10 + SHORT_LIST))}
    assert Tally(rows, NOW).hidden() == 3


def test_that_no_tick_looks_through_more_than_a_slice_and_none_is_forgotten() -> None:
    dice = random.Random(5)
    rows = {
        row.id: row
        for row in (
            key_row(
                place,
                environment=dice.choice(["live", "sandbox"]),
                created_at=NOW - dice.uniform(0, 120) * DAY,
                expires_at=dice.choice([None, NOW + dice.uniform(-10, 60) * DAY]),
            )
            for place in range(2 * SLICE + 50)
        )
    }
    tally = Tally(rows, NOW)
    now = NOW
    for step in (0.1, 0.9, 1.0, 0.4, 3.0, 10.0, 45.0, 0.01):
        now += step * DAY
        due, more = tally.tick(now)
        assert len(due) <= 2 * SLICE
        while more:
            due, more = tally.tick(now)
        for flag, count in ((NEEDS, tally.needing()), (ENDED, tally.ended())):
            assert count == sum(1 for row in rows.values() if facets(row, now) & flag)
        assert tally.long_ended == {one for one, row in rows.items() if facets(row, now) & LONG_ENDED}
