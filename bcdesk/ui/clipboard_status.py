"""The clipboard's countdown in the status bar: it goes on when the dialog of the key has closed."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from bcdesk.ui.clipboard import ClipboardGuard
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Button, Label


class ClipboardStatus(QWidget):
    """Says how long a key stays on the clipboard, with more time and *Clear now*; hidden while none is there."""

    def __init__(self, guard: ClipboardGuard, parent: QWidget | None = None) -> None:
        """Follow ``guard``."""
        super().__init__(parent)
        self.setObjectName("clipboard_status")
        self.setAccessibleName(tr("Key on the clipboard"))
        self._guard = guard
        self._label = Label("", "secondary", name="clipboard_left")
        self._more = Button(tr("+30 s"), "link", name="clipboard_extend", on_click=guard.extend)
        self._more.set_tip(tr("Leave the key on the clipboard for 30 s more."))
        self._clear = Button(tr("Clear now"), "link", name="clipboard_clear", on_click=guard.clear_now)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        for widget in (self._label, self._more, self._clear):
            row.addWidget(widget)
        guard.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.setVisible(self._guard.holding)
        self._label.setText(tr("Key on the clipboard for {n} s", n=self._guard.remaining))
