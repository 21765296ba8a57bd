"""The strip above the pages: how the keyring stands where a person has to know, with the buttons that answer it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.vault_words import words_of
from bcdesk.ui.widgets import Banner, Button

if TYPE_CHECKING:
    from bcdesk.ui.commands import Registry

PROMPT_MS: Final = 1200
"""A keyring that asks nobody answers sooner than that: nothing flickers at a start."""


class VaultStrip(QWidget):
    """Takes no room while there is nothing to say."""

    def __init__(self, registry: Registry) -> None:
        """Begin hidden."""
        super().__init__()
        self.setObjectName("vault_strip")
        self.setAccessibleName(tr("The key of this desk"))
        self._registry = registry
        self._state = ""
        self.banner = Banner("info", name="vault_banner")
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.M, Space.M, 0)
        column.addWidget(self.banner)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PROMPT_MS)
        self._timer.timeout.connect(self._say)
        self.hide()

    def show_state(self, state: str) -> None:
        """Say how the vault stands; that a prompt is open, only after a while."""
        self._state = state
        if state == "waiting":
            self._timer.start()
            return
        self._timer.stop()
        self._say()

    def stop(self) -> None:
        """Stop the timer."""
        self._timer.stop()

    def put_off(self) -> None:
        """Take the words away until the state changes."""
        self.hide()

    def _say(self) -> None:
        words = words_of(self._state)
        self.banner.clear_buttons()
        if words is None:
            self.banner.set_text("")
            self.hide()
            return
        for command in words.commands:
            self.banner.add_button(self._registry.button(command, parent=self.banner))
        close = Button(tr("Dismiss"), "icon", icon="close", name="vault_banner.close", on_click=self.put_off)
        self.banner.add_button(close)
        self.show()
        self.banner.set_text(words.what, words.rest, tone=words.tone)
