"""The keys table alive, with the tally of what its filters count."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from bcdesk.store.store import Change, Store
from bcdesk.ui.keys.columns import FIRST_ORDER, key_columns, key_rows
from bcdesk.ui.keys.filters import Environment, Status, selector
from bcdesk.ui.keys.tally import Tally
from bcdesk.ui.page.listing import RowListing
from bcdesk.ui.table.vector import Select
from bcdesk.ui.text import tr


class KeyListing(RowListing):
    """Owns the model, the view and the tally of the keys page, and keeps all three in step with the store."""

    def __init__(self, store: Store, *, now: Callable[[], float] = time.time, parent: QObject | None = None) -> None:
        """Show the keys of ``store``, newest use first."""
        self.environment: Environment = "all"
        self.status: Status = "any"
        self.tally = Tally(store.keys, now())
        super().__init__(store, store.keys, key_columns, key_rows, tr("API keys"), now=now, parent=parent)
        self.model.sort_by(*FIRST_ORDER)
        self.model.set_filter(self._selector())
        self._again = QTimer(self, interval=0, singleShot=True)
        self._again.timeout.connect(self.tick)

    def close(self) -> None:
        """Stop listening to the store."""
        self._again.stop()
        super().close()

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
        super().tick()
        if more:
            self._again.start()

    def take(self, change: Change) -> None:
        """Count and show the keys that came, changed or went."""
        touched = change.keys_added + change.keys_changed
        if touched or change.keys_removed:
            self.tally.update(touched, change.keys_removed, self._now())
            self.model.apply(change.keys_added, change.keys_changed, change.keys_removed)
            self.counts_changed.emit()
