"""``python -m tests.e2e.kill --rounds 200``: kills desk and server while they work, and checks that nothing is lost."""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from tests.e2e.kill import session
from tests.e2e.kill.child import GoneError
from tests.e2e.kill.headless import Studio
from tests.e2e.kill.headless import play as headless
from tests.e2e.kill.points import BETWEEN, Struck, table
from tests.e2e.kill.window import play as window

LEAST_BETWEEN = 0.2


def main() -> int:
    """Run the rounds in a session of their own, print the histogram, and return 1 where anything was lost."""
    parser = argparse.ArgumentParser("tests.e2e.kill", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200, help="kills in all (%(default)s)")
    parser.add_argument("--windows", type=int, help="how many of them with the whole program; an eighth by default")
    parser.add_argument("--seed", type=int, help="repeats a run's choices, not its moments")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every round and the histogram there")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the data and the logs in this new folder")
    options = parser.parse_args()
    if not session.inside():
        return session.run_inside("tests.e2e.kill", sys.argv[1:])
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    windows = options.windows if options.windows is not None else max(1, options.rounds // 8)
    with tempfile.TemporaryDirectory(prefix="bcdesk-kill-") as temporary:
        home = options.keep.absolute() if options.keep else Path(temporary)
        home.mkdir(parents=True, exist_ok=True)
        return rounds(home, options.rounds, windows, seed, options.json)


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
    between = sum(one.place in BETWEEN for one in struck) / max(1, len(struck))
    print(table(struck))
    print(
        f"seed {seed}; {len(studio.ledger.keys)} keys, {studio.ledger.opened} calls of /v1/beats,"
        f" {time.monotonic() - started:.0f} s"
    )
    print(f"LOST: {lost}" if lost else "nothing acknowledged was lost, nothing doubled, every secret delivered")
    if report is not None:
        report.write_text(
            json.dumps({"seed": seed, "lost": lost, "between": between, "rounds": [asdict(one) for one in struck]})
        )
    return 1 if lost or between < LEAST_BETWEEN else 0


def say(one: Struck) -> None:
    """Print a line for a round."""
    print(
        f"{one.number:>4} {one.program:<8} {one.op:<8} {one.victim:<6} {one.aim:<15} {one.place:<33} {one.outcome:<22}"
        f"{one.seconds:>6.1f} s",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
