"""The time as the server has it, by a clock that nobody can set: ages stay true when this machine's clock does not.

The desk's own wall clock may be wrong, be set by hours while it runs, or come back wrong from a sleep. What the
server last said of the time, and what passed since by the machine's steady clock, is none of that.
"""

import time
from collections.abc import Callable
from typing import Final

Clock = Callable[[], float]
ASLEEP_SECONDS: Final = 5.0
"""How far the steady clock may run ahead of the waking one before the machine is said to have slept."""


def steady() -> float:
    """Return seconds since some moment, with those that the machine slept; unmoved by whoever sets the clock."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)  # Linux; elsewhere the steady clock goes on while the machine sleeps
    return time.monotonic() if boot is None else time.clock_gettime(boot)


class ServerClock:
    """Answers epoch seconds: the server's once it was heard, before that this machine's."""

    def __init__(self, *, wall: Clock = time.time, passed: Clock = steady) -> None:
        """Begin with this machine's clock, ``wall``; ``passed`` counts seconds that nobody can set."""
        self._wall, self._passed = wall, passed
        self._known = 0.0
        self._heard: tuple[float, float] | None = None

    def forget(self) -> None:
        """Go back to this machine's clock: another server is next."""
        self._known, self._heard = 0.0, None

    def known(self, moment: float) -> None:
        """Take note of a moment that is past for certain, such as the one of which the offline copy is."""
        self._known = max(self._known, moment)

    def heard(self, moment: float) -> None:
        """Take over what the server says it is now."""
        self._heard = (moment, self._passed())

    def now(self) -> float:
        """Return the moment; before the server was heard, one that is past for certain at the earliest."""
        if self._heard is None:
            return max(self._wall(), self._known)
        moment, at = self._heard
        return moment + (self._passed() - at)


class SleepWatch:
    """Called now and then, tells whether the machine slept since the last call."""

    def __init__(self, *, awake: Clock = time.monotonic, passed: Clock = steady) -> None:
        """Compare ``passed``, which counts while the machine sleeps, with ``awake``, which does not."""
        self._awake, self._passed = awake, passed
        self._ahead = passed() - awake()

    def __call__(self) -> bool:
        """Tell whether it slept."""
        before, self._ahead = self._ahead, self._passed() - self._awake()
        return self._ahead - before > ASLEEP_SECONDS
