"""Which columns fit, and how an arrangement is remembered."""

import json

import pytest

from bcdesk.ui.table.layout import Arrangement, fit, from_text
from tests.ui.table.sample import columns


def test_that_the_stretching_column_takes_what_is_left() -> None:
    widths = fit(columns(), Arrangement(), 700, 1280)
    assert widths == {"name": 490, "size": 80, "group": 90, "actions": 40}
    assert sum(widths.values()) == 700


def test_that_a_column_for_wide_windows_shows_from_that_width_on() -> None:
    assert "wide" not in fit(columns(), Arrangement(), 1200, 1439)
    assert fit(columns(), Arrangement(), 1200, 1440)["wide"] == 100


def test_that_the_most_spare_column_goes_first_and_the_needed_ones_never() -> None:
    assert "group" not in fit(columns(), Arrangement(), 320, 800)
    assert fit(columns(), Arrangement(), 10, 800) == {"name": 120, "actions": 40}


def test_that_a_hidden_column_leaves_its_room() -> None:
    assert fit(columns(), Arrangement(hidden={"size"}), 700, 1280)["name"] == 570


def test_that_an_arrangement_comes_back_as_it_was() -> None:
    chosen = Arrangement({"size": 120}, ["name", "group", "size"], {"group"}, ("size", True))
    assert from_text(chosen.to_text(), columns()) == chosen


@pytest.mark.parametrize(
    "text",
    ["", "no json", "[]", "7", '{"widths": 3, "order": {}, "hidden": 1, "sort": "x"}',
     '{"widths": {"gone": 5, "size": "wide"}, "order": ["gone"], "hidden": ["gone"], "sort": ["gone", true]}'],
)  # fmt: skip
def test_that_a_damaged_arrangement_is_as_none(text: str) -> None:
    assert from_text(text, columns()) == Arrangement()


def test_that_absurd_widths_are_brought_into_bounds() -> None:
    text = json.dumps({"widths": {"size": 90_000, "group": -4}})
    assert from_text(text, columns()).widths == {"size": 1200, "group": 60}
