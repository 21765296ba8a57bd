"""Search, type and status of the applications page."""

from __future__ import annotations

from bcdesk.ui.applications.words import TYPES, type_words
from bcdesk.ui.page.filter_bar import FilterBar
from bcdesk.ui.page.search_line import SearchLine
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Segmented


class AppFilters(FilterBar):
    """Narrows the applications by text, type and status."""

    search: SearchLine

    def __init__(self) -> None:
        """Begin with every application shown."""
        self.type = Segmented(
            [("all", tr("All")), *((one, type_words(one)) for one in TYPES)], label=tr("Type"), name="filter.type"
        )
        self.status = Segmented(
            [("any", tr("Any status")), ("needs", tr("Needs you")), ("off", tr("Off"))],
            label=tr("Status"),
            name="filter.app_status",
        )
        search = SearchLine(tr("Search apps"), tr("Search name, client ID or address"), name="apps-search")
        super().__init__(search, self.type, self.status)

    def set_counts(self, needing: int, off: int) -> None:
        """Show how many applications need someone and how many are off."""
        self.status.set_text("needs", tr("Needs you {n:,}", n=needing) if needing else tr("Needs you"))
        self.status.set_text("off", tr("Off {n:,}", n=off) if off else tr("Off"))

    def words(self) -> str:
        """Say what the table is narrowed by, in words."""
        parts = [tr("“{text}”", text=self.text)] if self.text else []
        if self.type.value != "all":
            parts.append(type_words(self.type.value))
        if self.status.value != "any":
            parts.append(tr("Needs you") if self.status.value == "needs" else tr("Turned off"))
        return " · ".join(parts)
