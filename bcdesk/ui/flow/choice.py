"""A box that offers known values and takes any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter, QStyledItemDelegate

from bcdesk.ui import theme
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget


class Choice(QComboBox):
    """Holds a text that is chosen or typed; ``changed`` follows each character."""

    changed = Signal()

    def __init__(self, *, label: str, name: str, parent: QWidget | None = None) -> None:
        """Begin empty under the accessible name ``label``."""
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setItemDelegate(QStyledItemDelegate(self))  # Qt's own for boxes ignores the stylesheet
        self.view().setAccessibleName(label or tr("Choices"))
        self.setFont(theme.font("mono"))
        line = self.lineEdit()
        if line is not None:
            line.setFont(theme.font("mono"))
            line.setAccessibleName(label)
        self.setCompleter(None)  # type: ignore[arg-type]  # none: what is typed is compared byte for byte
        self.setMinimumContentsLength(8)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.editTextChanged.connect(self.changed)

    def set_options(self, options: Sequence[str]) -> None:
        """Offer ``options``; the text stays."""
        text = self.currentText()
        self.blockSignals(True)
        self.clear()
        self.addItems(list(options))
        self.setEditText(text)
        _show_start(self)
        self.blockSignals(False)

    def value(self) -> str:
        """Return the text without spaces around it."""
        return self.currentText().strip()

    def choose(self, text: str) -> None:
        """Show ``text``."""
        if self.currentText() != text:
            self.setEditText(text)
            _show_start(self)


class Finder(QComboBox):
    """A box of named things that is searched by typing; ``chosen`` carries the key of what the person took."""

    chosen = Signal(str)

    def __init__(self, *, label: str, name: str, parent: QWidget | None = None) -> None:
        """Begin without any."""
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setItemDelegate(QStyledItemDelegate(self))
        self.view().setAccessibleName(label)
        self.setMinimumContentsLength(26)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        completer = QCompleter(self.model(), self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.setCompleter(completer)
        line = self.lineEdit()
        if line is not None:
            line.setAccessibleName(label)
            line.editingFinished.connect(self._settle)
        self.activated.connect(lambda _index: self.chosen.emit(self.key))

    @property
    def key(self) -> str:
        """Return the key of what is chosen, empty where nothing is."""
        found = self.currentData()
        return str(found) if found is not None else ""

    def set_options(self, options: Sequence[tuple[str, str]], key: str) -> None:
        """Offer ``options`` (key, words) with ``key`` chosen; nothing happens where all is as it was."""
        before = [(str(self.itemData(place)), self.itemText(place)) for place in range(self.count())]
        if before == list(options) and self.key == key:
            return
        self.blockSignals(True)
        if before != list(options):
            self.clear()
            for one, words in options:
                self.addItem(words, one)
        self.setCurrentIndex(self.findData(key))
        if self.currentIndex() < 0:
            self.setEditText("")
        _show_start(self)
        self.blockSignals(False)

    def _settle(self) -> None:
        """Go back to what is chosen where the text names nothing."""
        place = self.findText(self.currentText(), Qt.MatchFlag.MatchFixedString)
        if place < 0:
            self.setEditText(self.itemText(self.currentIndex()))


def _show_start(box: QComboBox) -> None:
    line = box.lineEdit()
    if line is not None and not line.hasFocus():
        line.setCursorPosition(0)
