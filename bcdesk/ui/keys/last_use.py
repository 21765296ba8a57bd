"""LAST USE: when and from where a key was last used, and who calls with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from bcdesk.contract.moments import UNKNOWN
from bcdesk.ui import times
from bcdesk.ui.keys.callers import CallerCache, CallersBox
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Label

if TYPE_CHECKING:
    from collections.abc import Callable

    from bcdesk.contract.rows import KeyRow
    from bcdesk.ui.desk import Desk
    from bcdesk.ui.page.moment import Moment


class LastUseSection(QWidget):
    """Shows the last use of one key; *Never* and *Unknown* are different answers."""

    def __init__(self, desk: Desk, moment: Callable[[], Moment]) -> None:
        """Fetch callers through ``desk``; ``moment`` is the clock of the page."""
        super().__init__()
        self.setObjectName("last_use")
        self.setAccessibleName(tr("Last use"))
        self._moment = moment
        self._cache = CallerCache()
        self._when = Label("", "body", wrap=True, name="last_use_when")
        self.callers = CallersBox(desk, self._cache)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addWidget(Label(tr("Last use"), "section", name="last_use_title"))
        column.addSpacing(Space.XS)
        column.addWidget(self._when)
        column.addWidget(self.callers)

    def show_row(self, row: KeyRow) -> None:
        """Show ``row`` by the clock."""
        now, as_of = self._moment()
        when = times.ago_in_full(row.last_used_at, now, as_of=as_of)
        used = row.last_used_at is not None and row.last_used_at != UNKNOWN
        if used and row.last_used_from:
            when = tr("{when} from {address}", when=when, address=row.last_used_from)
        self._when.setText(when)
        self._when.set_tone("text" if used else "muted")
        self._when.setToolTip(times.exact(row.last_used_at))
        self.callers.setVisible(row.last_used_at is not None)
        if row.last_used_at is not None:
            self.callers.show_row(row)
