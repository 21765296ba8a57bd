"""A running `bcdesk flow --browser print`, and what it said."""

import json
import os
import signal
import subprocess
from functools import cached_property
from types import TracebackType
from typing import Any, NamedTuple, Self

from tests.e2e.serving import COMMAND

SECONDS = 60
SECRET = "FLOW_TEST_SECRET"
CUSTOM = "beatfusion://callback"
PUBLIC = ("--client-id", "client_5f82a4b7e9d287a3b5", "--redirect-uri", CUSTOM, "--scope", "user.profile beats.read")
"""The mobile application of the demo data."""


class Ended(NamedTuple):
    """How it ended: its exit code, the result line, and all that it wrote."""

    code: int
    result: dict[str, Any]
    said: str

    @property
    def steps(self) -> dict[str, dict[str, Any]]:
        """Return the steps by their names, the last of each."""
        return {step["name"]: step for step in self.result["steps"]}


class Flow:
    """Starts the verb; its first line is read when it is asked for, and leaving ends it where it still runs."""

    def __init__(self, *arguments: str, secret: str | None = None, stdin: int = subprocess.PIPE) -> None:
        environment = {**os.environ, **({SECRET: secret} if secret is not None else {})}
        more = ("--client-secret-env", SECRET) if secret is not None else ()
        self.process = subprocess.Popen(
            [*COMMAND, "flow", "--browser", "print", *arguments, *more],
            env=environment, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._line = ""

    @cached_property
    def first(self) -> dict[str, str]:
        assert self.process.stdout is not None
        self._line = self.process.stdout.readline()
        found: dict[str, str] = json.loads(self._line) if self._line else {}
        return found

    @property
    def url(self) -> str:
        return self.first["authorize_url"]

    @property
    def redirect_uri(self) -> str:
        return self.first["redirect_uri"]

    def end(self, pasted: str = "") -> Ended:
        """Paste a line where there is one, close stdin, and wait for the result."""
        out, err = self.process.communicate(f"{pasted}\n" if pasted else None, timeout=SECONDS)
        lines = (self._line + out).splitlines()
        return Ended(self.process.returncode, json.loads(lines[-1]) if lines else {}, self._line + out + err)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.communicate(timeout=SECONDS)
