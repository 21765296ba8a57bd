"""*Screenshots*: whether the reveal is kept out of them, where the system can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.ui.settings.row import SettingRow
from bcdesk.ui.settings.section import SettingSection
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Check

if TYPE_CHECKING:
    from bcdesk.ui.choices import Choices


class ScreenSection(SettingSection):
    """Turns the protection on and off."""

    def __init__(self, choices: Choices) -> None:
        """Begin with what is chosen."""
        super().__init__("screen", tr("Screenshots"))
        self._choices = choices
        self.on = Check(tr("Protected"), checked=choices.now.protect_reveal, name="setting.protect_reveal")
        self.on.changed.connect(self._choose)
        said = tr("The window that hands a secret over is left out of screenshots, recordings and shared screens.")
        title = tr("Keep secrets out of captures")
        self._row = self.add_row(SettingRow(title, self.on, sentence=said, name="setting_screen"))
        self.on.setAccessibleName(title)

    def _choose(self) -> None:
        self._row.saved(self._choices.choose(protect_reveal=self.on.isChecked()))
