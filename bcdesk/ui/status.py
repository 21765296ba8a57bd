"""The line at the foot of the window: how fresh everything is, and what just happened."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Dot, Label

_FLASH_MS = 6000


class StatusBar(QFrame):
    """Says one sentence at its left, and has places for others at its right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin empty."""
        super().__init__(parent)
        self.setObjectName("status")
        self.setAccessibleName(tr("Status"))
        self.setFixedHeight(32)
        self._text, self._tone = "", "muted"
        self._mark = Dot("warn", "dot", size=8)
        self._mark.setObjectName("status_mark")
        self._mark.hide()
        self.label = Label("", "secondary", tone="muted", elide=True, name="status_text")
        self._slots = QHBoxLayout()
        self._slots.setSpacing(Space.M)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.XL, 0, Space.L, 0)
        row.setSpacing(Space.S)
        row.addWidget(self._mark)
        row.addWidget(self.label, 1)
        row.addLayout(self._slots)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._show)

    def set(self, text: str, tone: str = "muted") -> None:
        """Say ``text`` until something else is said; any tone but ``muted`` puts a dot before it."""
        self._text, self._tone = text, tone
        if not self._timer.isActive():
            self._show()

    def flash(self, text: str, tone: str = "warn") -> None:
        """Say ``text`` for six seconds, to screen readers too, then what was said before."""
        from bcdesk.ui.widgets import announce

        self._put(text, tone)
        announce(self.label)
        self._timer.start(_FLASH_MS)

    def add_slot(self, widget: QWidget) -> None:
        """Put ``widget`` at the right end, such as the countdown of the clipboard."""
        self._slots.addWidget(widget)

    def stop(self) -> None:
        """Stop the timer."""
        self._timer.stop()

    def _show(self) -> None:
        self._put(self._text, self._tone)

    def _put(self, text: str, tone: str) -> None:
        self.label.setText(text)
        self.label.set_tone(tone)
        self._mark.setVisible(tone != "muted")
        self._mark.set(tone)
