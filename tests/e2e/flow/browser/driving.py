"""Runs the driver in a process of its own and returns what it told."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[4]


class Driven(NamedTuple):
    """What each scenario came to, what was opened outside, and what Qt and the process said."""

    results: list[dict[str, Any]]
    opened: list[str]
    said: list[str]
    errors: str


def environment(home: Path | None = None) -> dict[str, str]:
    """Return an environment without a screen; the sandbox is off for root alone, where Chromium has none.

    Whatever is written goes to ``home`` where it is named.
    """
    made = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    if home is not None:
        made = {name: value for name, value in made.items() if not name.startswith("XDG_")}
        made |= {"HOME": str(home), "TMPDIR": str(home)}
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        made["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
    return made


def drive(*scenarios: dict[str, Any], home: Path | None = None, timeout: float = 150) -> Driven:
    """Run scenarios one after another in one process, which must end by itself and well."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.flow.browser"], input=json.dumps(scenarios), env=environment(home),
        capture_output=True, text=True, timeout=timeout, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    first, last = (json.loads(line) for line in done.stdout.splitlines())
    return Driven(first["results"], first["opened"], last["said"], done.stderr)


def told(result: dict[str, Any], name: str) -> list[Any]:
    """Return the values of every signal of ``name`` that was heard."""
    return [values[0] if len(values) == 1 else values for one, *values in result["heard"] if one == name]
