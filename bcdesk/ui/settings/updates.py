"""The rows of updates in *About*: where release notes lie, and the button that asks there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bcdesk.client.address import checked_address
from bcdesk.client.errors import InsecureAddress
from bcdesk.ui.settings.row import SettingRow
from bcdesk.ui.text import tr
from bcdesk.ui.updates_command import CHECK
from bcdesk.ui.updates_words import address_words
from bcdesk.ui.widgets import LineEdit

if TYPE_CHECKING:
    from bcdesk.ui.commands import Registry
    from bcdesk.ui.updates import Updates

_WIDTH: Final = 300


class UpdateRows:
    """Holds the two rows; a change of the address forgets what was seen at the one before."""

    def __init__(self, updates: Updates, registry: Registry) -> None:
        """Begin with the address that is chosen; that of the build shows where none is."""
        self._updates, self._choices = updates, updates.choices
        self.check = registry.button(CHECK)
        self.ask_row = SettingRow(tr("Updates"), self.check, sentence=self._sentence(), name="setting_updates")
        example = updates.build.address or "https://releases.example/release.json"
        self.address = LineEdit(
            updates.choices.now.update_url, placeholder=example, mono=True, name="setting.update_url"
        )
        self.address.setFixedWidth(_WIDTH)
        self.address.setAccessibleName(tr("Address for updates"))
        self.address.editingFinished.connect(self._choose)
        said = tr("Where signed release notes lie. Without one, the address that this build came with.")
        if not updates.build.address:
            said = tr("Where signed release notes lie. Without one nothing is asked.")
        self.address_row = SettingRow(tr("Address for updates"), self.address, sentence=said, name="setting_update_url")
        self._choices.changed.connect(self._follow)
        self.rows = (self.ask_row, self.address_row)

    def close_down(self) -> None:
        """Stop following."""
        self._choices.changed.disconnect(self._follow)

    def _sentence(self) -> str:
        asks = tr("Asked only when you press this. It tells nothing of you, and installs nothing.")
        return self._updates.reason or asks

    def _follow(self, moved: frozenset[str]) -> None:
        if "update_url" in moved:
            self.ask_row.set_sentence(self._sentence())

    def _choose(self) -> None:
        address = self.address.value()
        if address == self._choices.now.update_url:
            self.address_row.say("")
            return
        try:
            if address:
                checked_address(address)
        except InsecureAddress as error:
            words = address_words(error.reason)
            self.address_row.say(tr("Not saved. {why}", why=f"{words.why} {words.next_step}"), "bad")
            return
        self.address_row.saved(self._choices.choose(update_url=address, update_seen=""))
