"""*Import registration…*: RFC 7591 JSON, pasted or from a file; what was understood of it is said before it is used."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QVBoxLayout

from bcdesk.actions.registration_json import (
    LARGEST,
    LeftOut,
    Trouble,
    Understood,
    UnreadableRegistrationError,
    Why,
    read_registration,
)
from bcdesk.contract.codes import Fault
from bcdesk.contract.redirects import judge
from bcdesk.ui import problems
from bcdesk.ui.applications.redirect_words import refusal
from bcdesk.ui.applications.words import kind_words
from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.text import counted, tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Button, Card, Field, Label, TextEdit, clear

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from bcdesk.ui.desk import Desk


class ImportDialog(Dialog):
    """Reads a registration; its outcome is the draft that *Register app…* begins with."""

    def __init__(self, parent: QWidget, _desk: Desk) -> None:
        """Begin empty."""
        super().__init__(parent, tr("Import a registration"), name="import_app", width=600)
        said = tr("Client metadata as in RFC 7591. Nothing is sent yet: the form opens with what was understood.")
        self.add(Label(said, "muted", wrap=True, name="import_said"))
        self.editor = TextEdit(lines=8, mono=True, placeholder=tr("The whole object, from brace to brace"),
                               name="import_json")  # fmt: skip
        self.add_field("/json", Field(tr("Registration as JSON"), self.editor))
        self._card = Card(name="understood", title=tr("What was understood"))
        self._lines = QVBoxLayout()
        self._lines.setSpacing(Space.XS)
        self._card.body.addLayout(self._lines)
        self._card.hide()
        self.add(self._card)
        self._understood: Understood | None = None
        self.open_file = Button(tr("Open a file…"), name="import_app.file", on_click=self._browse)
        self.add_button(self.open_file, left=True)
        self.add_leave()
        self.go_on = Button(tr("Go on"), "primary", name="import_app.go_on", on_click=self._go_on)
        self.add_button(self.go_on, default=True)
        self.editor.changed.connect(self._read)
        self._read()
        self.editor.setFocus()

    def read_file(self, path: str) -> None:
        """Show what a file holds, or say why it cannot be read."""
        try:
            with Path(path).open("rb") as file:
                held = file.read(LARGEST + 1)
        except OSError as error:
            words = problems.explain(error)
            self.show_problem(words.what, words.rest)
            return
        self.show_problem("")
        self.editor.setPlainText(held.decode("utf-8", errors="replace"))

    def _browse(self) -> None:
        home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.HomeLocation)
        files = QFileDialog(self, tr("Open a registration"), home, tr("JSON (*.json);;All files (*)"))
        files.setFileMode(QFileDialog.FileMode.ExistingFile)
        files.fileSelected.connect(self.read_file)
        files.finished.connect(files.deleteLater)
        files.open()

    def _read(self) -> None:
        text = self.editor.text()
        self._understood, fault = None, ""
        if text.strip():
            try:
                self._understood = read_registration(text)
            except UnreadableRegistrationError as error:
                fault = trouble_words(error)
        self.show_faults({"/json": fault} if fault else {})
        self.go_on.set_reason(None if self._understood else fault or tr("Paste a registration first."))
        self._show()

    def _show(self) -> None:
        clear(self._lines)
        understood = self._understood
        self._card.setVisible(understood is not None)
        if understood is not None:
            for words, tone in lines_of(understood):
                self._lines.addWidget(Label(words, "body", tone=tone, wrap=True, name="understood_line"))
        self.fit()

    def _go_on(self) -> None:
        if self._understood is not None:
            self.finish(self._understood.draft)


def lines_of(understood: Understood) -> list[tuple[str, str]]:
    """Say what was understood, what is wrong in it, and what was left out, each with its tone."""
    draft = understood.draft
    uris = counted(len(draft.redirect_uris), "{n} redirect URI", "{n} redirect URIs")
    name = draft.name or tr("No name yet")
    lines = [(f"{name} · {kind_words(draft.type)} · {uris} · {', '.join(draft.scopes) or tr('no scope')}", "text")]
    for fault in understood.faults:
        place = "" if fault.place is None else f" {fault.place + 1}"
        words = problems.of_fault(fault.code)
        if fault.code == Fault.BAD_REDIRECT_URI and fault.place is not None:
            uri = draft.redirect_uris[fault.place]
            words = refusal(judge(uri, app_type=draft.type), uri)
        lines.append((tr("{member}{place}: {words}", member=fault.member, place=place, words=words), "bad"))
    if understood.assumed:
        lines.append((tr("Not said, so taken as usual: {names}", names=", ".join(understood.assumed)), "muted"))
    left_out = [(left_words(one), "warn" if one.why is Why.SECRET else "muted") for one in understood.left_out]
    return lines + left_out


def left_words(left: LeftOut) -> str:
    """Say why a member goes no further."""
    return {
        Why.SECRET: tr("{member}: a secret of elsewhere, left out. The server makes its own.", member=left.member),
        Why.DRAWN_ANEW: tr("{member}: left out, each server gives its own.", member=left.member),
        Why.NOT_KNOWN: tr("{member}: left out, this server keeps nothing like it.", member=left.member),
    }[left.why]


def trouble_words(error: UnreadableRegistrationError) -> str:
    """Say why a text is no registration."""
    return {
        Trouble.TOO_LARGE: tr("This is larger than 64 KB."),
        Trouble.NOT_TEXT: tr("This is no text."),
        Trouble.NOT_JSON: tr("This is no JSON: line {line}, column {column}.", line=error.line, column=error.column),
        Trouble.NAME_TWICE: tr("“{name}” is there twice.", name=error.name),
        Trouble.NOT_AN_OBJECT: tr("This is JSON, but no object: it must begin with a brace."),
    }[error.trouble]
