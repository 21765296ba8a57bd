"""The start of the frozen program against the same from the checkout: the desk to its window, the server to its answer.

The desk is watched from outside: the file that it holds its folder by appears as soon as the window is painted.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.figures import Figure, interleaved
from tests.bench.processes import environment

ROUNDS = 15
SECONDS = 60.0
LIMIT = 1.15
SOURCE = (sys.executable, "-m", "bcdesk")


def measure() -> list[Figure]:
    """Start both in turn, after one start of each; nothing where ``BCDESK_FROZEN`` names no frozen program."""
    folder = Path(os.environ.get("BCDESK_FROZEN", "nowhere")).resolve()
    suffix = ".exe" if sys.platform == "win32" else ""
    desk, console = folder / f"bcdesk{suffix}", folder / f"bcdesk-cli{suffix}"
    if not desk.is_file():
        print("BCDESK_FROZEN names no folder of a frozen program", file=sys.stderr)
        return []
    found = []
    for name, start, program in (
        ("frozen start to painted", to_window, desk),
        ("frozen server to ready", to_ready, console if console.is_file() else desk),
    ):
        start(str(program)), start(*SOURCE)
        ours, base, ratio = interleaved(lambda: start(str(program)), lambda: start(*SOURCE), ROUNDS)  # noqa: B023
        note = f"{ours:.3f} s against {base:.3f} s"
        found.append(Figure(name=name, value=ratio, unit="x source", limit=LIMIT, note=note))
    return found


def to_window(*program: str) -> float:
    """Return the seconds from the start of a desk to its painted window."""
    with tempfile.TemporaryDirectory() as folder:
        held = Path(folder) / "desk" / "desk.lock"
        held.parent.mkdir()
        began = time.perf_counter()
        with subprocess.Popen([*program, "--data", folder], env=environment(), cwd=folder) as process:
            try:
                while not held.exists():
                    if process.poll() is not None or time.perf_counter() - began > SECONDS:
                        raise RuntimeError(f"no window came up: {process.poll()}")
                    time.sleep(0.001)
                return time.perf_counter() - began
            finally:
                process.kill()


def to_ready(*program: str) -> float:
    """Return the seconds from the start of a server on an empty folder to its ready line."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        with subprocess.Popen(
            [*program, "serve", "--exit-with-parent", "--data", f"{folder}/server"],
            env=environment(), cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        ) as process:  # fmt: skip
            assert process.stdout is not None
            json.loads(process.stdout.readline())
            took = time.perf_counter() - began
            process.terminate()
            process.wait(SECONDS)
        return took
