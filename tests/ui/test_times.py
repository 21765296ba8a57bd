"""Times in words."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from PySide6.QtWidgets import QApplication

from bcdesk.contract.moments import UNKNOWN
from bcdesk.ui import times

NOW = datetime(2026, 11, 24, 13, 2, 11, tzinfo=UTC).timestamp()


@pytest.fixture(autouse=True)
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    os.environ.pop("TZ", None) if "TZ" not in os.environ else None
    time.tzset()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "just now"),
        (-5, "just now"),
        (59, "just now"),
        (60, "1 min ago"),
        (180, "3 min ago"),
        (3600, "1 hour ago"),
        (7300, "2 hours ago"),
        (86_400, "1 day ago"),
        (86_400 * 29, "29 days ago"),
        (86_400 * 31, "Oct 24, 2026"),
    ],
)
def test_that_the_past_is_relative(seconds: float, words: str) -> None:
    assert times.ago(NOW - seconds, NOW) == words


def test_that_never_and_unknown_differ() -> None:
    assert times.ago(None, NOW) == "Never"
    assert times.ago(UNKNOWN, NOW) == "Unknown"
    assert times.exact(UNKNOWN) == "Unknown"
    assert times.day(None) == "Never"


def test_that_offline_nothing_is_ago() -> None:
    used, seen = NOW - 7200, NOW - 600
    assert times.ago(used, NOW, as_of=seen) == "Tue 12:02"
    assert times.ago_in_full(used, NOW, as_of=seen) == "Tue 12:02, as of Tue 13:52"
    assert "ago" in times.ago_in_full(used, NOW)


def test_that_the_exact_moment_says_its_offset() -> None:
    assert times.exact(NOW) == "Tue, Nov 24, 2026, 14:02:11 (UTC+01:00)"
    summer = datetime(2023, 5, 5, 12, tzinfo=UTC).timestamp()
    assert times.exact(summer) == "Fri, May 5, 2023, 14:00:00 (UTC+02:00)"


def test_that_a_day_is_that_of_this_machine() -> None:
    assert times.day(datetime(2026, 11, 24, 23, 30, tzinfo=UTC).timestamp()) == "Nov 25, 2026"


def test_that_near_moments_are_short_and_clear() -> None:
    assert times.short(NOW, NOW) == "Tue 14:02"
    assert times.short(NOW + 6 * 86_400, NOW) == "Mon 14:02"
    assert times.short(NOW + 7 * 86_400, NOW) == "Dec 1, 2026"


@pytest.mark.parametrize(
    ("seconds", "words", "brief"),
    [
        (30, "30 s", "1 min"), (59.9, "59 s", "1 min"), (300, "5 min", "5 min"), (86_399, "24 h", "1 d"),
        (86_400, "24 h", "1 d"), (86_369, "23 h", "23 h"), (6 * 86_400 + 5, "6 days", "6 d"),
    ],
)  # fmt: skip
def test_that_what_is_ahead_has_words(seconds: float, words: str, brief: str) -> None:
    assert times.until(NOW + seconds, NOW) == words
    assert times.until_brief(NOW + seconds, NOW) == brief
    assert times.until(NOW - 1, NOW) == "now"


def test_that_midnight_is_the_next_one_here() -> None:
    assert times.exact(times.midnight_after(NOW)) == "Wed, Nov 25, 2026, 00:00:00 (UTC+01:00)"


async def test_that_the_ticker_ticks_and_stops(qapp: QApplication) -> None:
    import asyncio

    ticked = asyncio.get_running_loop().create_future()
    ticker = times.Ticker(seconds=0.001)
    ticker.ticked.connect(lambda: None if ticked.done() else ticked.set_result(None))
    await asyncio.wait_for(ticked, 5)
    ticker.stop()
    ticker.deleteLater()


@pytest.mark.parametrize("moment", [-62_135_600_000.0, -1e300, 253_402_300_799.999, 1e300, float("inf"), float("-inf")])
def test_that_a_moment_beyond_the_calendar_has_words_too(moment: float) -> None:
    for words in (times.day(moment), times.exact(moment), times.short(moment, moment), times.ago(moment, 0.0)):
        assert words
    assert times.midnight_after(moment) != moment
