"""The bench's own parts: a pulse that sees what stops it, and figures that say what they keep."""

import time

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from tests.bench.figures import Figure, interleaved, percentile, table
from tests.bench.heartbeat import Heartbeat
from tests.bench.processes import memory


def test_that_the_pulse_sees_a_window_that_computes(qtbot: QtBot) -> None:
    pulse = Heartbeat()

    def block() -> None:
        until = time.thread_time() + 0.08
        while time.thread_time() < until:
            pass

    pulse.start()
    QTimer.singleShot(20, block)
    qtbot.waitUntil(lambda: pulse.longest.clock > 0.08)
    gap = pulse.stop()
    assert gap.computed > 0.07
    assert pulse.beats > 5


def test_that_a_pulse_which_starts_anew_forgets(qtbot: QtBot) -> None:
    pulse = Heartbeat()
    pulse.start()
    time.sleep(0.05)
    assert pulse.stop().clock >= 0.05
    pulse.start()
    qtbot.waitUntil(lambda: pulse.beats > 3)
    assert pulse.stop().clock < 0.05


@pytest.mark.parametrize(
    ("value", "better", "verdict"),
    [(10, "less", "aim"), (40, "less", "pass"), (100, "less", "MISS by 2.00x"),
     (60, "more", "aim"), (20, "more", "MISS by 2.50x")],
)  # fmt: skip
def test_that_a_figure_says_what_it_keeps(value: float, better: str, verdict: str) -> None:
    aim = 16 if better == "less" else 55
    assert Figure(name="f", value=value, unit="ms", limit=50, aim=aim, better=better).verdict == verdict  # type: ignore[arg-type]


def test_that_the_table_names_every_figure_with_its_verdict() -> None:
    text = table([Figure(name="one", value=1.5, unit="x", limit=2.0), Figure(name="two", value=81234, unit="/s")])
    assert "one" in text
    assert "<= 2" in text
    assert "pass" in text
    assert "81,234 /s" in text


def test_that_ratios_are_of_pairs_made_in_turn() -> None:
    turns: list[str] = []

    def ours() -> float:
        turns.append("ours")
        return 6.0

    def base() -> float:
        turns.append("base")
        return 3.0

    assert interleaved(ours, base, 3) == (6.0, 3.0, 2.0)
    assert turns == ["ours", "base"] * 3


def test_that_percentiles_are_values_that_occurred() -> None:
    assert percentile([1.0, 9.0, 3.0, 2.0], 0.95) == 9.0
    assert percentile([float(number) for number in range(1, 101)], 0.95) == 95.0
    assert percentile([4.0], 0.5) == 4.0


def test_that_what_a_process_holds_grows_with_what_it_keeps() -> None:
    before = memory(kind="Pss_Anon")
    kept = bytearray(b"x") * 32_000_000
    assert 25_000_000 < memory(kind="Pss_Anon") - before < 60_000_000
    del kept
