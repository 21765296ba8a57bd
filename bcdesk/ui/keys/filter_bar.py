"""Search, environment and status of the keys page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.ui.keys.search import SearchField
from bcdesk.ui.page.filter_bar import FilterBar
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Segmented

if TYPE_CHECKING:
    from bcdesk.ui.keys.filters import Environment, Status


class KeyFilters(FilterBar):
    """Narrows the keys by text, environment and status."""

    search: SearchField

    def __init__(self) -> None:
        """Begin with every key shown."""
        self.environment = Segmented(
            [("all", tr("All")), ("live", tr("Live")), ("sandbox", tr("Sandbox"))],
            label=tr("Environment"),
            name="filter.environment",
        )
        self.status = Segmented(
            [("any", tr("Any status")), ("needs", tr("Needs you")), ("ended", tr("Ended"))],
            label=tr("Status"),
            name="filter.status",
        )
        super().__init__(SearchField(), self.environment, self.status)

    @property
    def keeps_search(self) -> bool:
        """Keep the mask of a pasted key when that key is brought to light."""
        return self.search.holds_key

    @property
    def text(self) -> str:
        """Return the text that is searched for; empty while the field shows the mask of a key."""
        return "" if self.search.holds_key else self.search.text().strip()

    def values(self) -> tuple[Environment, Status]:
        """Return environment and status."""
        environment: dict[str, Environment] = {"all": "all", "live": "live", "sandbox": "sandbox"}
        status: dict[str, Status] = {"any": "any", "needs": "needs", "ended": "ended"}
        return environment[self.environment.value], status[self.status.value]

    def set_counts(self, needing: int, ended: int, hidden: int) -> None:
        """Show how many keys need someone and how many are over; those that hide are told in the tooltip."""
        self.status.set_text("needs", tr("Needs you {n:,}", n=needing) if needing else tr("Needs you"))
        self.status.set_text("ended", tr("Ended {n:,}", n=ended) if ended else tr("Ended"))
        tip = tr("{n:,} ended more than 90 days ago and show here only", n=hidden) if hidden else ""
        self.status.button("ended").set_tip(tip)

    def show_hidden(self) -> None:
        """Show the keys that are over, those that hide elsewhere included."""
        self.status.choose("ended")
        self.choices_made()

    def words(self) -> str:
        """Say what the table is narrowed by, in words."""
        parts = [tr("“{text}”", text=self.text)] if self.text else []
        environment, status = self.values()
        if environment != "all":
            parts.append(tr("Live") if environment == "live" else tr("Sandbox"))
        if status != "any":
            parts.append(tr("Needs you") if status == "needs" else tr("Ended"))
        return " · ".join(parts)
