"""A `bcdesk watch` process for tests: its lines are read as they come."""

import contextlib
import json
import os
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from typing import Any

from tests.e2e.serving import COMMAND, STOP_SECONDS

SECONDS = 30


class Watched:
    """What a watching process has told so far."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.process = process
        self.lines: list[dict[str, Any]] = []
        self._rest = b""

    def until(self, code: str) -> dict[str, Any]:
        """Read until a diagnosis of that code comes, and return it."""
        return self._until(lambda line: line.get("diagnosis", {}).get("code") == code)["diagnosis"]  # type: ignore[no-any-return]

    def until_hop(self, endpoint: str) -> dict[str, Any]:
        """Read until a hop at that endpoint comes, and return it."""
        return self._until(lambda line: line.get("hop", {}).get("endpoint") == endpoint)["hop"]  # type: ignore[no-any-return]

    def _until(self, wanted: Any) -> dict[str, Any]:
        deadline = time.monotonic() + SECONDS
        for line in self.lines:
            if wanted(line):
                return line
        while True:
            for line in self._read(deadline):
                self.lines.append(line)
            for line in self.lines:
                if wanted(line):
                    return line

    def _read(self, deadline: float) -> list[dict[str, Any]]:
        assert self.process.stdout is not None
        number = self.process.stdout.fileno()
        ready, _, _ = select.select([number], [], [], max(0.0, deadline - time.monotonic()))
        data = os.read(number, 65_536) if ready else b""
        assert data, f"it did not come; there were {[next(iter(line)) for line in self.lines]}"
        *whole, self._rest = (self._rest + data).split(b"\n")
        return [json.loads(line) for line in whole]

    def stop(self, number: int = signal.SIGINT) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS)


@contextlib.contextmanager
def watching(client_id: str, *arguments: str, **more: Any) -> Iterator[Watched]:
    """Watch a client until the block ends; it must end well unless the test ended it."""
    command = (*COMMAND, "watch", "--client", client_id, "--json", *arguments)
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, **more) as process:
        watched = Watched(process)
        try:
            yield watched
        finally:
            if process.poll() is None:
                assert watched.stop() == 0
