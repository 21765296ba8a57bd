"""The search field: a whole key that gets into it, by any road, becomes its mask at once."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QMimeData, QObject, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QDropEvent,
    QFocusEvent,
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QValidator,
)
from PySide6.QtWidgets import QLineEdit, QWidget

from bcdesk.contract import key_format
from bcdesk.ui.keys.recogniser import Recognised, recognise, unfinished
from bcdesk.ui.text import tr

LONGEST: Final = 400
"""Characters that the field takes; a pasted file is cut before anything looks at it."""


class _Sieve(QValidator):
    """Swaps a key for its mask before the field keeps it; Qt forgets the undo history with the swap."""

    caught = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._length = 0

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Accept ``text``, or the mask of the key that it holds."""
        found = recognise(text, in_one_piece=len(text) - self._length > 1)
        if found is not None:
            text, position = found.masked, len(found.masked)
            self.caught.emit(found)
        self._length = len(text)
        return QValidator.State.Acceptable, text, position


class SearchField(QLineEdit):
    """Searches as you type; a key is neither searched for, nor kept in undo, history or the accessible tree.

    Pasting, dropping, composing and the middle button are looked at before Qt inserts anything; what is
    typed or set otherwise is caught by a validator, which is the net under them all.
    """

    recognised = Signal(object)
    """A `Recognised` key; the field shows its mask by then."""
    searched = Signal(str)
    """The text to look for; empty while the field holds a key, whole or unfinished."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("keys-search")
        self.setAccessibleName(tr("Search keys"))
        self.setAccessibleDescription(tr("Search, or paste a key to identify it"))
        self.setPlaceholderText(tr("Search, or paste a key to identify it"))
        self.setMaxLength(LONGEST)
        self.setDragEnabled(False)
        self._shown: Recognised | None = None
        self._caught: Recognised | None = None
        self._sieve = _Sieve(self)
        self._sieve.caught.connect(self._catch)
        self.setValidator(self._sieve)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(1500)
        self._pause.timeout.connect(self._give_up_typing)
        self.textChanged.connect(self._changed)

    @property
    def holds_key(self) -> bool:
        """Tell whether the field shows the mask of a recognised key."""
        return self._shown is not None and self.text() == self._shown.masked

    def paste(self) -> None:
        """Insert the clipboard's text, or the mask of the key in it."""
        self._insert(QGuiApplication.clipboard().mimeData())

    # ------------------------------------------------------------------ roads into the field

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Look at a paste before Qt does; Escape clears what is there."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
            event.accept()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            event.accept()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Look at a middle-button paste before Qt does."""
        clipboard = QGuiApplication.clipboard()
        if event.button() == Qt.MouseButton.MiddleButton and clipboard.supportsSelection():
            self.deselect()
            self._insert(clipboard.mimeData(clipboard.Mode.Selection))
            event.accept()
        else:
            super().mouseReleaseEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Look at a drop before Qt does."""
        text = event.mimeData().text()[:LONGEST]
        if recognise(text, in_one_piece=True) is not None:
            self._take(text)
            event.acceptProposedAction()
        else:
            super().dropEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Look at composed text before Qt does."""
        if recognise(event.commitString(), in_one_piece=True) is not None:
            self._take(event.commitString())
            event.accept()
        else:
            super().inputMethodEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Show Qt's own menu, with its Paste led through ours."""
        menu = self.createStandardContextMenu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in menu.findChildren(QAction):
            if action.objectName() == "edit-paste":
                action.triggered.disconnect()
                action.triggered.connect(self.paste)
        menu.popup(event.globalPos())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Mask a key that was left unfinished."""
        super().focusOutEvent(event)
        self._give_up_typing()

    # ------------------------------------------------------------------ what becomes of it

    def _insert(self, data: QMimeData | None) -> None:
        text = (data.text() if data is not None else "")[:LONGEST]
        if recognise(text, in_one_piece=True) is not None:
            self._take(text)
        elif text:
            self.insert(text)

    def _take(self, text: str) -> None:
        found = recognise(text, in_one_piece=True)
        if found is not None:
            self._catch(found)
            self.setText(found.masked)
            self._announce()

    def _catch(self, found: Recognised) -> None:
        self._shown = self._caught = found

    def _announce(self) -> None:
        found, self._caught = self._caught, None
        if found is not None:
            self.recognised.emit(found)

    def _changed(self, text: str) -> None:
        self._pause.stop()
        if self._shown is not None and text != self._shown.masked:
            self._shown = None
        if unfinished(text):
            self._pause.start()
            self.searched.emit("")
        elif self._shown is not None:
            self.searched.emit("")
            self._announce()
        else:
            self.searched.emit(text.strip()[-4:] if key_format.is_masked(text.strip()) else text)

    def _give_up_typing(self) -> None:
        self._pause.stop()
        if unfinished(self.text()):
            self._take(self.text())
