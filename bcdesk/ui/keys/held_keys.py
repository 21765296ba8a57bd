"""Keys that were down before a dialog could see them spend nothing: each needs a fresh press after its release."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_REPEAT_MS: Final = 20
_SPENDING: Final = (*_ENTER, Qt.Key.Key_Space, Qt.Key.Key_C, Qt.Key.Key_Insert)


class HeldKeys(QObject):
    """Swallows repeats of Enter, Space and the copy keys, and presses of keys that are held since before.

    On X11 a repeat is a release and a press of the same moment, which Qt takes for two real ones when it reads the
    first before the second has arrived: what follows its release faster than a hand can is a repeat too.
    """

    def __init__(self, parent: QObject) -> None:
        """Begin with no key known to be held."""
        super().__init__(parent)
        self._down: set[int] = set()
        self._held: set[int] = set()
        self._released: dict[int, int] = {}

    def watch(self, widget: QWidget) -> None:
        """Stand before ``widget`` and everything in it; what is watched already is not watched twice."""
        for one in (widget, *widget.findChildren(QWidget)):
            one.removeEventFilter(self)
            one.installEventFilter(self)

    def turn(self) -> None:
        """What is down now belongs to what was on screen before."""
        self._held |= self._down

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Judge presses and releases; everything else passes."""
        if not isinstance(event, QKeyEvent) or event.key() not in _SPENDING:
            return False
        key = event.key()
        if isinstance(watched, QLineEdit) and key not in _ENTER:
            return False  # there a held key is text
        if event.type() == QEvent.Type.KeyPress:
            return not self._fresh(key, event)
        if event.type() == QEvent.Type.KeyRelease:
            self._released[key] = event.timestamp()
            if not event.isAutoRepeat():
                self._down.discard(key)
                if key in self._held:
                    self._held.discard(key)
                    return True
        return False

    def _fresh(self, key: int, event: QKeyEvent) -> bool:
        at, released = event.timestamp(), self._released.get(key, 0)
        if event.isAutoRepeat() or (released > 0 and at - released <= _REPEAT_MS):
            if key not in self._down:
                self._held.add(key)
            return False
        if key in self._held:
            return False
        self._down.add(key)
        return True
