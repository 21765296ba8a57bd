"""What the table's tooltips say: the exact form of a cell, or the whole of what its width elides."""

from html import escape
from typing import Any, Final

from bcdesk.ui.table.delegates import Cell
from bcdesk.ui.table.ink import Ink

ROLES: Final = {"mono": "mono", "mask": "mask", "two_lines": "strong", "chip": "chip"}


def tip(cell: Cell, row: Any, ink: Ink) -> str:
    """Return the tooltip of a cell as plain text; empty where the cell says all there is."""
    column = cell.column
    if column.tooltip is not None:
        return column.tooltip(row)
    text, second = column.text(row), column.second(row) if column.second else ""
    if ink.fits(ROLES.get(column.kind, "body"), text, cell.room) and ink.fits("secondary", second, cell.room):
        return ""
    return f"{text}\n{second}" if second else text


def as_plain(text: str) -> str:
    """Dress plain text so that a tooltip reads no markup in it: it may be a server's."""
    return f'<p style="white-space: pre-wrap">{escape(text)}</p>' if text else ""
