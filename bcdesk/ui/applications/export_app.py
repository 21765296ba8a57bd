"""*Export registration…*: the registration as RFC 7591 JSON, to copy or to save; never with a secret."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from bcdesk.actions.registration_json import write_registration
from bcdesk.ui import problems
from bcdesk.ui.applications.about import AppLine
from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Button, Label, TextEdit

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from bcdesk.contract.rows import AppRow
    from bcdesk.ui.desk import Desk


class ExportDialog(Dialog):
    """Shows a registration as JSON."""

    def __init__(self, parent: QWidget, desk: Desk, row: AppRow) -> None:
        """Write ``row`` as it is known now."""
        super().__init__(parent, tr("Registration of {name}", name=row.name), name="export_app", width=600)
        self._row = row
        self.text = write_registration(row)
        self.add(AppLine(desk, row))
        said = tr("Client metadata of RFC 7591, as other servers and libraries read it. It holds no secret.")
        self.add(Label(said, "muted", wrap=True, name="export_said"))
        self.shown = TextEdit(self.text, lines=14, mono=True, name="export_json")
        self.shown.setAccessibleName(tr("Registration as JSON"))
        self.shown.setReadOnly(True)
        self.add(self.shown)
        self.add_leave(tr("Close"))
        self.save = Button(tr("Save to a file…"), name="export_app.save", on_click=self._browse)
        self.copy = Button(tr("Copy"), "primary", name="export_app.copy", icon="copy", on_click=self._copy)
        self.add_button(self.save)
        self.add_button(self.copy, default=True)
        self.copy.setFocus()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text)
        self.show_problem(tr("Copied."), tone="ok")

    def _browse(self) -> None:
        name = re.sub(r"[^a-z0-9]+", "-", self._row.name.casefold()).strip("-") or "application"
        home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.HomeLocation)
        files = QFileDialog(self, tr("Save the registration"), home, tr("JSON (*.json)"))
        files.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        files.selectFile(f"{name}.json")
        files.fileSelected.connect(self.save_to)
        files.finished.connect(files.deleteLater)
        files.open()

    def save_to(self, path: str) -> None:
        """Write the file, and say where it is or why it is not."""
        try:
            Path(path).write_text(self.text, encoding="utf-8")
        except OSError as error:
            words = problems.explain(error)
            self.show_problem(words.what, words.rest)
        else:
            self.show_problem(tr("Saved to {path}.", path=path), tone="ok")
