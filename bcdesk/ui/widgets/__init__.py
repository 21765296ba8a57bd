"""The kit: every widget that the desk is made of; each file of it is imported when a widget of it is first used."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bcdesk.ui.widgets.buttons import Button
    from bcdesk.ui.widgets.cards import Banner, Card, EmptyState, Facts, Scroll, Skeleton, announce, clear
    from bcdesk.ui.widgets.chips import Chip, Dot, chip_size, paint_chip, paint_glyph
    from bcdesk.ui.widgets.editors import (
        Check,
        Checks,
        DateField,
        LineEdit,
        ListEdit,
        Radios,
        Select,
        TagEdit,
        TextEdit,
    )
    from bcdesk.ui.widgets.fields import Field
    from bcdesk.ui.widgets.labels import Label, Rule, refont, restyle
    from bcdesk.ui.widgets.numbers import NumberEdit
    from bcdesk.ui.widgets.segmented import Segmented

__all__ = [
    "Banner",
    "Button",
    "Card",
    "Check",
    "Checks",
    "Chip",
    "DateField",
    "Dot",
    "EmptyState",
    "Facts",
    "Field",
    "Label",
    "LineEdit",
    "ListEdit",
    "NumberEdit",
    "Radios",
    "Rule",
    "Scroll",
    "Segmented",
    "Select",
    "Skeleton",
    "TagEdit",
    "TextEdit",
    "announce",
    "chip_size",
    "clear",
    "paint_chip",
    "paint_glyph",
    "refont",
    "restyle",
]

_FILES = {
    "buttons": ("Button",),
    "cards": ("Banner", "Card", "EmptyState", "Facts", "Scroll", "Skeleton", "announce", "clear"),
    "chips": ("Chip", "Dot", "chip_size", "paint_chip", "paint_glyph"),
    "editors": ("Check", "Checks", "DateField", "LineEdit", "ListEdit", "Radios", "Select", "TagEdit", "TextEdit"),
    "fields": ("Field",),
    "labels": ("Label", "Rule", "refont", "restyle"),
    "numbers": ("NumberEdit",),
    "segmented": ("Segmented",),
}


def __getattr__(name: str) -> Any:
    """Import the file of a widget at its first use (PEP 562)."""
    for file, names in _FILES.items():
        if name in names:
            found = getattr(import_module(f"{__name__}.{file}"), name)
            globals()[name] = found
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
