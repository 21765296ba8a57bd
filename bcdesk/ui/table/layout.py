"""Which columns fit, how wide each is, and how a table's arrangement is remembered: no widget, only numbers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from bcdesk.ui.table.column import Column

WIDEST = 1_200


@dataclass(slots=True)
class Arrangement:
    """What the user chose: widths in pixels, order, hidden columns, and the sorting."""

    widths: dict[str, int] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    sort: tuple[str, bool] | None = None

    def to_text(self) -> str:
        """Return the arrangement as text that `from_text` reads."""
        return json.dumps(
            {"widths": self.widths, "order": self.order, "hidden": sorted(self.hidden), "sort": self.sort}
        )


def from_text(text: str, columns: Sequence[Column]) -> Arrangement:
    """Read an arrangement; what is unknown, damaged or out of range in it is left out."""
    known = {column.id: column for column in columns}
    try:
        data = json.loads(text) if text else {}
    except ValueError:
        data = {}
    if not isinstance(data, dict):
        data = {}
    made = Arrangement()
    widths = data.get("widths")
    for one, width in widths.items() if isinstance(widths, dict) else ():
        if one in known and isinstance(width, int):
            made.widths[one] = max(known[one].least, min(width, WIDEST))
    order = data.get("order")
    made.order = [one for one in order if one in known] if isinstance(order, list) else []
    hidden = data.get("hidden")
    made.hidden = {one for one in hidden if one in known} if isinstance(hidden, list) else set()
    sort = data.get("sort")
    if isinstance(sort, list) and len(sort) == 2 and sort[0] in known and known[sort[0]].sort_key:
        made.sort = (sort[0], bool(sort[1]))
    return made


def fit(columns: Sequence[Column], chosen: Arrangement, room: int, window: int) -> dict[str, int]:
    """Return the width of each column that shows, in ``room`` pixels of a window ``window`` pixels wide."""
    shown = [one for one in columns if one.id not in chosen.hidden and one.from_window <= window]

    def width(column: Column) -> int:
        return column.least if column.stretch else chosen.widths.get(column.id, column.width)

    while sum(map(width, shown)) > room:
        spare = max(shown, key=lambda column: column.spare, default=None)
        if spare is None or spare.spare == 0:
            break
        shown.remove(spare)
    widths = {column.id: width(column) for column in shown}
    stretching = [column.id for column in shown if column.stretch]
    left = room - sum(widths.values())
    for place, one in enumerate(stretching):
        widths[one] += max(0, left // len(stretching) + (left % len(stretching) if place == 0 else 0))
    return widths
