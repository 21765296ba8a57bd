"""What the columns of the keys table say, by the clock and out of contact."""

import pytest

from bcdesk.contract.moments import UNKNOWN
from bcdesk.contract.rows import HandoverRow, KeyRow, RotationRow
from bcdesk.ui import times
from bcdesk.ui.keys.columns import key_columns, key_rows, last_use, status_look, status_rank, status_sentence
from bcdesk.ui.page.moment import Moment
from bcdesk.ui.table.column import Column
from tests.ui.keys.key_rows import DAY, NOW, key_row

ROTATION = RotationRow("waiting", "ver_1", "ver_2", 86_400, None)


def column(one: str, as_of: float | None = None) -> Column:
    return next(found for found in key_columns(lambda: Moment(NOW, as_of)) if found.id == one)


@pytest.mark.parametrize(
    ("row", "look"),
    [
        (key_row(), ("Active", "plain", "")),
        (key_row(expires_at=NOW + 6.5 * DAY), ("Expires in 6 d", "warn", "triangle")),
        (key_row(expires_at=NOW + 20 * DAY), ("Active", "plain", "")),
        (key_row(rotation=ROTATION), ("Rotating", "warn", "triangle")),
        (key_row(handover=HandoverRow("hnd_1", "waiting", NOW + 9)), ("Secret waits", "warn", "triangle")),
        (key_row(status="disabled"), ("Turned off", "neutral", "pause")),
        (key_row(expires_at=NOW), ("Expired", "neutral", "ring")),
        (key_row(status="revoked", revoked_at=NOW, expires_at=NOW), ("Revoked", "bad", "cross")),
    ],
)
def test_that_a_status_is_coloured_only_where_something_is_due(row: KeyRow, look: tuple[str, str, str]) -> None:
    assert status_look(row, NOW) == look


def test_that_never_and_unknown_differ_and_both_stand_last() -> None:
    used = column("last_used")
    never, unknown = key_row(last_used_at=None), key_row(last_used_at=UNKNOWN)
    assert [used.text(never), used.text(unknown)] == ["Never", "Unknown"]
    assert used.sort_key is not None
    assert [used.sort_key(never), used.sort_key(unknown)] == [None, None]


def test_that_out_of_contact_no_time_is_relative() -> None:
    row = key_row(last_used_at=NOW - 7200)
    assert column("last_used").text(row) == "2 hours ago"
    offline = column("last_used", as_of=NOW - 60)
    assert "ago" not in offline.text(row)
    assert offline.tooltip is not None
    assert f"as of {times.short(NOW - 60, NOW)}" in offline.tooltip(row)


def test_that_the_last_use_says_from_where() -> None:
    assert last_use(key_row(), Moment(NOW)).endswith("from 192.0.2.7")


def test_that_a_screen_reader_spells_the_last_four_and_never_the_stars() -> None:
    key = column("key")
    assert key.spoken is not None
    assert key.spoken(key_row(42)) == "Key ending 0 0 4 2"


def test_that_statuses_sort_by_urgency() -> None:
    rows = [
        key_row(handover=HandoverRow("hnd_1", "waiting", NOW + 9)), key_row(expires_at=NOW + DAY),
        key_row(expires_at=NOW + 9 * DAY), key_row(rotation=ROTATION), key_row(), key_row(status="disabled"),
        key_row(expires_at=NOW - 1), key_row(status="revoked", revoked_at=NOW),
    ]  # fmt: skip
    ranks = [status_rank(row, NOW) for row in rows]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) == len(ranks)


def test_that_each_status_has_its_sentence() -> None:
    rows = [
        key_row(), key_row(expires_at=NOW + DAY), key_row(rotation=ROTATION),
        key_row(rotation=ROTATION._replace(state="overlapping", old_retires_at=NOW + 5)),
        key_row(handover=HandoverRow("hnd_1", "waiting", NOW + 9)), key_row(status="disabled"),
        key_row(expires_at=NOW), key_row(status="revoked", revoked_at=NOW),
        key_row(status="revoked", revoked_at=NOW, revoked_reason="Moved away"),
        key_row(status="revoked", revoked_at=NOW, compromised=True),
    ]  # fmt: skip
    sentences = [status_sentence(row, Moment(NOW)) for row in rows]
    assert len(set(sentences)) == len(rows)
    assert "Moved away" in sentences[8]


def test_that_live_rows_are_edged_and_ended_ones_fade() -> None:
    kind = key_rows(lambda: Moment(NOW))
    assert [kind.edge(key_row()), kind.edge(key_row(environment="sandbox"))] == ["live", ""]
    assert [kind.faded(key_row()), kind.faded(key_row(expires_at=NOW))] == [False, True]
