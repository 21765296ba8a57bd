"""The applications table alive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.ui.applications.columns import app_columns, app_rows
from bcdesk.ui.applications.needs import asks
from bcdesk.ui.applications.words import title
from bcdesk.ui.page.listing import RowListing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import QObject

    from bcdesk.store.store import Change, Store


class AppListing(RowListing):
    """Owns the model and the view of the applications page, and keeps both in step with the store."""

    def __init__(self, store: Store, *, now: Callable[[], float], parent: QObject | None = None) -> None:
        """Show the applications of ``store`` by name."""
        self.type, self.status = "all", "any"
        super().__init__(store, store.apps, app_columns, app_rows, title(), now=now, parent=parent)
        self.model.sort_by("name", False)
        self.model.set_filter(self._select)

    def set_filters(self, app_type: str, status: str) -> None:
        """Show the applications of a type with a status."""
        self.type, self.status = app_type, status
        self.model.set_filter(self._select)

    def needing(self) -> int:
        """Count the applications that need someone."""
        return sum(asks(row, self._now()) for row in self._store.apps.values())

    def off(self) -> int:
        """Count the applications that are turned off."""
        return sum(row.status == "disabled" for row in self._store.apps.values())

    def take(self, change: Change) -> None:
        """Show the applications that came, changed or went."""
        if change.apps:
            self.model.apply(change.apps_added, change.apps_changed, change.apps_removed)
            self.counts_changed.emit()

    def _select(self, ids: Sequence[str]) -> list[str]:
        rows, now = self._store.apps, self._now()
        found = [one for one in ids if self.type in ("all", rows[one].type)]
        if self.status == "off":
            return [one for one in found if rows[one].status == "disabled"]
        return [one for one in found if asks(rows[one], now)] if self.status == "needs" else found
