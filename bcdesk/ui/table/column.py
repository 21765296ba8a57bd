"""Columns and rows of a table as data: what each cell says, how it sorts, and how it is drawn."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from bcdesk.ui.widgets.chips import Glyph

Kind = Literal["text", "two_lines", "mono", "mask", "chip", "actions"]
SortKey = str | float | None
"""Text or number, alike within one column; None stands last in either direction."""


class ChipLook(NamedTuple):
    """A chip: its text, its tone (a theme colour, or ``neutral``; ``plain`` is muted text alone) and its glyph."""

    text: str
    tone: str
    glyph: Glyph = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. Widths are logical pixels; the one that stretches takes what the others leave.

    The column shows from ``from_window`` pixels of window width on; where the table is still too narrow,
    columns with the highest ``spare`` go first (0 never goes). ``sort_keys`` does for many rows what ``sort_key``
    does for one, where that is quicker.
    """

    id: str
    title: str
    width: int
    least: int = 60
    kind: Kind = "text"
    text: Callable[[Any], str]
    second: Callable[[Any], str] | None = None
    chip: Callable[[Any], ChipLook | None] | None = None
    tone: Callable[[Any], str] | None = None
    sort_key: Callable[[Any], SortKey] | None = None
    sort_keys: Callable[[Iterable[Any]], list[Any]] | None = None
    falls_first: bool = False
    tooltip: Callable[[Any], str] | None = None
    spoken: Callable[[Any], str] | None = None
    stretch: bool = False
    from_window: int = 0
    spare: int = 0


def nothing(row: Any) -> str:
    """Say nothing about any row."""
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowKind:
    """What a table must know of its rows besides their cells.

    ``haystack`` is the lower-case text that the search looks in, ``name`` what a screen reader calls the row,
    ``edge`` the theme colour of its left edge (empty: none), ``faded`` whether its name is muted.
    """

    haystack: Callable[[Any], str]
    name: Callable[[Any], str]
    edge: Callable[[Any], str] = nothing
    faded: Callable[[Any], bool] = lambda row: False
