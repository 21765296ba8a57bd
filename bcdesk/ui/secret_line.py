"""A line for what nobody should see: a client secret, a passphrase."""

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit


class SecretLine(QLineEdit):
    """A line that paints dots, forgets what it held, and keeps no history of it."""

    entered = Signal()

    def __init__(self, label: str, *, name: str) -> None:
        """Begin empty, called ``label``."""
        super().__init__()
        self.setObjectName(name)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setAccessibleName(label)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setInputMethodHints(Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhSensitiveData)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.returnPressed.connect(self.entered)

    def take(self) -> str:
        """Return the text without spaces around it and forget it, with its history."""
        text = self.text().strip()
        self.forget()
        return text

    def forget(self) -> None:
        """Forget the text with its history."""
        self.setText("•" * len(self.text()))
        self.setText("")  # setting a text drops what can be undone
        self.setModified(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if ctrl and event.key() in (Qt.Key.Key_Z, Qt.Key.Key_Y, Qt.Key.Key_C, Qt.Key.Key_X):
            event.accept()
            return
        super().keyPressEvent(event)

    def createMimeDataFromSelection(self) -> QMimeData:  # pragma: no cover - Qt asks no line for it
        return QMimeData()
