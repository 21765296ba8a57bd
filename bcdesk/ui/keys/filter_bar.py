"""Search, environment and status of the keys page, with a *Clear* that is there when anything is set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from bcdesk.ui.keys.search import SearchField
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Segmented

if TYPE_CHECKING:
    from bcdesk.ui.keys.filters import Environment, Status
    from bcdesk.ui.widgets import Button

SEARCH_WIDTH: Final = 280


class FilterBar(QWidget):
    """Holds what the table is narrowed by; ``changed`` when environment or status are, ``searched`` while typing."""

    changed = Signal()
    searched = Signal(str)

    def __init__(self) -> None:
        """Begin with every key shown, and no *Clear* yet."""
        super().__init__()
        self.setObjectName("filters")
        self.setAccessibleName(tr("Filters"))
        self.search = SearchField()
        self.search.setMinimumWidth(150)
        self.search.setMaximumWidth(SEARCH_WIDTH)
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
        self._clear: Button | None = None
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(self.search, 4)
        row.addWidget(self.environment)
        row.addWidget(self.status)
        row.addStretch(1)
        self.search.searched.connect(self._searched)
        for one in (self.environment, self.status):
            one.chosen.connect(lambda _key: self._chosen())

    def add_clear(self, button: Button) -> None:
        """Put the button that clears everything behind the filters; it shows while there is something to clear."""
        self._clear = button
        self._row.insertWidget(self._row.count() - 1, button)
        self.refresh()

    @property
    def text(self) -> str:
        """Return the text that is searched for; empty while the field shows the mask of a key."""
        return "" if self.search.holds_key else self.search.text().strip()

    @property
    def narrows(self) -> bool:
        """Tell whether anything is set."""
        return bool(self.search.text()) or self.environment.value != "all" or self.status.value != "any"

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

    def reset(self, *, keep_search: bool = False) -> None:
        """Show every key again."""
        self.environment.choose("all")
        self.status.choose("any")
        if not keep_search:
            self.search.clear()
        self._chosen()

    def show_ended(self) -> None:
        """Show the keys that are over, those that hide elsewhere included."""
        self.status.choose("ended")
        self._chosen()

    def words(self) -> str:
        """Say what the table is narrowed by, in words."""
        parts = []
        if self.text:
            parts.append(tr("“{text}”", text=self.text))
        environment, status = self.values()
        if environment != "all":
            parts.append(tr("Live") if environment == "live" else tr("Sandbox"))
        if status != "any":
            parts.append(tr("Needs you") if status == "needs" else tr("Ended"))
        return " · ".join(parts)

    def refresh(self) -> None:
        """Show *Clear* when there is something to clear."""
        if self._clear is not None:
            self._clear.setVisible(self.narrows)
            self._clear.set_reason(None)

    def _searched(self, text: str) -> None:
        self.refresh()
        self.searched.emit(text)

    def _chosen(self) -> None:
        self.refresh()
        self.changed.emit()
