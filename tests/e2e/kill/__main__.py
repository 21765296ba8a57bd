"""``python -m tests.e2e.kill --rounds 200``: kills desk and server while they work, and checks that nothing is lost."""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from tests.e2e.kill import session
from tests.e2e.kill.child import GoneError
from tests.e2e.kill.headless import play as headless
from tests.e2e.kill.points import BETWEEN, PLACES, Struck, table
from tests.e2e.kill.studio import Studio
from tests.e2e.kill.window import play as window

LEAST_BETWEEN = 0.2
ENOUGH = 50
"""Rounds from which on the share counts."""


def main() -> int:
    """Run the rounds in a session of their own, print the histogram, and return 1 where anything was lost."""
    parser = argparse.ArgumentParser("tests.e2e.kill", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200, help="kills in all (%(default)s)")
    parser.add_argument("--windows", type=int, help="how many of them with the whole program; an eighth by default")
    parser.add_argument("--seed", type=int, help="repeats a run's choices, not its moments")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every round and the histogram there")
    parser.add_argument(
        "--lanes", type=int, default=1, help="how many runs share the rounds, side by side (%(default)s)"
    )
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the data and the logs in this new folder")
    options = parser.parse_args()
    if options.lanes > 1 and not session.inside():
        return lanes(options)
    if not session.inside():
        return session.run_inside("tests.e2e.kill", sys.argv[1:])
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    windows = options.windows if options.windows is not None else max(1, options.rounds // 8)
    with tempfile.TemporaryDirectory(prefix="bcdesk-kill-") as temporary:
        home = options.keep.absolute() if options.keep else Path(temporary)
        home.mkdir(parents=True, exist_ok=True)
        return rounds(home, options.rounds, windows, seed, options.json)


def lanes(options: argparse.Namespace) -> int:
    """Share the rounds between sessions side by side, each with its own data, and report on all together."""
    windows = options.windows if options.windows is not None else max(1, options.rounds // 8)
    shares = [
        (options.rounds * (lane + 1) // options.lanes - options.rounds * lane // options.lanes,
         windows * (lane + 1) // options.lanes - windows * lane // options.lanes)
        for lane in range(options.lanes)
    ]  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="bcdesk-kill-") as folder, ThreadPoolExecutor(options.lanes) as pool:
        reports = [Path(folder) / f"{lane}.json" for lane in range(options.lanes)]

        def run(lane: int) -> int:
            number, whole = shares[lane]
            arguments = ["--rounds", str(number), "--windows", str(whole), "--json", str(reports[lane])]
            if options.seed is not None:
                arguments += ["--seed", str(options.seed + lane)]
            if options.keep:
                arguments += ["--keep", str(options.keep / str(lane))]
            return session.run_inside("tests.e2e.kill", arguments)

        codes = list(pool.map(run, range(options.lanes)))
        found = [json.loads(report.read_text()) for report in reports if report.exists()]
    struck = [Struck(**one) for each in found for one in each["rounds"]]
    lost = [each["lost"] for each in found if each["lost"]]
    return report_on(struck, lost, options.json, extra={"lanes": [each["seed"] for each in found]}, failed=any(codes))


def report_on(
    struck: list[Struck], lost: list[str], report: Path | None, *, extra: dict[str, object], failed: bool
) -> int:
    """Print the histogram and what was lost, write both down, and return the exit code."""
    between = sum(one.place in BETWEEN for one in struck) / max(1, len(struck))
    print(table(struck))
    print(f"LOST: {lost}" if lost else "nothing acknowledged was lost, nothing doubled, every secret delivered")
    if report is not None:
        rows = [asdict(one) for one in struck]
        counts = {place: sum(one.place == place for one in struck) for place in PLACES}
        report.write_text(
            json.dumps({**extra, "lost": "; ".join(lost), "between": between, "histogram": counts, "rounds": rows})
        )
    return 1 if lost or failed or (len(struck) >= ENOUGH and between < LEAST_BETWEEN) else 0


def rounds(home: Path, number: int, windows: int, seed: int, report: Path | None) -> int:
    """Play the rounds and report; the first loss ends them."""
    studio = Studio(home / "data", random.Random(seed))
    struck: list[Struck] = []
    lost = ""
    started = time.monotonic()
    step = max(1, number // windows) if windows else 0
    try:
        studio.warm_up()
        for one in range(1, number + 1):
            whole = bool(step) and one % step == 0 and sum(each.program == "window" for each in struck) < windows
            play: Callable[[Studio, int], Struck] = window if whole else headless
            struck.append(play(studio, one))
            say(struck[-1])
        studio.start()
        studio.ledger.check_secrets(studio.base_url)
        studio.stop()
        studio.ledger.check_disk(studio.disk)
    except (AssertionError, TimeoutError, GoneError) as error:
        lost = f"round {len(struck) + 1}: {error}"
    finally:
        studio.stop()
    print(
        f"seed {seed}; {len(studio.ledger.keys)} keys, {studio.ledger.opened} calls of /v1/beats,"
        f" {time.monotonic() - started:.0f} s"
    )
    return report_on(struck, [lost] if lost else [], report, extra={"seed": seed}, failed=False)


def say(one: Struck) -> None:
    """Print a line for a round."""
    print(
        f"{one.number:>4} {one.program:<8} {one.op:<8} {one.victim:<6} {one.aim:<15} {one.place:<33} {one.outcome:<22}"
        f"{one.seconds:>6.1f} s",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
