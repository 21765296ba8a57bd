"""Asks at the start for the passphrase that the key of this desk stands behind; Escape goes on without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.secret_line import SecretLine
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Button, Field

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from bcdesk.store.vault import Vault
    from bcdesk.ui.tasks import TaskScope

UNLOCKED: Final = "unlocked"
FORGOTTEN: Final = "forgotten"
_WIDTH: Final = 460


class UnlockDialog(Dialog):
    """Opens the vault; its outcome is `UNLOCKED`, `FORGOTTEN`, or None where the person goes on without."""

    def __init__(self, parent: QWidget, vault: Vault, scope: TaskScope) -> None:
        """Ask for the passphrase of ``vault``."""
        intro = tr(
            "Your passphrase opens what is kept on this computer: the offline copy, your sign-ins, and hand-overs that "
            "are not over. Without it bcdesk starts empty, and keeps nothing until it is given."
        )
        super().__init__(parent, tr("Unlock bcdesk"), name="unlock", intro=intro, width=_WIDTH)
        self._vault, self._scope = vault, scope
        self._open = True
        self.line = SecretLine(tr("Passphrase"), name="passphrase")
        self.field = Field(tr("Passphrase"), self.line, name="field.passphrase")
        self.add_field("/passphrase", self.field)
        self.line.textChanged.connect(lambda _text: self.field.set_fault(None))
        forgotten = Button(tr("Forgotten…"), "link", name="unlock.forgotten", on_click=lambda: self.finish(FORGOTTEN))
        self.add_button(forgotten, left=True)
        self.add_leave(tr("Go on without"))
        self.unlock = Button(tr("Unlock"), "primary", name="unlock.unlock", on_click=self._try)
        self.add_button(self.unlock, default=True)
        self.finished.connect(self._end)
        self.line.setFocus()

    def _try(self) -> None:
        text = self.line.text()
        if self.busy:
            return
        if not text:
            self.show_faults({"/passphrase": tr("Enter your passphrase.")})
            return
        self.set_busy(tr("Unlocking… It takes a moment, on purpose: so does each guess."))
        self._scope.start(self._unlock(text), name="unlock")

    async def _unlock(self, text: str) -> None:
        right = await self._vault.unlock(text)
        if not self._open:
            return
        self.set_busy(None)
        if right:
            self.finish(UNLOCKED)
            return
        self.show_faults({"/passphrase": tr("This is not the passphrase. Nothing was changed.")})
        self.line.selectAll()

    def _end(self, _result: int) -> None:
        self._open = False
        self.line.forget()
