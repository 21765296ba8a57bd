"""The keys table alive: model and view over the store's rows, following its changes, the clock and the filters."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from bcdesk.store.store import Change, Store
from bcdesk.ui.keys.columns import FIRST_ORDER, Moment, key_columns, key_rows
from bcdesk.ui.keys.filters import Environment, Status, selector
from bcdesk.ui.keys.tally import Tally
from bcdesk.ui.table.model import TableModel
from bcdesk.ui.table.vector import Select
from bcdesk.ui.table.view import TableView
from bcdesk.ui.text import tr


class KeyListing(QObject):
    """Owns the model, the view and the tally of the keys page, and keeps all three in step with the store."""

    counts_changed = Signal()
    """What `tally` counts may have changed."""

    def __init__(self, store: Store, *, now: Callable[[], float] = time.time, parent: QObject | None = None) -> None:
        """Show the keys of ``store``, newest use first."""
        super().__init__(parent)
        self.environment: Environment = "all"
        self.status: Status = "any"
        self._store, self._now = store, now
        self.tally = Tally(store.keys, now())
        self.model = TableModel(key_columns(self.moment), store.keys, key_rows(self.moment), self)
        self.model.sort_by(*FIRST_ORDER)
        self.model.set_filter(self._selector())
        self.view = TableView(self.model, tr("API keys"))
        self._again = QTimer(self, interval=0, singleShot=True)
        self._again.timeout.connect(self.tick)
        self._stop = store.listen(self._store_changed)
        self._follow_link()

    def close(self) -> None:
        """Stop listening to the store."""
        self._again.stop()
        self._stop()

    def moment(self) -> Moment:
        """Return the clock as the cells need it: out of contact, the rows are those of the last one."""
        link = self._store.link
        return Moment(self._now(), None if link.state in ("online", "loading") else link.as_of)

    def set_filters(self, environment: Environment, status: Status) -> None:
        """Show the keys of an environment with a status."""
        self.environment, self.status = environment, status
        self.model.set_filter(self._selector())

    def _selector(self) -> Select:
        return selector(self._store.keys, self.tally, self.environment, self.status)

    def tick(self) -> None:
        """Follow the clock; call it every half minute."""
        due, more = self.tally.tick(self._now())
        if due:
            self.model.apply(changed=due)
            self.counts_changed.emit()
        self.view.viewport().update()
        if more:
            self._again.start()

    def _store_changed(self, change: Change) -> None:
        if change.link:
            self._follow_link()
        touched = change.keys_added + change.keys_changed
        if touched or change.keys_removed:
            self.tally.update(touched, change.keys_removed, self._now())
            self.model.apply(change.keys_added, change.keys_changed, change.keys_removed)
            self.counts_changed.emit()

    def _follow_link(self) -> None:
        state = self._store.link.state
        self.model.set_loading(state == "loading")
        self.view.set_skeleton(state in ("starting", "loading"))
        self.view.viewport().update()
