"""A running `bcdesk flow --browser print`, and what it said."""

import json
import os
import signal
import subprocess
from types import TracebackType
from typing import Any, NamedTuple, Self

from tests.e2e.serving import COMMAND

SECONDS = 60
SECRET = "FLOW_TEST_SECRET"


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
    """Starts the verb and hands its first line over; leaving ends it where it still runs."""

    def __init__(self, *arguments: str, secret: str | None = None, stdin: int = subprocess.PIPE) -> None:
        environment = {**os.environ, **({SECRET: secret} if secret is not None else {})}
        more = ("--client-secret-env", SECRET) if secret is not None else ()
        self.process = subprocess.Popen(
            [*COMMAND, "flow", "--browser", "print", *arguments, *more],
            env=environment, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        self.line = self.process.stdout.readline()
        self.first: dict[str, str] = json.loads(self.line) if self.line else {}

    @property
    def url(self) -> str:
        return self.first["authorize_url"]

    @property
    def redirect_uri(self) -> str:
        return self.first["redirect_uri"]

    def end(self, pasted: str = "") -> Ended:
        """Paste a line where there is one, close stdin, and wait for the result."""
        out, err = self.process.communicate(f"{pasted}\n" if pasted else None, timeout=SECONDS)
        lines = [self.line, *out.splitlines()]
        last = lines[-1] if lines[-1] else "{}"
        return Ended(self.process.returncode, json.loads(last), self.line + out + err)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.communicate(timeout=SECONDS)
