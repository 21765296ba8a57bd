"""The box for any candidate: what could hold a code is cut off a paste before the box keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QDropEvent, QFocusEvent, QGuiApplication, QKeyEvent, QKeySequence, QValidator

from bcdesk.flow.pasted import TAKEN, Note, read
from bcdesk.ui.widgets import LineEdit

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

LONGEST: Final = 32_000
"""Characters that the box keeps; the comparison of more would teach nothing."""


class _Sieve(QValidator):
    """Swaps what came in one piece for its candidate before the box keeps it; Qt forgets the undo history with that."""

    def __init__(self, edit: CandidateEdit) -> None:
        super().__init__(edit)
        self._edit, self._length = edit, 0

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Accept ``text``, without what must not stay."""
        if len(text) - self._length > 1:
            found = read(text, self._edit.registered)
            if found.uri != text:
                text, position = found.uri[:LONGEST], min(len(found.uri), LONGEST)
            self._edit.notes = found.notes
        elif len(text) != self._length:
            self._edit.notes = ()
        self._length = len(text)
        return QValidator.State.Acceptable, text, position


class CandidateEdit(LineEdit):
    """Takes any text and keeps a candidate; ``notes`` says what the last paste lost or had decoded."""

    settled = Signal()
    """The box was left, or Enter was pressed in it."""

    def __init__(self, *, placeholder: str, name: str, parent: QWidget | None = None) -> None:
        """Begin empty."""
        super().__init__(placeholder=placeholder, mono=True, name=name, parent=parent)
        self.registered: tuple[str, ...] = ()
        self.notes: tuple[Note, ...] = ()
        self.setMaxLength(LONGEST)
        self.setDragEnabled(False)
        self.setClearButtonEnabled(True)
        self.setValidator(_Sieve(self))
        self.editingFinished.connect(self.settle)

    def candidate(self) -> str:
        """Return what is to be compared; a typed query of a callback does not count."""
        return read(self.text(), self.registered).uri if self.text() else ""

    def take(self, text: str) -> None:
        """Show the candidate in ``text`` in place of all else."""
        found = read(text, self.registered)
        self.setText(found.uri[:LONGEST])
        self.notes = found.notes
        self.changed.emit()

    def settle(self) -> None:
        """Cut off what was typed and must not stay."""
        found = read(self.text(), self.registered)
        if found.uri != self.text():
            self.take(self.text())
        self.settled.emit()

    def paste(self) -> None:
        """Insert the candidate in the clipboard's text."""
        self._insert(QGuiApplication.clipboard().mimeData())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Look at a paste before Qt does."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
            event.accept()
        else:
            super().keyPressEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Look at a drop before Qt does."""
        self._insert(event.mimeData())
        event.acceptProposedAction()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.settle()

    def _insert(self, data: QMimeData | None) -> None:
        text = (data.text() if data is not None else "")[:TAKEN]
        if not text:
            return
        if not self.text() or self.selectedText() == self.text():
            self.take(text)
        else:
            found = read(text, self.registered)
            self.insert(found.uri[:LONGEST])
            self.notes = found.notes
            self.changed.emit()
