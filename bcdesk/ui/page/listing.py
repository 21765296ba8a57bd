"""A table alive: model and view over rows of the store, following its changes, the clock and the link."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from bcdesk.ui.page.moment import Moment
from bcdesk.ui.table.model import TableModel
from bcdesk.ui.table.view import TableView

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bcdesk.store.store import Change, Store
    from bcdesk.ui.page.moment import Clock
    from bcdesk.ui.table.column import Column, RowKind


class RowListing(QObject):
    """Owns the model and the view of a page, and keeps both in step with the store."""

    counts_changed = Signal()
    """What the filters count may have changed."""

    def __init__(
        self,
        store: Store,
        rows: Mapping[str, Any],
        columns: Callable[[Clock], tuple[Column, ...]],
        kind: Callable[[Clock], RowKind],
        name: str,
        *,
        now: Callable[[], float] = time.time,
        parent: QObject | None = None,
    ) -> None:
        """Show ``rows`` of ``store`` by ``columns``, in a table called ``name``."""
        super().__init__(parent)
        self._store, self._now = store, now
        self.model = TableModel(columns(self.moment), rows, kind(self.moment), self)
        self.view = TableView(self.model, name)
        self._stop = store.listen(self._store_changed)
        self._follow_link()

    def close(self) -> None:
        """Stop listening to the store."""
        self._stop()

    def moment(self) -> Moment:
        """Return the clock as the cells need it: out of contact, the rows are those of the last one."""
        link = self._store.link
        return Moment(self._now(), None if link.live else link.as_of)

    def tick(self) -> None:
        """Follow the clock; call it every half minute."""
        self.view.viewport().update()

    def take(self, change: Change) -> None:
        """Follow what ``change`` says of the rows."""
        raise NotImplementedError

    def _store_changed(self, change: Change) -> None:
        if change.link:
            self._follow_link()
        self.take(change)

    def _follow_link(self) -> None:
        state = self._store.link.state
        self.model.set_loading(state in ("reading", "loading"))
        self.view.set_skeleton(self._store.link.coming)
        self.view.viewport().setUpdatesEnabled(state != "reading")  # a second at most: painting would double it
        self.view.viewport().update()
