"""The offline copy of 100,000 keys: from opening it to a painted table, and a full sync into it beside its floor."""

import statistics
import tempfile
from pathlib import Path

from tests.bench.figures import Figure
from tests.bench.plant import plant
from tests.bench.processes import answer, served, timed_answer
from tests.bench.replay import record
from tests.profiles import at_demo

COUNT = 100_000
ROUNDS = 3


def measure() -> list[Figure]:
    """Open a copy some times, then sync recorded pages."""
    with tempfile.TemporaryDirectory() as folder:
        return [*_opening(Path(folder) / "desk"), *_syncing(Path(folder))]


def _opening(folder: Path) -> list[Figure]:
    child = "tests.bench.cache_open_child"
    answer(child, "fill", str(at_demo(folder)), str(COUNT))
    runs = [timed_answer(child, "open", str(folder), str(COUNT)) for _ in range(ROUNDS)]
    whole = statistics.median((run["painted"] - run["started"]) / 1e9 for run in runs)
    gaps = [run["gap"] * 1000 for run in runs]
    return [
        Figure(
            name="copy opened to painted", unit="s", limit=1.5,
            value=statistics.median((run["painted"] - run["reading"]) / 1e9 for run in runs),
            note=f"{COUNT:,} keys, sorted; {whole:.2f} s from the start of the process",
        ),
        Figure(
            name="memory when painted", value=max(run["memory"] for run in runs) / 2**20, unit="MiB", limit=200,
            note="PSS of the whole desk",
        ),
        Figure(
            name="longest pause while it opens", value=statistics.median(gaps), unit="ms", limit=50, aim=16,
            note=f"runs {', '.join(f'{gap:.0f}' for gap in gaps)} ms; of them computed "
            + ", ".join(f"{run['gap_computed'] * 1000:.0f}" for run in runs),
        ),
    ]  # fmt: skip


def _syncing(folder: Path) -> list[Figure]:
    plant(folder / "server", COUNT)
    recorded = folder / "recorded.json"
    with served("bcdesk", "serve", "--owner-token", "--data", str(folder / "server")) as ready:
        record(ready["base_url"], ready["owner_token"], recorded)
    with served("tests.bench.replay", str(recorded)) as ready:
        run = answer("tests.bench.cache_sync_child", ready["base_url"], str(recorded), str(ROUNDS), timeout=600)
    ratios = [ours / floor for ours, floor in zip(run["ours"], run["floors"], strict=True)]
    return [
        Figure(
            name="full sync beside decode and insert", value=statistics.median(ratios), unit="x", limit=2.5,
            note=f"{run['keys']:,} keys in {statistics.median(run['ours']):.2f} s against "
            f"{statistics.median(run['floors']):.2f} s; client side, recorded pages over loopback",
        ),
        Figure(name="requests of a sync of nothing", value=run["requests"], unit="", limit=1),
    ]  # fmt: skip
