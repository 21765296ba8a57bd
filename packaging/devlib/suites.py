"""The checks: linters, types, layers, tests, full-size suites, measurements and pictures."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from devlib import places, session, setup, terminal

T = TypeVar("T")

GROUPS = ("lint", "types", "layers", "tests")
SOAK_TIMEOUT_SECONDS = 1800


@dataclass(frozen=True)
class Step:
    """One static check: the group that --only selects it by, its name, and its command."""

    group: str
    name: str
    command: tuple[str, ...]


# The slowest first: they run two at a time.
STATIC = (
    Step("types", "mypy", ("mypy",)),
    Step("lint", "ruff check", ("ruff", "check", "--no-fix", ".")),
    Step("lint", "ruff format", ("ruff", "format", "--check", ".")),
    Step("layers", "lint-imports", ("lint-imports", "--no-logo")),
)


def test(arguments: list[str]) -> int:
    """Runs the static checks, then the tests; returns 0 when all is well."""
    parser = argparse.ArgumentParser("dev.py test", allow_abbrev=False)
    parser.add_argument("--only", default=",".join(GROUPS), help="some of %(default)s")
    parser.add_argument("--keep-going", action="store_true", help="go on after a failing step")
    options, for_pytest = parser.parse_known_args(arguments)
    groups = set(options.only.split(","))
    if foreign := groups.difference(GROUPS):
        parser.error(f"--only knows {', '.join(GROUPS)}; not {', '.join(sorted(foreign))}")
    timed("set-up", lambda: setup.ready("test"))
    good = _static([step for step in STATIC if step.group in groups])
    if "tests" in groups and (good or options.keep_going):
        good = timed("pytest", lambda: _pytest([part for part in for_pytest if part != "--"])) == 0 and good
    return 0 if good else 1


def soak(arguments: list[str]) -> int:
    """Runs the suites marked `slow` at their full size."""
    setup.ready("test")
    return timed("soak", lambda: _pytest(["-m", "slow", f"--timeout={SOAK_TIMEOUT_SECONDS}", *arguments]))


def bench(arguments: list[str]) -> int:
    """Measures, without a display; the arguments are the bench's own."""
    return _module("tests.bench", arguments)


def shots(arguments: list[str]) -> int:
    """Makes pictures of the program, without a display, in a folder."""
    if not arguments or arguments[0].startswith("-"):
        raise terminal.Stop("usage: python3 packaging/dev.py shots DIR", code=2)
    return _module("tests.shots", [str(Path(arguments[0]).resolve()), *arguments[1:]])


def timed(name: str, work: Callable[[], T]) -> T:
    """Does the work and prints how long it took."""
    started = time.monotonic()
    try:
        return work()
    finally:
        terminal.say(f"{name:<14}{time.monotonic() - started:7.1f} s")


def _static(steps: list[Step]) -> bool:
    def check(step: Step) -> tuple[int, str, float]:
        started = time.monotonic()
        program, *arguments = step.command
        code, said = terminal.output_of([places.tool(program), *arguments], cwd=places.TOP)
        return code, said, time.monotonic() - started

    good = True
    with ThreadPoolExecutor(max_workers=2) as pool:
        waiting = {pool.submit(check, step): step for step in steps}
        for done in as_completed(waiting):
            step, (code, said, seconds) = waiting[done], done.result()
            if code:
                good = False
                terminal.say(f"{said.rstrip()}\nFailed with code {code}: {terminal.shown(step.command)}")
            terminal.say(f"{step.name:<14}{seconds:7.1f} s{'  FAILED' if code else ''}")
    return good


def _pytest(arguments: list[str]) -> int:
    with session.private(display=places.ON_LINUX) as (env, before):
        return terminal.code_of([*before, places.tool("python"), "-m", "pytest", *arguments], cwd=places.TOP, env=env)


def _module(name: str, arguments: list[str]) -> int:
    setup.ready("test")
    with session.private(display=False) as (env, before):
        return terminal.code_of([*before, places.tool("python"), "-m", name, *arguments], cwd=places.TOP, env=env)
