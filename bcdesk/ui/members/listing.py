"""The members table alive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.ui.members.columns import member_columns, member_rows
from bcdesk.ui.members.words import title
from bcdesk.ui.page.listing import RowListing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import QObject

    from bcdesk.store.store import Change, Store


class MemberListing(RowListing):
    """Owns the model and the view of the members page, and keeps both in step with the store."""

    def __init__(self, store: Store, *, now: Callable[[], float], parent: QObject | None = None) -> None:
        """Show the members of ``store`` by name."""
        self.role, self.state = "all", "any"
        super().__init__(store, store.members, member_columns, member_rows, title(), now=now, parent=parent)
        self.model.sort_by("name", False)
        self.model.set_filter(self._select)

    def set_filters(self, role: str, state: str) -> None:
        """Show the members of a role in a state."""
        self.role, self.state = role, state
        self.model.set_filter(self._select)

    def count(self, state: str) -> int:
        """Count the members in a state."""
        return sum(row.state == state for row in self._store.members.values())

    def take(self, change: Change) -> None:
        """Show the members who came, changed or went."""
        if change.members:
            self.model.apply(change.members_added, change.members_changed, change.members_removed)
            self.counts_changed.emit()

    def _select(self, ids: Sequence[str]) -> list[str]:
        rows = self._store.members
        return [one for one in ids if self.role in ("all", rows[one].role) and self.state in ("any", rows[one].state)]
