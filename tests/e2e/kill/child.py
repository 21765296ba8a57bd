"""A process under test that takes orders and tells what it does as JSON lines, and that can be killed at any moment."""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.e2e.kill.session import TOP

PATIENCE = 60.0


class GoneError(Exception):
    """The process ended while something was expected of it."""


class Child:
    """One process; `told` keeps every line that it wrote, also after its death."""

    def __init__(self, arguments: Sequence[str], errors: Path, **environment: str) -> None:
        """Start ``python`` with ``arguments``; its stderr is added to ``errors``."""
        with errors.open("ab") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=TOP,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
            )
        self.errors = errors
        self.told: list[dict[str, Any]] = []
        self.raw = bytearray()
        self._lines: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def tell(self, **order: Any) -> None:
        """Give an order; one that comes too late is lost with its process."""
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(order).encode() + b"\n")
            self.process.stdin.flush()

    def next(self, seconds: float = PATIENCE) -> dict[str, Any]:
        """Return the next line; raise `GoneError` where there is none to come."""
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            raise TimeoutError(f"nothing came; the last lines were {self.places()[-5:]}") from None
        if line is None:
            self._lines.put(None)
            raise GoneError(f"the process ended; the last lines were {self.places()[-5:]}")
        return line

    def until(self, wanted: Callable[[dict[str, Any]], bool], seconds: float = PATIENCE) -> dict[str, Any]:
        """Return the first line that is ``wanted``."""
        end = time.monotonic() + seconds
        while True:
            line = self.next(max(0.1, end - time.monotonic()))
            if wanted(line):
                return line

    def at(self, *places: str, seconds: float = PATIENCE) -> dict[str, Any]:
        """Return the first line that says one of ``places``."""
        return self.until(lambda line: line.get("at") in places, seconds)

    def places(self) -> list[str]:
        """Return what the lines said, without any value."""
        return [str(line.get("at") or sorted(line)) for line in self.told]

    def kill(self) -> None:
        """End it by SIGKILL and read what it had written."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def stop(self, number: int = signal.SIGTERM, seconds: float = 30.0) -> int:
        """Ask it to end and return the exit code."""
        if self.alive:
            self.process.send_signal(number)
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            code = self.process.wait()
        self.drain()
        return code

    def drain(self) -> None:
        """Wait until it is gone and all that it wrote is read."""
        self.process.wait()
        self._reader.join(10)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for raw in self.process.stdout:
            self.raw += raw
            try:
                line = json.loads(raw)
            except ValueError:
                continue  # cut by the kill
            self.told.append(line)
            self._lines.put(line)
        self._lines.put(None)
