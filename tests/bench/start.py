"""From the start of the process to a painted window, and what the desk holds, against a bare PySide6 window."""

import statistics
import tempfile
from pathlib import Path

from tests.bench.figures import Figure
from tests.bench.processes import timed_answer
from tests.profiles import at_demo

ROUNDS = 7
CHILD = "tests.bench.start_child"


def measure() -> list[Figure]:
    """Start both in turn, after one start of each that warms the file caches."""
    bare, desk, whole = [], [], []
    for number in range(ROUNDS + 1):
        with tempfile.TemporaryDirectory() as folder:
            one, other = timed_answer(CHILD, "bare"), timed_answer(CHILD, "desk", folder)
        if number:
            bare.append(one)
            desk.append(other)
    for _ in range(3):
        with tempfile.TemporaryDirectory() as folder:
            whole.append(timed_answer(CHILD, "online", str(at_demo(Path(folder)))))
    took = [_seconds(one, "painted") for one in desk]
    plainly = [_seconds(one, "painted") for one in bare]
    plain = statistics.median(one["memory"] for one in bare)
    empty = statistics.median(one["memory"] for one in desk)
    online = statistics.median(one["memory"] for one in whole)
    ready = statistics.median(_seconds(one, "online") for one in whole)
    return [
        Figure(
            name="start to painted", unit="x bare window", limit=2.0, aim=1.5,
            value=statistics.median(ours / base for ours, base in zip(took, plainly, strict=True)),
            note=f"{statistics.median(took):.3f} s against {statistics.median(plainly):.3f} s",
        ),
        Figure(
            name="memory when painted", value=empty / plain, unit="x bare window", limit=2.2,
            note=f"PSS {empty / 2**20:.0f} MiB against {plain / 2**20:.0f} MiB",
        ),
        Figure(
            name="memory when online", value=online / plain, unit="x bare window", limit=2.2,
            note=f"PSS {online / 2**20:.0f} MiB; its server is a process of its own",
        ),
        Figure(name="start to online", value=ready, unit="s", note="local server started, demo keys synced"),
    ]  # fmt: skip


def _seconds(run: dict[str, int], until: str) -> float:
    return (run[until] - run["started"]) / 1e9
