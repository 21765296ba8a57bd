"""What a test reads off the reveal's dialog, and types into it."""

from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from bcdesk.ui.keys.reveal_dialog import RevealDialog
from bcdesk.ui.keys.secret_frame import SecretFrame


def frame_of(dialog: RevealDialog) -> SecretFrame:
    found = dialog.findChild(SecretFrame)
    assert isinstance(found, SecretFrame)
    return found


def held(target: QWidget, key: Qt.Key, text: str = "") -> None:
    """Deliver what a key that is held down since before delivers: repeats, then a release."""
    for kind, repeats in ((QEvent.Type.KeyPress, True), (QEvent.Type.KeyPress, True), (QEvent.Type.KeyRelease, False)):
        QApplication.sendEvent(target, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text, repeats))


def face_of(dialog: RevealDialog) -> str:
    """Read the face anew: a press changes it behind the type checker's back."""
    return str(dialog.face)


def shown(dialog: RevealDialog) -> bool:
    """Read anew whether the value is on screen."""
    return bool(frame_of(dialog).shown)


def focus_of(dialog: RevealDialog) -> QWidget:
    widget = dialog.focusWidget()
    assert widget is not None
    return widget


def set_path(dialog: RevealDialog, path: Path) -> None:
    edit = dialog.findChild(QLineEdit, "save_path")
    assert edit is not None
    edit.selectAll()
    QTest.keyClicks(edit, str(path))
