"""The real program under a driver, as it is handled and seen from outside."""

import re
from pathlib import Path
from typing import Any

import psutil

from tests.e2e.kill.child import PATIENCE, Child

HOST = re.compile(r"127\.0\.0\.1:\d+")


class Program(Child):
    """The program under a driver, seen from outside."""

    def __init__(self, data: Path, errors: Path, *, module: str = "tests.e2e.kill.driven_process", **env: str) -> None:
        """Start it on ``data``."""
        super().__init__(["-m", module, str(data)], errors, **env)
        self.host = ""
        self.dialogs: list[str] = []

    def next(self, seconds: float = PATIENCE) -> dict[str, Any]:
        """Return the next line, and keep what it says of host and dialogs."""
        line = super().next(seconds)
        if line.get("at") == "link" and (found := HOST.search(line["now"])):
            self.host = found[0]
        if line.get("at") == "dialogs":
            self.dialogs = line["now"]
        return line

    def online(self) -> None:
        """Wait until the desk says that it is connected."""
        self.until(lambda line: line.get("at") == "link" and "connected" in line["now"])

    def do(self, what: str, **more: Any) -> dict[str, Any]:
        """Give an order and return once it is done; say what was on screen where it never is."""
        done = self.attempt(what, **more)
        if done is None:
            seen = self.attempt("seen") or {}
            raise TimeoutError(f"{what} {more} could not be done; dialogs {self.dialogs}: {seen.get('texts')}")
        return done

    def attempt(self, what: str, **more: Any) -> dict[str, Any] | None:
        """Give an order, ``within`` seconds, and return None where that is too short."""
        self.tell(do=what, **more)
        done = self.until(lambda line: line.get("at") == "done" and line.get("did") == what)
        return None if done.get("late") else done

    def open_row(self, name: str) -> None:
        """Search for a key and choose it."""
        self.do("key", keys="Ctrl+F")
        self.do("type", name="keys-search", text=name)
        self.do("row", name=name)

    def server_pid(self) -> int:
        """Return the process id of the program's server."""
        for child in psutil.Process(self.pid).children(recursive=True):
            if "serve" in child.cmdline():
                return int(child.pid)
        return 0
