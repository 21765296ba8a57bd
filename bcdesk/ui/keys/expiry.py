"""When a key ends: a few spans, a day of one's own, or never, with the exact day said in words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bcdesk.contract import key_rules
from bcdesk.ui import times
from bcdesk.ui.keys.draft import DAY_SECONDS, EXPIRY_DAYS, day_after, day_of, end_of_day
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import DateField, Segmented

if TYPE_CHECKING:
    from collections.abc import Callable

KEEP: Final = "keep"
NEVER: Final = "never"
DAY: Final = "day"


class Expiry(QWidget):
    """Chooses when a key ends; a span ends with the local day that it reaches."""

    changed = Signal()

    def __init__(
        self, now: Callable[[], float], *, keep: tuple[float | None] | None = None, choice: str = "90"
    ) -> None:
        """Begin with ``choice``; ``keep`` holds the expiry that stands already, and offers to leave it."""
        super().__init__()
        self._now = now
        self._keep = keep
        self.setObjectName("expiry")
        options = [("30", tr("30 days")), ("90", tr("90 days")), ("365", tr("1 year")), (NEVER, tr("Never"))]
        if keep is not None:
            options.insert(0, (KEEP, tr("As it is")))
        self._choice = Segmented(
            [*options, (DAY, tr("On a day"))], label=tr("Expires"), name="expiry", value=KEEP if keep else choice
        )
        first, last = day_after(1, now()), day_of(now() + key_rules.EXPIRY_MAX - DAY_SECONDS)
        start = day_after(EXPIRY_DAYS["90"], now())
        self._day = DateField(_qt(start), earliest=_qt(first), latest=_qt(last), name="expiry.day")
        self._day.setAccessibleName(tr("Last day"))
        self._day.setVisible(choice == DAY and keep is None)
        self._day.setMaximumWidth(160)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self._choice)
        column.addWidget(self._day)
        self._choice.chosen.connect(self._chosen)
        self._day.changed.connect(self.changed)

    def value(self) -> float | None:
        """Return the chosen end in epoch seconds; None for never."""
        choice = self._choice.value
        if choice == KEEP:
            return self._keep[0] if self._keep else None
        if choice == NEVER:
            return None
        return end_of_day(self._chosen_day())

    def set_standing(self, standing: float | None, value: float | None) -> None:
        """Take over the expiry that now stands on the server; a choice other than ``standing`` stays chosen."""
        self._keep = (standing,)
        if value == standing:
            self._choice.choose(KEEP)
            self._day.hide()
        self.changed.emit()

    def words(self) -> str:
        """Say the exact day, and what is recommended."""
        end = self.value()
        if end is None:
            return tr("Never expires. We recommend to rotate a key every 90 days.")
        if self._choice.value == KEEP:
            return tr("Works until {when}.", when=times.exact(end))
        until = tr("Works until the end of {day}.", day=times.day(end))
        if end - self._now() > 92 * DAY_SECONDS:
            return tr("{until} We recommend to rotate a key every 90 days.", until=until)
        return until

    def _chosen_day(self) -> date:
        if self._choice.value == DAY:
            day = self._day.value()
            return date(day.year(), day.month(), day.day())
        return day_after(EXPIRY_DAYS[self._choice.value], self._now())

    def _chosen(self, choice: str) -> None:
        self._day.setVisible(choice == DAY)
        if choice == DAY:
            self._day.setFocus()
        self.changed.emit()


def _qt(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)
