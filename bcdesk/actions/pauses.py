"""How long the sync waits: for its next round, and for an answer."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from bcdesk.client.errors import Unreachable
from bcdesk.store.server_clock import SleepWatch

T = TypeVar("T")
HEARTBEAT_SECONDS: Final = 30.0
"""How often a server that tells of changes by itself is asked nevertheless."""
_STEP_LEAST: Final = 0.05


class Pauses:
    """The pauses between rounds, which a nudge ends; ``slept`` tells whether the machine slept in the last one."""

    def __init__(self, step: float) -> None:
        """Look each ``step`` seconds whether the machine slept."""
        self.slept = False
        self._step = max(step, _STEP_LEAST)
        self._nudged = asyncio.Event()
        self._sleep = SleepWatch()

    def nudge(self) -> None:
        """End the pause, or the next one where there is none."""
        self._nudged.set()

    def begin(self) -> None:
        """Begin a round: nudges of before are served by it."""
        self._nudged.clear()
        self._sleep()

    async def wait(self, seconds: float, *, longer: Callable[[], bool]) -> None:
        """Wait that long, and up to `HEARTBEAT_SECONDS` in all while ``longer`` holds."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        self.slept = False
        while not (self.slept or self._nudged.is_set()):
            left = begun + (max(seconds, HEARTBEAT_SECONDS) if longer() else seconds) - loop.time()
            if left <= 0:
                return
            try:
                async with asyncio.timeout(min(left, self._step)):
                    await self._nudged.wait()
            except TimeoutError:
                self.slept = self._sleep()


async def within(seconds: float, answer: Awaitable[T]) -> T:
    """Return the answer; raise `Unreachable` where it takes longer: a line that is dead does not always say so."""
    try:
        async with asyncio.timeout(seconds):
            return await answer
    except TimeoutError:
        failure = Unreachable("timeout")
    raise failure
