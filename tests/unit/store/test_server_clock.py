"""The time as the server has it stays true when this machine's clock is wrong, is set, or the machine sleeps."""

import pytest

from bcdesk.store.server_clock import ServerClock, SleepWatch, steady
from bcdesk.store.store import Store

NOON, HOUR = 1_790_000_000.0, 3_600.0


class Machine:
    """A machine whose clock anybody can set, and which can sleep."""

    def __init__(self) -> None:
        self.wall, self.passed, self.awake = NOON, 100.0, 100.0

    def goes_on(self, seconds: float) -> None:
        self.wall += seconds
        self.passed += seconds
        self.awake += seconds

    def sleeps(self, seconds: float) -> None:
        self.goes_on(seconds)
        self.awake -= seconds

    def clock(self) -> ServerClock:
        return ServerClock(wall=lambda: self.wall, passed=lambda: self.passed)


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.mark.parametrize("step", [-9 * HOUR, -1.0, 9 * HOUR, 400 * 24 * HOUR])
def test_that_a_clock_which_is_set_changes_no_age(machine: Machine, step: float) -> None:
    clock = machine.clock()
    clock.heard(NOON)
    machine.goes_on(60.0)
    machine.wall += step
    assert clock.now() == NOON + 60.0
    machine.goes_on(60.0)
    assert clock.now() == NOON + 120.0


def test_that_a_clock_which_is_wrong_all_along_changes_no_age(machine: Machine) -> None:
    machine.wall = 0.0
    clock = machine.clock()
    clock.heard(NOON)
    machine.goes_on(HOUR)
    assert clock.now() == NOON + HOUR


def test_that_a_sleep_counts(machine: Machine) -> None:
    clock = machine.clock()
    clock.heard(NOON)
    machine.sleeps(8 * HOUR)
    assert clock.now() == NOON + 8 * HOUR


def test_that_before_any_contact_it_is_not_earlier_than_what_is_known(machine: Machine) -> None:
    clock = machine.clock()
    assert clock.now() == NOON
    clock.known(NOON - HOUR)
    assert clock.now() == NOON
    machine.wall -= 9 * HOUR
    assert clock.now() == NOON - HOUR


def test_that_another_server_begins_anew(machine: Machine) -> None:
    clock = machine.clock()
    clock.known(NOON + HOUR)
    clock.heard(NOON + HOUR)
    clock.forget()
    assert clock.now() == NOON
    store = Store()
    store.clock.heard(0.0)
    store.forget()
    assert store.clock.now() > NOON


def test_that_a_sleep_is_noticed_once_and_a_set_clock_is_none(machine: Machine) -> None:
    slept = SleepWatch(awake=lambda: machine.awake, passed=lambda: machine.passed)
    machine.goes_on(600.0)
    machine.wall += 9 * HOUR
    assert not slept()
    machine.sleeps(60.0)
    assert slept()
    assert not slept()
    machine.sleeps(1.0)
    assert not slept(), "a moment is none"


def test_that_the_steady_clock_goes_forward() -> None:
    assert steady() <= steady()
