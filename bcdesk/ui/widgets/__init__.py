"""The kit: every widget that the desk is made of."""

from bcdesk.ui.widgets.buttons import Button
from bcdesk.ui.widgets.cards import Banner, Card, EmptyState, Facts, Scroll, Skeleton, announce, clear
from bcdesk.ui.widgets.chips import Chip, Dot, chip_size, paint_chip, paint_glyph
from bcdesk.ui.widgets.editors import Check, Checks, DateField, LineEdit, ListEdit, Radios, Select, TagEdit, TextEdit
from bcdesk.ui.widgets.fields import Field
from bcdesk.ui.widgets.labels import Label, Rule, refont, restyle
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
