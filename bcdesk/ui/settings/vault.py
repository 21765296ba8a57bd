"""*Sealing*: where the key is that seals what bcdesk keeps on this computer, how it stands, and what mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QWidget

from bcdesk.ui.settings.row import SettingRow
from bcdesk.ui.settings.section import SettingSection
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.vault_words import ASK, STOP, UNLOCK, WHERE, standing, words_of
from bcdesk.ui.widgets import clear

if TYPE_CHECKING:
    from bcdesk.store.vault import Vault
    from bcdesk.store.vault_states import VaultState
    from bcdesk.ui.choices import Choices
    from bcdesk.ui.commands import Registry


class VaultSection(SettingSection):
    """Follows the vault; its buttons are the commands that answer the state."""

    def __init__(self, vault: Vault, registry: Registry, choices: Choices) -> None:
        """Begin with how ``vault`` stands now."""
        super().__init__("vault", tr("Where the key is kept"))
        self._vault, self._registry, self._choices = vault, registry, choices
        self._buttons = QWidget()
        self._buttons.setObjectName("setting_vault_buttons")
        self._line = QHBoxLayout(self._buttons)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(Space.S)
        said = tr("One key seals the offline copy, your sign-ins, and hand-overs that are not over.")
        self._row = self.add_row(
            SettingRow(tr("The key of this desk"), self._buttons, sentence=said, name="setting_vault")
        )
        self._stop_listening = vault.listen(self._follow)
        choices.changed.connect(self._moved)
        self._follow(vault.state)

    def _moved(self, moved: frozenset[str]) -> None:
        """Say where the key is now: it can move while the vault stays open."""
        if "vault_choice" in moved:
            self._follow(self._vault.state)

    def close_down(self) -> None:
        """Stop following."""
        self._stop_listening()
        self._choices.changed.disconnect(self._moved)

    def shown(self) -> None:
        """Say anew how it stands: the place may have changed without the state."""
        self._follow(self._vault.state)

    def _follow(self, state: VaultState) -> None:
        what, _tone = standing(state.value, self._vault.kind)
        words = words_of(state.value)
        self._row.set_sentence(" ".join(one for one in (f"{what.rstrip('.')}.", words.rest if words else "") if one))
        clear(self._line)
        wanted = [one for one in (words.commands if words else ()) if one in (ASK, STOP, UNLOCK)]
        for command_id in (*wanted, WHERE):
            text = tr("Change…") if command_id == WHERE else ""
            self._line.addWidget(self._registry.button(command_id, text=text, parent=self._buttons))
