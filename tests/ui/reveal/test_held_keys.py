"""Which presses count as fresh."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from bcdesk.ui.keys.held_keys import HeldKeys

ENTER, SPACE = Qt.Key.Key_Return, Qt.Key.Key_Space


class Seen(QWidget):
    """Counts the presses that reach it."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self.presses = 0
        self.keys = HeldKeys(self)
        self.keys.watch(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.presses += 1


def send(target: QWidget, kind: QEvent.Type, *, repeat: bool = False, at: int = 0, key: Qt.Key = ENTER) -> None:
    event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, "", repeat)
    event.setTimestamp(at)
    QApplication.sendEvent(target, event)


@pytest.fixture
def seen(host: QWidget) -> Seen:
    return Seen(host)


@pytest.mark.parametrize("key", [ENTER, SPACE, Qt.Key.Key_Enter, Qt.Key.Key_C])
def test_that_a_key_held_since_before_counts_only_after_its_release(seen: Seen, key: Qt.Key) -> None:
    for _ in range(3):
        send(seen, QEvent.Type.KeyPress, repeat=True, key=key)
    send(seen, QEvent.Type.KeyPress, key=key)
    assert seen.presses == 0
    send(seen, QEvent.Type.KeyRelease, key=key)
    send(seen, QEvent.Type.KeyPress, key=key)
    assert seen.presses == 1


def test_that_a_repeat_which_qt_took_for_two_real_events_is_a_repeat(seen: Seen) -> None:
    for moment in range(1000, 1400, 40):
        send(seen, QEvent.Type.KeyRelease, at=moment)
        send(seen, QEvent.Type.KeyPress, at=moment)
    assert seen.presses == 0
    send(seen, QEvent.Type.KeyRelease, at=1420)
    send(seen, QEvent.Type.KeyPress, at=1520)
    assert seen.presses == 1


def test_that_a_key_pressed_before_a_turn_counts_only_after_its_release(seen: Seen) -> None:
    send(seen, QEvent.Type.KeyPress, at=1000)
    assert seen.presses == 1
    seen.keys.turn()
    send(seen, QEvent.Type.KeyPress, at=1500)
    assert seen.presses == 1
    send(seen, QEvent.Type.KeyRelease, at=1600)
    send(seen, QEvent.Type.KeyPress, at=1700)
    assert seen.presses == 2


def test_that_other_keys_and_text_pass(seen: Seen) -> None:
    send(seen, QEvent.Type.KeyPress, repeat=True, key=Qt.Key.Key_Tab)
    assert seen.presses == 1
    line = QLineEdit(seen)
    seen.keys.watch(line)
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_C, Qt.KeyboardModifier.NoModifier, "c", True)
    QApplication.sendEvent(line, event)
    assert line.text() == "c"
