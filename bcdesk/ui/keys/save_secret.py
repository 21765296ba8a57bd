"""The face of the reveal that saves the secret to a file: form, place, and what speaks against that place."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from bcdesk.actions.secret_file import CLIENT_VARIABLE, VARIABLE, Form, Risk, risk_of
from bcdesk.ui.keys.reveal_faces import begin, lead
from bcdesk.ui.keys.reveal_words import by
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Banner, Button, Field, LineEdit, Segmented

if TYPE_CHECKING:
    from collections.abc import Callable

    from bcdesk.client.values import About
    from bcdesk.ui.dialogs import Dialog


def suggested(name: str, form: Form, about: About = "key") -> str:
    """Return a file name made of a key's or an application's name: lower case, words joined by hyphens."""
    words = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:40] or "beatconnect"
    return words + (".env" if form is Form.ENV else by(about, ".key", ".secret"))


def home() -> Path:
    """Return the folder that a file is first proposed in."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.HomeLocation))


class SaveFace:
    """Asks for form and place; ``save`` is called with both once nothing speaks against them or it was overridden."""

    def __init__(
        self,
        dialog: Dialog,
        *,
        name: str,
        about: About = "key",
        save: Callable[[Path, Form], object],
        back: Callable[[], object],
        folder: Path | None = None,
    ) -> None:
        """Build the face into ``dialog``; ``name`` is what the secret belongs to, ``folder`` where to begin."""
        self._dialog = dialog
        self._name = name
        self._about: About = about
        self._variable = by(about, VARIABLE, CLIENT_VARIABLE)
        self._title = by(about, tr("Save this key to a file"), tr("Save this client secret to a file"))
        self._save = save
        self._own = True
        begin(dialog, self._title)
        said = by(
            about,
            tr("The file is readable by you alone, and it is the one hand-over: the key cannot be copied afterwards."),
            tr("The file is readable by you alone, and it is the one hand-over: it cannot be copied afterwards."),
        )
        lead(dialog, said, "save_once")
        bare = by(about, tr("The key alone"), tr("The secret alone"))
        options = [(Form.ENV.value, tr("Line for a .env file")), (Form.BARE.value, bare)]
        self.form = Segmented(options, label=tr("What the file holds"), name="save_form")
        self.form.chosen.connect(lambda _id: self._form_changed())
        field = Field(tr("What the file holds"), self.form, tr("{name}=… and a newline", name=self._variable))
        self._form_field = field
        dialog.add(field)
        self.path = LineEdit(str((folder or home()) / suggested(name, Form.ENV, about)), mono=True, name="save_path")
        self.path.changed.connect(self._path_changed)
        self.path.textEdited.connect(lambda _text: self._typed())
        browse = Button(tr("Browse…"), name="save_browse", on_click=self._browse)
        row = QWidget()
        row.setAccessibleName(tr("File"))
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.S)
        line.addWidget(self.path, 1)
        line.addWidget(browse)
        self.field = Field(tr("File"), row, name="save_file")
        self.path.setAccessibleName(tr("File"))
        dialog.register_field("/path", self.field)
        dialog.add(self.field)
        self.warning = Banner("warn", name="save_warning")
        dialog.add(self.warning)
        dialog.add_button(Button(tr("Back"), "quiet", name="save_back", on_click=back))
        self.anyway = Button(tr("Save there anyway"), "danger", name="save_anyway", on_click=self._go)
        dialog.add_button(self.anyway)
        self.go = Button(tr("Save"), "primary", name="save_go", on_click=self._go)
        dialog.add_button(self.go)
        self.path.setCursorPosition(len(self.path.text()))
        self._path_changed()

    @property
    def chosen(self) -> Form:
        """Return what the file shall hold."""
        return Form(self.form.value)

    def _form_changed(self) -> None:
        env = self.chosen is Form.ENV
        self._form_field.set_hint(
            tr("{name}=… and a newline", name=self._variable) if env else tr("No newline, no name")
        )
        if self._own:
            self.path.setText(str(Path(self.path.value()).with_name(suggested(self._name, self.chosen, self._about))))
        self._dialog.fit()

    def _typed(self) -> None:
        self._own = False

    def _path_changed(self) -> None:
        self.field.set_fault(None)
        path = self._path()
        risk = risk_of(path) if path is not None else None
        what, why = _risk_words(risk)
        self.warning.set_text(what, why)
        self.anyway.setVisible(risk is not None)
        self.go.setVisible(risk is None)
        self._dialog.fit()

    def _path(self) -> Path | None:
        text = self.path.value()
        return Path(text).expanduser() if text and "\x00" not in text else None

    def _go(self) -> None:
        path = self._path()
        if path is None or not path.is_absolute() or not path.name:
            self.field.set_fault(tr("Give the whole path of a new file."))
            self._dialog.fit()
            self.path.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._save(path, self.chosen)

    def _browse(self) -> None:
        path = self._path() or home()
        files = QFileDialog(self._dialog, self._title, str(path.parent))
        files.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        files.setOption(QFileDialog.Option.DontConfirmOverwrite)  # nothing is overwritten: the name is refused
        files.selectFile(path.name)
        files.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        files.fileSelected.connect(self._browsed)
        files.open()

    def _browsed(self, chosen: str) -> None:
        self._own = False
        self.path.setText(chosen)


def _risk_words(risk: Risk | None) -> tuple[str, str]:
    if risk is None:
        return "", ""
    if risk.kind == "git":
        return (
            tr("This folder is a git work tree."),
            tr("{root} may be committed and pushed: whoever reads the repository would have it.", root=risk.root),
        )
    return (
        tr("This folder is synced."),
        tr("What lies in {root} is copied to other machines and to a provider.", root=risk.root),
    )
