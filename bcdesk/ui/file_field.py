"""A field for a file that is there already: its path to type, and the system's own window to choose it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Button, Field, LineEdit


class FileField(Field):
    """A path with *Browse…* beside it; ``edit`` holds what is typed."""

    def __init__(self, label: str, path: Path | None, name: str, hint: str = "") -> None:
        """Begin with ``path``."""
        self.edit = LineEdit(str(path or ""), mono=True, name=name)
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.S)
        line.addWidget(self.edit, 1)
        browse = Button(tr("Browse…"), name=f"{name}.browse", on_click=self._browse)
        browse.setAccessibleName(tr("Browse for {what}", what=label))
        line.addWidget(browse)
        row.setFocusProxy(self.edit)
        super().__init__(label, row, hint, name=f"field.{name}", optional=True)
        self._title = label
        self.edit.setAccessibleName(label)

    def _browse(self) -> None:
        typed = self.edit.value()
        files = QFileDialog(self.window(), self._title, str(Path(typed).parent) if typed else "")
        files.setFileMode(QFileDialog.FileMode.ExistingFile)
        files.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        files.fileSelected.connect(self.edit.setText)
        files.open()
