"""*Appearance*: light, dark, or as the system has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.ui.settings.row import SettingRow
from bcdesk.ui.settings.section import SettingSection
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Segmented

if TYPE_CHECKING:
    from bcdesk.ui.choices import Choices


class AppearanceSection(SettingSection):
    """Chooses the theme, and follows what chooses it elsewhere."""

    def __init__(self, choices: Choices) -> None:
        """Begin with the theme that is chosen."""
        super().__init__("appearance", tr("Appearance"))
        self._choices = choices
        self.theme = Segmented(
            [("system", tr("As the system")), ("light", tr("Light")), ("dark", tr("Dark"))],
            label=tr("Theme"),
            value=choices.now.theme,
            name="setting.theme",
        )
        self.theme.chosen.connect(self._choose)
        self._row = self.add_row(SettingRow(tr("Theme"), self.theme, name="setting_theme"))
        choices.changed.connect(self._follow)

    def _choose(self, scheme: str) -> None:
        self._row.saved(self._choices.choose(theme=scheme))

    def _follow(self, moved: frozenset[str]) -> None:
        if "theme" in moved:
            self.theme.choose(self._choices.now.theme)

    def close_down(self) -> None:
        """Stop following."""
        self._choices.changed.disconnect(self._follow)
