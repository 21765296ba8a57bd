"""Packed versions read like the tuple that they stand for, and equal it."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bcdesk.contract.packed import PackedVersions, newest_made, packed
from bcdesk.contract.rows import VersionRow

moments = some.floats(min_value=-1.0, max_value=1e11)
versions = some.builds(
    VersionRow,
    some.text(max_size=40),
    some.text(max_size=6),
    moments,
    some.none() | moments,
    some.none() | moments,
    some.sampled_from(["pending", "current", "retiring", "retired", "revoked"]),
)
ONE = VersionRow("ver_1", "a4f2", 1.5, None, 2.5, "current")


@given(some.lists(versions, max_size=4).map(tuple))
def test_that_what_is_packed_reads_as_it_was(rows: tuple[VersionRow, ...]) -> None:
    found = packed(rows)
    assert type(found).__name__ == PackedVersions.__name__
    assert tuple(found) == rows
    assert found == rows
    assert rows == tuple(found)
    assert packed(rows) == found
    assert hash(found) == hash(rows)
    assert len(found) == len(rows)
    assert bool(found) is bool(rows)
    assert repr(found) == str(found) == repr(rows)
    assert [row in found for row in rows] == [True] * len(rows)


def test_that_it_is_used_as_a_tuple_is() -> None:
    found = packed((ONE, ONE._replace(id="ver_2")))
    assert found[0] == ONE
    assert found[-1].id == "ver_2"
    assert found[:1] == (ONE,)
    assert (*found, ONE) == (ONE, ONE._replace(id="ver_2"), ONE)
    assert (found + (ONE,))[2] == ONE  # noqa: RUF005
    assert found != (ONE,)
    assert found != packed((ONE,))
    assert max(found).id == "ver_2"


@pytest.mark.parametrize("odd", [ONE._replace(id="x" * 256), ONE._replace(state="later"), ONE._replace(id="\ud800")])
def test_that_what_does_not_fit_stays_a_tuple(odd: VersionRow) -> None:
    assert packed((odd,)) == (odd,)
    assert type(packed((odd,))) is tuple


@given(some.lists(versions, max_size=4), some.sets(some.sampled_from(["pending", "current", "retired"])))
def test_that_the_newest_is_found_without_unpacking(found: list[VersionRow], states: set[str]) -> None:
    made = [one.created_at for one in found if one.state in states]
    assert newest_made(packed(tuple(found)), states) == newest_made(tuple(found), states) == max(made, default=None)
