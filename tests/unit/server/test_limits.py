"""A key's window: never more than its limit in any 60 seconds, and what the headers say is true."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from bcdesk.server.limits import Limits, LimitsError


class Clock:
    """A clock that stands where it is put; the limits library reads it instead of the system's."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Put a standing clock under the limits library (a third party's, which takes none as an argument)."""
    import limits.storage.memory

    clock = Clock()
    monkeypatch.setattr(limits.storage.memory, "time", clock)
    monkeypatch.setattr("bcdesk.server.limits.time", clock)
    return clock


def test_that_exactly_a_thousand_of_1100_calls_by_8_threads_pass() -> None:
    limits = Limits()
    limits.warm()
    start = threading.Barrier(8)

    def call(count: int) -> int:
        start.wait()
        return sum(limits.take("key_1", "live").allowed for _ in range(count))

    with ThreadPoolExecutor(8) as pool:
        passed = sum(pool.map(call, [138, 138, 138, 138, 137, 137, 137, 137]))
    assert passed == 1000


def test_that_no_window_of_60_seconds_holds_more_than_the_limit(clock: Clock) -> None:
    limits = Limits()
    passed: list[float] = []
    for step in range(4000):
        clock.now += 0.041 if step % 700 < 600 else 0.2
        if limits.take("key_1", "live").allowed:
            passed.append(clock.now)
    assert len(passed) > 2000, "the clock moved on, so more than two windows' worth must have passed"
    worst = max(sum(1 for other in passed if at - 60 <= other <= at) for at in passed)
    assert worst == 1000


def test_that_a_sandbox_key_may_call_60_times_a_minute(clock: Clock) -> None:
    limits = Limits()
    assert [limits.take("key_1", "sandbox").allowed for _ in range(61)] == [True] * 60 + [False]
    clock.now += 60.001
    assert limits.take("key_1", "sandbox").allowed


def test_that_keys_do_not_share_a_window() -> None:
    limits = Limits()
    for _ in range(60):
        limits.take("key_1", "sandbox")
    assert not limits.take("key_1", "sandbox").allowed
    assert limits.take("key_2", "sandbox").allowed


def test_that_waiting_as_long_as_told_is_long_enough(clock: Clock) -> None:
    limits = Limits()
    for _ in range(60):
        limits.take("key_1", "sandbox")
        clock.now += 0.5
    refused = limits.take("key_1", "sandbox")
    assert not refused.allowed
    assert refused.retry_after == 30
    clock.now += refused.retry_after + 0.001
    assert limits.take("key_1", "sandbox").allowed


def test_that_the_headers_are_those_of_the_draft_that_the_document_names(clock: Clock) -> None:
    verdict = Limits().take("key_1", "live")
    assert verdict.headers == {"RateLimit-Policy": '"key";q=1000;w=60', "RateLimit": '"key";r=999;t=60'}
    problem = verdict.problem()
    assert (problem.status, problem.headers["Retry-After"]) == (429, "60")


def test_that_a_store_that_does_not_answer_is_said_without_its_address() -> None:
    with pytest.raises(LimitsError) as caught:
        Limits("redis://:password@127.0.0.1:1/0").warm()
    assert "password" not in str(caught.value)


def test_that_a_call_costs_little() -> None:
    limits = Limits()
    limits.warm()
    started = time.perf_counter()
    for number in range(2000):
        limits.take(f"key_{number % 20}", "live")
    assert (time.perf_counter() - started) / 2000 < 0.001
