"""A daemon thread for calls that block: a keyring waits for its prompt, a disk for its platter."""

import asyncio
import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Worker:
    """Runs blocking calls one after another in a thread that never holds up the end of the process."""

    def __init__(self, name: str) -> None:
        """Prepare the thread; it starts with the first call."""
        self._name = name
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def submit(self, call: Callable[[], T]) -> asyncio.Future[T]:
        """Queue ``call`` and return the future of its result, on the running loop."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def settle(result: Any, error: BaseException | None) -> None:
            if future.done():
                return
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

        def run() -> None:
            result, error = None, None
            try:
                result = call()
            except BaseException as raised:  # noqa: BLE001 - it belongs to whoever awaits the future
                error = raised
            if not loop.is_closed():
                loop.call_soon_threadsafe(settle, result, error)

        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name=self._name, daemon=True)
            self._thread.start()
        self._queue.put(run)
        return future

    def stop(self, timeout: float | None = 5.0) -> None:
        """Let queued calls finish, waiting ``timeout`` seconds at most (None: not at all), and end the thread."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            if timeout is not None:
                thread.join(timeout)

    def _serve(self) -> None:
        while (run := self._queue.get()) is not None:
            run()
