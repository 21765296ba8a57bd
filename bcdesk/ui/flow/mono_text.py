"""Monospace lines that can be selected and read by the keyboard, as high as they are long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QSize, Qt
from PySide6.QtGui import QTextCharFormat, QTextCursor, QTextOption
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy

from bcdesk.ui import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QWidget

    from bcdesk.ui.flow.message_text import Line


class MonoText(QPlainTextEdit):
    """Shows `Line`s of pieces in their tones; it takes no input and keeps no history."""

    def __init__(self, label: str, *, name: str, parent: QWidget | None = None) -> None:
        """Begin empty under the accessible name ``label``."""
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("kind", "mono")
        self.setAccessibleName(label)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setFont(theme.font("mono"))
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        self._lines: list[Line] = []
        theme.theme().changed.connect(self._write)

    def set_lines(self, lines: list[Line]) -> None:
        """Show ``lines`` in the place of what was shown."""
        if lines != self._lines:
            self._lines = list(lines)
            self._write()

    def lines(self) -> list[Line]:
        """Return what is shown."""
        return self._lines

    def _write(self) -> None:
        self.clear()
        cursor = QTextCursor(self.document())
        for place, line in enumerate(self._lines):
            if place:
                cursor.insertBlock()
            for piece in line:
                cursor.insertText(piece.text, _format(piece.tone))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        lines = 0
        block = self.document().begin()
        while block.isValid():
            self.document().documentLayout().blockBoundingRect(block)  # lays it out
            lines += max(1, block.layout().lineCount())
            block = block.next()
        height = round(lines * self.fontMetrics().lineSpacing() + 2 * self.document().documentMargin()) + 6
        if height != self.height():
            self.setFixedHeight(height)

    def sizeHint(self) -> QSize:
        return QSize(200, self.height())

    def createMimeDataFromSelection(self) -> QMimeData:
        made = QMimeData()
        made.setText(self.textCursor().selection().toPlainText())
        return made


def _format(tone: str) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setFont(theme.font("mono"))
    if tone == "mark":
        made.setForeground(theme.color("bad"))
        made.setBackground(theme.color("bad_soft"))
        made.setFontUnderline(True)
    else:
        made.setForeground(theme.color(tone))
    return made
