"""The countdown of a secret on the clipboard, in the status line and as commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from bcdesk.ui.commands import Command, Context, Registry
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Label

if TYPE_CHECKING:
    from bcdesk.ui.clipboard import ClipboardGuard


class ClipboardCountdown(QWidget):
    """Says how long a secret stays on the clipboard, with *+30 s* and *Clear now*; hidden while there is none.

    ``said`` carries a sentence when it is gone.
    """

    said = Signal(str)

    def __init__(self, guard: ClipboardGuard, registry: Registry, parent: QWidget | None = None) -> None:
        """Follow ``guard`` and add its commands to ``registry``."""
        super().__init__(parent)
        self._guard, self._registry = guard, registry
        self.setObjectName("clipboard_countdown")
        registry.add(
            Command(
                "clipboard.extend", tr("Keep it on the clipboard 30 s longer"), lambda _context: guard.extend(),
                icon="clock", group=tr("Desk"), enabled=self._reason,
            ),
            Command(
                "clipboard.clear", tr("Clear the clipboard now"), lambda _context: guard.clear_now(), icon="close",
                group=tr("Desk"), enabled=self._reason,
            ),
        )  # fmt: skip
        self.text = Label("", "secondary", tone="warn", name="clipboard_text")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(self.text)
        for command_id, words in (("clipboard.extend", tr("+30 s")), ("clipboard.clear", tr("Clear now"))):
            button = registry.button(command_id, "link", text=words, parent=self)
            button.setAccessibleName(registry.command(command_id).text)
            row.addWidget(button)
        guard.changed.connect(self._show)
        guard.ended.connect(self._tell)
        self.hide()
        self._show()

    def _reason(self, _context: Context) -> str | None:
        return None if self._guard.holding else tr("There is no secret on the clipboard.")

    def _show(self) -> None:
        holding = self._guard.holding
        self.text.setText(tr("Cleared from the clipboard in {n} s", n=self._guard.remaining) if holding else "")
        if holding == self.isHidden():
            self.setVisible(holding)
            self._registry.refresh()

    def _tell(self, why: str) -> None:
        if why in ("time", "asked"):
            self.said.emit(tr("The secret is off the clipboard."))
        elif why == "replaced":
            self.said.emit(tr("Something else is on the clipboard now; the secret is gone from it."))
