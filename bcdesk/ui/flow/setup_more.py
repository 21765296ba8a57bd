"""The rarer fields of the setup: further parameters, state, verifier, what follows the token, and the connection."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from bcdesk.flow.values import TlsProfile
from bcdesk.ui.flow.flow_layout import WrapLayout
from bcdesk.ui.flow.setup_field import SetupField
from bcdesk.ui.flow.words import field_words
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Button, Checks, Label, LineEdit, ListEdit, NumberEdit

if TYPE_CHECKING:
    from bcdesk.ui.flow.target import RunValues

_SECONDS_MOST: Final = 3600
_PARAMS: Final = "prompt=login"
_PROXY: Final = "http://127.0.0.1:3128"


class MoreFields(QWidget):
    """*More…*: what a request carries beyond the usual; ``changed`` after each edit, ``reset`` names a field."""

    changed = Signal()
    reset = Signal(str)

    def __init__(self) -> None:
        """Begin with nothing set."""
        super().__init__()
        self.setObjectName("setup_more")
        self.setAccessibleName(tr("More of the setup"))
        self.params = ListEdit(placeholder=_PARAMS, lines=2, name="params")
        self.state = LineEdit(placeholder=tr("Drawn for each run"), mono=True, name="state")
        self.verifier = LineEdit(placeholder=tr("Drawn for each run"), mono=True, name="verifier")
        self.then = Checks(
            [
                ("refresh", tr("Refresh")),
                ("introspect", tr("Introspect")),
                ("userinfo", tr("Userinfo")),
                ("revoke", tr("Revoke")),
            ],
            label=field_words("then"), name="then",
        )  # fmt: skip
        _in_two_columns(self.then)
        self.timeout = NumberEdit(5, _SECONDS_MOST, 5, unit=tr(" s"), name="timeout")
        self.fields = {
            "params": SetupField(field_words("params"), self.params, width=250, name="params"),
            "state": SetupField(field_words("state"), self.state, width=200, name="state"),
            "verifier": SetupField(field_words("verifier"), self.verifier, width=200, name="verifier"),
            "then": SetupField(field_words("then"), self.then, width=200, name="then"),
            "timeout": SetupField(field_words("timeout"), self.timeout, width=150, name="timeout"),
        }
        row = WrapLayout(self, gap=Space.M, line_gap=Space.M)
        for name, field in self.fields.items():
            row.addWidget(field)
            field.reset.connect(lambda name=name: self.reset.emit(name))
        for editor in (self.params, self.state, self.verifier, self.then):
            editor.changed.connect(self.changed)
        self.timeout.valueChanged.connect(lambda _value: self.changed.emit())

    def read(self, values: RunValues) -> RunValues:
        """Return ``values`` with what the fields hold."""
        pairs = (line.partition("=") for line in self.params.values())
        return replace(
            values,
            params=tuple((name.strip(), value) for name, _, value in pairs if name.strip()),
            state=self.state.value() or None,
            verifier=self.verifier.value() or None,
            then=tuple(self.then.values()),
            timeout=float(self.timeout.value()),
        )

    def write(self, values: RunValues) -> None:
        """Show ``values``; what is the same keeps its cursor."""
        lines = "\n".join(f"{name}={value}" for name, value in values.params)
        if self.read(values).params != values.params:
            self.params.setPlainText(lines)
        for editor, text in ((self.state, values.state or ""), (self.verifier, values.verifier or "")):
            if editor.value() != text:
                editor.setText(text)
        self.then.set_values(values.then)
        self.timeout.setValue(int(values.timeout))


class ConnectionFields(QWidget):
    """*Connection…*: the TLS profile of both channels."""

    changed = Signal()
    reset = Signal(str)

    def __init__(self) -> None:
        """Begin with the system's own trust and no proxy."""
        super().__init__()
        self.setObjectName("setup_connection")
        self.setAccessibleName(field_words("tls"))
        self.bundle = LineEdit(placeholder=tr("The system's own"), mono=True, name="ca_bundle")
        self.certificate = LineEdit(placeholder=tr("None"), mono=True, name="client_certificate")
        self.key = LineEdit(placeholder=tr("In the same file"), mono=True, name="client_key")
        self.proxy = LineEdit(placeholder=_PROXY, mono=True, name="proxy")
        said = tr("Used by the desk and by the embedded browser alike. PEM files; a proxy is an http address.")
        row = QWidget()
        row.setObjectName("connection_row")
        wrap = WrapLayout(row, gap=Space.M, line_gap=Space.M)
        for label, editor, browse in (
            (tr("CA bundle"), self.bundle, True),
            (tr("Client certificate"), self.certificate, True),
            (tr("Its key"), self.key, True),
            (tr("Proxy"), self.proxy, False),
        ):
            wrap.addWidget(self._field(label, editor, browse=browse))
            editor.changed.connect(self.changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(row)
        column.addWidget(Label(said, "muted", wrap=True, name="connection_said"))

    def _field(self, label: str, editor: LineEdit, *, browse: bool) -> QWidget:
        box = QWidget()
        box.setObjectName(f"{editor.objectName()}_box")
        line = QHBoxLayout(box)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.XS)
        line.addWidget(editor, 1)
        if browse:
            open_ = Button(tr("Browse…"), name=f"{editor.objectName()}.browse", on_click=lambda: self._browse(editor))
            open_.setAccessibleName(tr("Browse for {what}", what=label))
            line.addWidget(open_)
        made = SetupField(label, box, width=250, name=editor.objectName())
        editor.setAccessibleName(label)
        made.set_state(changed=False, known=False)
        return made

    def _browse(self, editor: LineEdit) -> None:
        files = QFileDialog(self, tr("Choose a PEM file"), editor.value())
        files.setFileMode(QFileDialog.FileMode.ExistingFile)
        files.fileSelected.connect(editor.setText)
        files.finished.connect(files.deleteLater)
        files.open()

    def read(self, values: RunValues) -> RunValues:
        """Return ``values`` with what the fields hold."""

        def path(editor: LineEdit) -> Path | None:
            return Path(editor.value()) if editor.value() else None

        tls = TlsProfile(path(self.bundle), path(self.certificate), path(self.key), self.proxy.value() or None)
        return replace(values, tls=tls)

    def write(self, values: RunValues) -> None:
        """Show ``values``."""
        tls = values.tls
        for editor, value in (
            (self.bundle, tls.ca_bundle),
            (self.certificate, tls.client_certificate),
            (self.key, tls.client_key),
            (self.proxy, tls.proxy),
        ):
            text = str(value) if value else ""
            if editor.value() != text:
                editor.setText(text)


def _in_two_columns(checks: Checks) -> None:
    """Arrange the choices in half the height."""
    column = checks.layout()
    if isinstance(column, QVBoxLayout):
        boxes = list(checks.checks.values())
        for first, second in zip(boxes[::2], boxes[1::2], strict=True):
            row = QHBoxLayout()
            for box in (first, second):
                column.removeWidget(box)
                row.addWidget(box, 1)
            column.addLayout(row)
