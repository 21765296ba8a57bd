"""The whole desk while 100,000 keys stream in from a real server: its longest pause, and what a key costs."""

import tempfile
from pathlib import Path

from tests.bench.figures import Figure
from tests.bench.plant import plant
from tests.bench.processes import answer

COUNT = 100_000
ROUNDS = 2


def measure() -> list[Figure]:
    """Let a desk load everything, twice; the worse pause counts."""
    with tempfile.TemporaryDirectory() as folder:
        plant(Path(folder) / "server", COUNT)
        runs = [answer("tests.bench.sync_child", folder, str(COUNT)) for _ in range(ROUNDS)]
    worst = max(runs, key=lambda run: run["gap"])
    others = ", ".join(f"{run['gap'] * 1000:.0f}" for run in runs)
    per_key = max((run["memory_after"] - run["memory_before"]) / run["keys"] for run in runs)
    return [
        Figure(
            name="longest pause during the sync", value=worst["gap"] * 1000, unit="ms", limit=50, aim=16,
            base=worst["idle_gap"] * 1000,
            note=f"runs {others} ms; of the worst the GUI thread computed {worst['gap_computed'] * 1000:.0f} ms; "
            "against the same window idle",
        ),
        Figure(
            name="pause that the desk computed", value=max(run["computed"] for run in runs) * 1000, unit="ms",
            limit=50, aim=16, note="longest stretch of the GUI thread's own work without a turn of its loop",
        ),
        Figure(
            name="memory per key", value=per_key, unit="bytes", limit=1024,
            note=f"whole desk, PSS without files, {runs[0]['keys']:,} keys",
        ),
        Figure(name="sync of all keys", value=max(run["seconds"] for run in runs), unit="s"),
    ]  # fmt: skip
