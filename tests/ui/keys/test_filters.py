"""What a key needs, when it is over, and which rows a choice shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcdesk.contract.rows import HandoverRow, KeyRow, RotationRow
from bcdesk.ui.keys.filters import (
    ENDED,
    LIVE,
    LONG_ENDED,
    NEEDS,
    SHORT_LIST,
    ended_at,
    facets,
    needs,
    next_change,
    selector,
    status_of,
)  # fmt: skip
from bcdesk.ui.keys.tally import Tally
from tests.ui.keys.key_rows import DAY, NOW, key_row, version_row

ROTATION = RotationRow("waiting", "ver_1", "ver_2", 86_400, None)


def ids(row: KeyRow, now: float = NOW) -> list[str]:
    return [need.id for need in needs(row, now)]


def test_that_a_healthy_key_needs_nobody() -> None:
    assert needs(key_row(), NOW) == ()
    assert facets(key_row(), NOW) == 0


def test_that_a_key_that_ends_within_two_weeks_says_when() -> None:
    assert ids(key_row(expires_at=NOW + 15 * DAY)) == []
    assert needs(key_row(expires_at=NOW + 14 * DAY), NOW) == (("expiring", NOW + 14 * DAY),)


def test_that_a_key_without_rotation_for_90_days_is_old_and_a_rotated_one_is_not() -> None:
    old = key_row(created_at=NOW - 400 * DAY)
    assert needs(old, NOW) == (("old", NOW - 400 * DAY),)
    assert ids(old._replace(versions=(version_row("retired", NOW), version_row("current", NOW - 3 * DAY)))) == []
    assert ids(old._replace(versions=(version_row("current", NOW - 91 * DAY),))) == ["old"]
    assert ids(old._replace(status="disabled")) == []


def test_that_a_rotation_and_a_waiting_secret_need_someone_most_urgent_first() -> None:
    waiting = HandoverRow("hnd_1", "waiting", NOW + DAY)
    row = key_row(rotation=ROTATION, handover=waiting, expires_at=NOW + DAY, created_at=NOW - 400 * DAY)
    assert ids(row) == ["handover", "expiring", "rotating"]
    assert ids(key_row(handover=waiting._replace(expires_at=NOW - 1))) == []
    assert ids(key_row(handover=waiting._replace(state="handed_over"))) == []


@pytest.mark.parametrize("status", ["revoked", "expired"])
def test_that_a_key_that_is_over_needs_nobody(status: str) -> None:
    row = key_row(status=status, revoked_at=NOW - DAY, expires_at=NOW - DAY, rotation=ROTATION)
    assert needs(row, NOW) == ()
    assert ended_at(row, NOW) == NOW - DAY


def test_that_expiry_follows_this_clock_and_the_servers_word_stands() -> None:
    row = key_row(expires_at=NOW + 5)
    assert [status_of(row, NOW), status_of(row, NOW + 5)] == ["active", "expired"]
    assert status_of(key_row(status="expired", expires_at=NOW + 5), NOW) == "expired"
    assert status_of(key_row(status="disabled"), NOW) == "disabled"


def test_that_a_row_that_ended_counts_and_hides_after_90_days() -> None:
    row = key_row(status="revoked", revoked_at=NOW - 89 * DAY, environment="sandbox")
    assert facets(row, NOW) == ENDED
    assert facets(row, NOW + 2 * DAY) == ENDED | LONG_ENDED
    assert facets(row._replace(environment="live"), NOW) == ENDED | LIVE


moments = st.none() | st.floats(NOW - 200 * DAY, NOW + 200 * DAY)


@given(
    created=st.floats(NOW - 200 * DAY, NOW), expires=moments, revoked=moments, handover=moments, retires=moments,
    share=st.floats(0.01, 0.99),
)  # fmt: skip
def test_that_nothing_changes_before_the_next_change(
    created: float, expires: float | None, revoked: float | None, handover: float | None, retires: float | None,
    share: float,
) -> None:  # fmt: skip
    row = key_row(
        created_at=created,
        expires_at=expires,
        revoked_at=revoked,
        handover=None if handover is None else HandoverRow("hnd_1", "waiting", handover),
        rotation=None if retires is None else ROTATION._replace(old_retires_at=retires),
    )
    then = next_change(row, NOW)
    between = NOW + ((then if then is not None else NOW + 1000 * DAY) - NOW) * share
    assert facets(row, between) == facets(row, NOW)
    assert status_of(row, between) == status_of(row, NOW)
    assert ids(row, between) == ids(row)


def rows_of_all_kinds(healthy: int) -> dict[str, KeyRow]:
    rows = [
        key_row(1, expires_at=NOW + DAY),
        key_row(2, environment="sandbox", rotation=ROTATION),
        key_row(3, status="revoked", revoked_at=NOW - DAY),
        key_row(4, status="revoked", revoked_at=NOW - 91 * DAY),
        *(key_row(place) for place in range(5, 5 + healthy)),
    ]
    return {row.id: row for row in rows}


def test_that_each_choice_shows_its_rows_in_their_order() -> None:
    rows = rows_of_all_kinds(SHORT_LIST)
    tally = Tally(rows, NOW)
    order = list(reversed(rows))

    def places(environment: str, status: str) -> list[int]:
        found = selector(rows, tally, environment, status)(order)  # type: ignore[arg-type]
        return [int(one[4:]) for one in found]

    assert places("all", "any") == [*range(SHORT_LIST + 4, 4, -1), 3, 2, 1]
    assert places("sandbox", "any") == [2]
    assert places("all", "needs") == [2, 1]
    assert places("live", "needs") == [1]
    assert places("all", "ended") == [4, 3]
    assert places("sandbox", "ended") == []


def test_that_nothing_hides_in_a_short_list() -> None:
    rows = rows_of_all_kinds(2)
    tally = Tally(rows, NOW)
    assert tally.count(LONG_ENDED) == 1
    assert tally.count(NEEDS) == 2
    assert selector(rows, tally, "all", "any")(list(rows)) == list(rows)
