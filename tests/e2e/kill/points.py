"""Where a kill is aimed, and where it turned out to have struck."""

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

Op = Literal["create", "rotate", "replace", "revoke", "leak"]
Victim = Literal["desk", "server", "both"]
T = TypeVar("T")

AFTER_COMMIT: Final = "committed, reply not taken"
BEFORE_SHOWN: Final = "reply taken, not shown"
PLACES: Final = (
    "before the journal",
    "in the journal, not committed",
    AFTER_COMMIT,
    BEFORE_SHOWN,
    "shown, not copied",
    "being copied",
    "copied, server not told",
    "server told, journal open",
    "handed over, all told",
    "revoke: not committed",
    "revoke: committed, not answered",
    "revoke: answered",
)
BETWEEN: Final = (AFTER_COMMIT, BEFORE_SHOWN)
"""Between the server's commit and the reveal."""

AIMS: Final = {
    "clock": 20,
    "request held": 6,
    "reply held": 20,
    "half a reply": 6,
    "journal 1": 4,
    "journal 2": 10,
    "journal 3": 5,
    "journal 4": 5,
    "journal 6": 3,
    "journal temp": 4,
    "log written": 8,
    "ack held": 5,
    "ack reply held": 4,
}
"""Each aim with its weight: by the clock, the proxy, the n-th event of the journal on disk, the database's log."""
WINDOW_AIMS: Final = {
    "clock": 4,
    "commit": 8,
    "journal 1": 2,
    "journal 2": 5,
    "journal 3": 2,
    "journal 4": 2,
    "log written": 5,
    "shown": 2,
}
"""Those of the whole program: ``commit`` stops the desk, waits until the change is in the database, and kills."""
OPS: Final[dict[Op, int]] = {"create": 50, "rotate": 20, "replace": 6, "revoke": 14, "leak": 10}
VICTIMS: Final[dict[Victim, int]] = {"desk": 50, "server": 30, "both": 20}
WINDOW_OPS: Final[dict[Op, int]] = {"create": 60, "rotate": 25, "revoke": 15}
WINDOW_VICTIMS: Final[dict[Victim, int]] = {"desk": 65, "server": 35}
REVOKE_AIMS: Final = ("clock", "request held", "reply held", "half a reply", "log written")


@dataclass
class Struck:
    """One round: what was aimed at, where it struck, and what came of it."""

    number: int
    program: str
    op: str
    victim: str
    aim: str
    place: str = ""
    outcome: str = ""
    seconds: float = 0.0


def drawn(dice: random.Random, weights: Mapping[T, int]) -> T:
    """Draw one by its weight."""
    return dice.choices(list(weights), list(weights.values()))[0]


def choose_aim(dice: random.Random, op: Op, victim: Victim, aims: dict[str, int]) -> str:
    """Draw an aim that ``op`` and ``victim`` have."""
    fit = {
        aim: weight
        for aim, weight in aims.items()
        if (op not in ("revoke",) or aim in (*REVOKE_AIMS, "commit"))
        and not (victim == "server" and aim in ("journal temp", "journal 6", "commit"))
    }
    return drawn(dice, fit)


def place_of(op: Op, *, committed: bool, entry: str | None, shown: bool, answered: bool, server_told: bool) -> str:
    """Name the moment of a kill from what it left behind."""
    if op == "revoke":
        return f"revoke: {'answered' if answered else 'committed, not answered' if committed else 'not committed'}"
    if entry is None:
        return "handed over, all told" if committed else "before the journal"
    if entry == "sealed":
        return AFTER_COMMIT if committed else "in the journal, not committed"
    if entry == "waiting":
        return "shown, not copied" if shown else BEFORE_SHOWN
    if entry == "copying":
        return "being copied"
    return "server told, journal open" if server_told else "copied, server not told"


def table(rounds: list[Struck]) -> str:
    """Return the histogram of the kill points as text."""
    columns = [("desk", "headless"), ("server", "headless"), ("both", "headless"), ("desk", "window"),
               ("server", "window")]  # fmt: skip
    counts = Counter((one.place, one.victim, one.program) for one in rounds)
    width = max(map(len, PLACES)) + 2
    lines = [f"{'where the kill struck':<{width}}  all " + "".join(f"{f'{v}/{p[:4]}':>12}" for v, p in columns)]
    for place in PLACES:
        total = sum(count for (one, _, _), count in counts.items() if one == place)
        cells = "".join(f"{counts[place, victim, program] or '·':>12}" for victim, program in columns)
        bar = "#" * round(60 * total / max(1, len(rounds)))
        mark = " *" if place in BETWEEN else "  "
        lines.append(f"{place + mark:<{width}}{total:>5} {cells}  {bar}")
    between = sum(one.place in BETWEEN for one in rounds)
    share = 100 * between / max(1, len(rounds))
    lines.append(f"{len(rounds)} kills; * between the server's commit and the reveal: {between} ({share:.0f} %)")
    ops = Counter(one.op for one in rounds)
    outcomes = Counter(one.outcome for one in rounds)
    lines.append("operations: " + ", ".join(f"{op} {count}" for op, count in ops.most_common()))
    lines.append("outcomes:   " + ", ".join(f"{outcome} {count}" for outcome, count in outcomes.most_common()))
    return "\n".join(lines)
