"""Figures, the limits that they must keep, and how both are printed."""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Better = Literal["less", "more"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One value; ``limit`` is what it must keep, ``aim`` what is hoped for, ``base`` what it is held against."""

    name: str
    value: float
    unit: str
    base: float | None = None
    limit: float | None = None
    aim: float | None = None
    better: Better = "less"
    note: str = ""

    @property
    def verdict(self) -> str:
        """Return ``aim`` or ``pass`` where it keeps them, ``miss`` with by how much, or nothing without a limit."""
        if self.limit is None:
            return ""
        if self.aim is not None and self._keeps(self.aim):
            return "aim"
        if self._keeps(self.limit):
            return "pass"
        by = self.value / self.limit if self.better == "less" else self.limit / max(self.value, 1e-12)
        return f"MISS by {by:.2f}x"

    def _keeps(self, bound: float) -> bool:
        return self.value <= bound if self.better == "less" else self.value >= bound

    def to_json(self) -> dict[str, Any]:
        """Return the figure as JSON holds it."""
        return asdict(self) | {"verdict": self.verdict}


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that ``share`` of ``values`` do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def interleaved(ours: Callable[[], float], base: Callable[[], float], rounds: int) -> tuple[float, float, float]:
    """Run both in turn; return the median of ours, of the base, and of the rounds' ratios ours / base."""
    pairs = [(ours(), base()) for _ in range(rounds)]
    return (
        statistics.median(one for one, _ in pairs),
        statistics.median(other for _, other in pairs),
        statistics.median(one / other for one, other in pairs),
    )


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as aligned text."""
    head = ("figure", "value", "against", "limit", "aim", "")
    lines = [head]
    for one in figures:
        sign = "<=" if one.better == "less" else ">="
        lines.append(
            (
                one.name,
                f"{_short(one.value)} {one.unit}".strip(),
                "" if one.base is None else f"{_short(one.base)}",
                "" if one.limit is None else f"{sign} {_short(one.limit)}",
                "" if one.aim is None else f"{sign} {_short(one.aim)}",
                " ".join(filter(None, (one.verdict, f"({one.note})" if one.note else ""))),
            )
        )
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
