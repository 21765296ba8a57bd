"""*Clipboard*: how long a copied secret stays there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bcdesk.ui import times
from bcdesk.ui.settings.row import SettingRow
from bcdesk.ui.settings.section import SettingSection
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Select

if TYPE_CHECKING:
    from bcdesk.ui.choices import Choices

CLIPBOARD: Final = (10, 20, 30, 60, 120)


class ClipboardSection(SettingSection):
    """Chooses how long a copied secret stays."""

    def __init__(self, choices: Choices) -> None:
        """Begin with what is chosen."""
        super().__init__("clipboard", tr("Clipboard"))
        self._choices = choices
        now = choices.now.clipboard_seconds
        options = [(str(one), times.span(one)) for one in sorted({*CLIPBOARD, now})]
        self.seconds = Select(options, value=str(now), name="setting.clipboard")
        self.seconds.changed.connect(self._choose)
        said = tr("Then it is cleared, if it is still ours. It is cleared at once when bcdesk locks or ends.")
        self._row = self.add_row(
            SettingRow(tr("A copied secret stays for"), self.seconds, sentence=said, name="setting_clipboard")
        )

    def _choose(self) -> None:
        self._row.saved(self._choices.choose(clipboard_seconds=int(self.seconds.value())))
