"""What a self-test found: one line of JSON, without a secret and without anything of the person who runs it."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Final, TextIO

SECONDS: Final = 90.0
"""How long a check may take."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was tried: its name, whether it holds, what was seen, and how long it took in milliseconds."""

    name: str
    ok: bool
    detail: str
    ms: int


class CheckFailedError(Exception):
    """A check does not hold; its text is shown, so it names no secret."""


class Report:
    """The checks, in the order in which they ran."""

    def __init__(self) -> None:
        """Begin without any."""
        self.checks: list[Check] = []

    @property
    def ok(self) -> bool:
        """Tell whether there were checks and each of them held."""
        return bool(self.checks) and all(check.ok for check in self.checks)

    async def add(self, name: str, work: Callable[[], Awaitable[str]]) -> bool:
        """Run a check; what it returns is its detail. An error that nobody foresaw tells its kind alone."""
        import asyncio

        started = time.monotonic()
        try:
            ok, detail = True, await asyncio.wait_for(work(), SECONDS)
        except CheckFailedError as error:
            ok, detail = False, str(error)
        except TimeoutError:
            ok, detail = False, f"no answer in {SECONDS:.0f} s"
        except Exception as error:  # noqa: BLE001 - whatever is wrong with an installation is what is asked for
            ok, detail = False, type(error).__name__
        self.checks.append(Check(name, ok, detail, round((time.monotonic() - started) * 1000)))
        return ok

    def skip(self, name: str, why: str) -> None:
        """Note a check that could not be tried: it does not hold."""
        self.checks.append(Check(name, False, why, 0))

    def write(self, out: TextIO, facts: dict[str, object]) -> None:
        """Write everything as one line of JSON."""
        whole = {"ok": self.ok, **facts, "checks": [asdict(check) for check in self.checks]}
        out.write(json.dumps(whole, ensure_ascii=False) + "\n")
        out.flush()
