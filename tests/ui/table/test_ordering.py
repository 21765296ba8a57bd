"""Sorting by a column, at once and in steps."""

import random
from collections.abc import Generator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcdesk.ui.table.ordering import CHUNK, Sorting, places_of
from tests.ui.table.sample import Row, columns

SIZE = columns()[1]


def finish(steps: Generator[None, None, list[str]]) -> tuple[list[str], int]:
    count = 0
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value, count
        count += 1


def rows_with(sizes: list[float | None]) -> dict[str, Row]:
    return {f"r{place}": Row(f"r{place}", "", size) for place, size in enumerate(sizes)}


sizes = st.lists(st.none() | st.integers(0, 9).map(float), max_size=40)


@given(sizes, st.booleans())
def test_that_rows_without_a_value_stand_last_in_either_direction(found: list[float | None], falls: bool) -> None:
    rows = rows_with(found)
    ordered = [rows[one].size for one in Sorting(SIZE, falls).sort(rows)]
    some = [size for size in ordered if size is not None]
    assert some == sorted(some, reverse=falls)
    assert ordered[len(some) :] == [None] * (len(found) - len(some))


@given(sizes, st.booleans())
def test_that_equal_rows_keep_their_order(found: list[float | None], falls: bool) -> None:
    rows = rows_with(found)
    ordered = Sorting(SIZE, falls).sort(rows)
    for value in set(found):
        same = [int(one[1:]) for one in ordered if rows[one].size == value]
        assert same == sorted(same)


def test_that_sorting_in_steps_comes_to_the_same_as_sorting_at_once() -> None:
    random.seed(7)
    count = 3 * CHUNK + 17
    rows = rows_with([random.choice([None, random.random(), 0.5]) for _ in range(count)])
    for falls in (False, True):
        stepped, steps = finish(Sorting(SIZE, falls).sort_steps(rows))
        assert stepped == Sorting(SIZE, falls).sort(rows)
        assert steps >= 4


@given(sizes, st.booleans())
def test_that_no_row_of_a_sorted_list_is_misplaced(found: list[float | None], falls: bool) -> None:
    rows, by = rows_with(found), Sorting(SIZE, falls)
    ordered = by.sort(rows)
    assert not any(by.misplaced(ordered, place, rows) for place in range(len(ordered)))


def test_that_a_row_out_of_place_is_found_by_its_neighbours() -> None:
    rows, by = rows_with([1, 5, 3]), Sorting(SIZE, False)
    assert [by.misplaced(list(rows), place, rows) for place in range(3)] == [False, True, True]


def test_that_places_are_found_whether_few_or_many_are_asked_for() -> None:
    ids = [f"r{place}" for place in range(50)]
    assert places_of(ids, ("r40", "gone", "r3")) == [3, 40]
    assert places_of(ids, {"r9", "r1", "r2", "r30", "gone"}) == [1, 2, 9, 30]


@pytest.mark.parametrize("falls", [False, True])
def test_that_texts_without_a_value_stand_last_too(falls: bool) -> None:
    rows = {f"r{place}": Row(f"r{place}", name, None) for place, name in enumerate(["b", "", "a", "c"])}
    column = replace(columns()[0], sort_key=lambda row: row.name or None)
    ordered = [rows[one].name for one in Sorting(column, falls).sort(rows)]
    assert ordered == [*sorted(["a", "b", "c"], reverse=falls), ""]


def test_that_keys_made_in_bulk_sort_alike() -> None:
    rows = {f"r{place}": Row(f"r{place}", name, None) for place, name in enumerate(["b", "A", "c"])}
    one = columns()[0]
    bulk = replace(one, sort_keys=lambda found: [row.name.casefold() for row in found])
    assert Sorting(bulk, True).sort(rows) == Sorting(one, True).sort(rows)
