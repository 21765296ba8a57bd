"""*Lock*: after how long without use, and what locks besides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bcdesk.ui import times
from bcdesk.ui.screen_shield import shield
from bcdesk.ui.settings.row import SettingRow
from bcdesk.ui.settings.section import SettingSection
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Check, Select

if TYPE_CHECKING:
    from bcdesk.ui.choices import Choices
    from bcdesk.ui.commands import Registry

MINUTES: Final = (1, 2, 5, 10, 15, 30, 60)
_MINUTE: Final = 60


class LockSection(SettingSection):
    """Chooses the minutes, and locks now."""

    def __init__(self, choices: Choices, registry: Registry) -> None:
        """Begin with what is chosen."""
        super().__init__("lock", tr("Lock"))
        self._choices = choices
        now = choices.now.lock_minutes
        spans = [(str(one), times.span(one * _MINUTE)) for one in sorted({*MINUTES, now} - {0})]
        self.minutes = Select([*spans, ("0", tr("Never"))], value=str(now), name="setting.lock")
        self.minutes.changed.connect(self._choose)
        self._row = self.add_row(
            SettingRow(tr("Lock after so long without use"), self.minutes, sentence=self._said(), name="setting_lock")
        )
        button = registry.button("app.lock", text=tr("Lock now"), parent=self)
        said = tr("A locked bcdesk shows nothing and has forgotten every secret; runs of the flow tester end.")
        self.add_row(SettingRow(tr("Lock by hand"), button, sentence=said, name="setting_lock_now"))
        if shield() is not None:
            self.protect = Check(tr("Keep it out"), checked=choices.now.protect_reveal, name="setting.protect")
            self.protect.changed.connect(self._choose_protection)
            said = tr("While a secret waits, its window does not appear in screenshots and shared screens.")
            self._protect_row = self.add_row(
                SettingRow(tr("Screenshots of a secret"), self.protect, sentence=said, name="setting_protect")
            )

    def _choose(self) -> None:
        self._row.saved(self._choices.choose(lock_minutes=int(self.minutes.value())))
        self._row.set_sentence(self._said())

    def _choose_protection(self) -> None:
        self._protect_row.saved(self._choices.choose(protect_reveal=self.protect.isChecked()))

    def _said(self) -> str:
        besides = tr("It also locks with your session, and when the computer goes to sleep.")
        if self._choices.now.lock_minutes:
            return besides
        return tr("It does not lock by itself while the session is open.") + " " + besides
