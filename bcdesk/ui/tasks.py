"""The one way to start a coroutine from Qt: a scope that holds it, hears its error, and ends it."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Self

log = logging.getLogger(__name__)
OnError = Callable[[BaseException], object]


class TaskScope:
    """Holds the tasks of a window or the program; closing it cancels and awaits them all."""

    def __init__(self, on_error: OnError | None = None) -> None:
        """Send what no task's own ``on_error`` takes to ``on_error``."""
        self._on_error = on_error
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False

    def set_on_error(self, on_error: OnError) -> None:
        """Choose who hears of errors, once there is a window to show them."""
        self._on_error = on_error

    def start(
        self, coro: Coroutine[Any, Any, object], *, name: str, on_error: OnError | None = None
    ) -> asyncio.Task[Any]:
        """Run ``coro`` in the running loop under ``name``; its error goes to ``on_error``, never into silence.

        In a closed scope the coroutine is closed unrun, and the task that returns is cancelled.
        """
        loop = asyncio.get_running_loop() if _running() else asyncio.get_event_loop()
        if self._closed:
            coro.close()
            coro = asyncio.sleep(0)
        task = loop.create_task(coro, name=name)  # the scope holds it: the one place that may
        if self._closed:
            task.cancel()
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._ended(done, on_error))
        return task

    @property
    def names(self) -> tuple[str, ...]:
        """Name the tasks that still run."""
        return tuple(sorted(task.get_name() for task in self._tasks))

    def _ended(self, task: asyncio.Task[Any], on_error: OnError | None) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            return
        log.warning("task %s failed: %s", task.get_name(), type(error).__name__)
        heard = on_error or self._on_error
        if heard is not None:
            heard(error)

    async def close(self) -> None:
        """Cancel every task and wait until the last has ended; nothing starts afterwards."""
        self._closed = True
        while self._tasks:
            tasks = tuple(self._tasks)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._tasks.difference_update(tasks)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def _running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
