"""Fields in a dialog: each is judged as it is left, and all again before sending."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from bcdesk.contract import key_rules as rules
from bcdesk.ui.problems import of_fault
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Field, LineEdit, TagEdit

if TYPE_CHECKING:
    from bcdesk.contract.key_rules import FieldFault
    from bcdesk.ui.dialogs import Dialog


class Described(Protocol):
    """What has a name, a description, an owner and tags."""

    @property
    def name(self) -> str:
        """Return what people see first."""

    @property
    def description(self) -> str:
        """Return what it is for."""

    @property
    def owner(self) -> str:
        """Return who answers for it."""

    @property
    def tags(self) -> tuple[str, ...]:
        """Return its labels."""


class FieldForm(QObject):
    """Puts fields into a dialog by their JSON pointers, and says what is wrong with them at their place."""

    changed = Signal()

    def __init__(self, dialog: Dialog) -> None:
        """Begin without fields; who derives from it adds them, then has them `watch`ed."""
        super().__init__(dialog)
        self._dialog = dialog
        self._fields: dict[str, Field] = {}
        self._over = False
        dialog.finished.connect(self._end)

    def field(self, pointer: str) -> Field:
        """Return the field of a JSON pointer such as ``/name``."""
        return self._fields[pointer]

    def focus(self) -> None:
        """Put the focus into the first field."""
        self._fields["/name"].focus()

    def check(self) -> bool:
        """Judge every field, show each fault at its place, and tell whether there was none."""
        faults = self._sentences()
        self._dialog.show_faults(faults)
        return not faults

    def sentences_of(self, faults: list[FieldFault]) -> dict[str, str]:
        """Turn faults into sentences by pointer; those of an entry name the entry."""
        said: dict[str, str] = {}
        for fault in faults:
            said.setdefault(fault.pointer, self._sentence(fault))
        return said

    # ------------------------------------------------------------------ building

    def describe(self, values: Described, example: str) -> None:
        """Add name, description, owner and tags, beginning with those of ``values``."""
        self._name = LineEdit(values.name, most=rules.NAME_MAX, placeholder=example, name="name")
        self._description = LineEdit(values.description, most=rules.DESCRIPTION_MAX, name="description")
        self._owner = LineEdit(values.owner, most=rules.OWNER_MAX, placeholder=tr("Who answers for it"), name="owner")
        self._tags = TagEdit(values.tags, placeholder=tr("Parted by commas"), name="tags")
        self.beside(
            ("/name", Field(tr("Name"), self._name, name="field.name")),
            ("/description", Field(tr("Description"), self._description, optional=True, name="field.description")),
        )
        self.beside(
            ("/owner", Field(tr("Owner"), self._owner, optional=True, name="field.owner")),
            ("/tags", Field(tr("Tags"), self._tags, optional=True, name="field.tags")),
        )

    def describe_again(self, values: Described) -> None:
        """Show the name, description, owner and tags of ``values``; what is the same keeps its cursor."""
        for editor, text in (
            (self._name, values.name),
            (self._description, values.description),
            (self._owner, values.owner),
            (self._tags, ", ".join(values.tags)),
        ):
            if editor.text() != text:
                editor.setText(text)

    def add(self, pointer: str, label: str, editor: QWidget, *, hint: str = "", optional: bool = False) -> None:
        """Put a field at the end of the dialog."""
        field = Field(label, editor, hint, optional=optional, name=f"field.{pointer[1:]}")
        self._fields[pointer] = self._dialog.add_field(pointer, field)

    def beside(self, *pairs: tuple[str, Field]) -> QWidget:
        """Put fields side by side at the end of the dialog."""
        box = QWidget()
        box.setObjectName("beside")
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.M)
        for pointer, field in pairs:
            self._fields[pointer] = self._dialog.register_field(pointer, field)
            row.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
        self._dialog.add(box)
        return box

    def watch(self) -> None:
        """Judge each field as it is left, from now on."""
        for pointer, field in self._fields.items():
            field.editor.installEventFilter(self)
            field.editor.setProperty("pointer", pointer)
            if hasattr(field.editor, "changed"):
                field.editor.changed.connect(lambda pointer=pointer: self.edited(pointer))

    def _end(self, _result: int) -> None:
        self._over = True

    # ------------------------------------------------------------------ judging

    def faults(self) -> list[FieldFault]:
        """Return every fault of what the fields hold."""
        raise NotImplementedError

    def entries(self, name: str) -> list[str] | None:
        """Return the entries of the list called ``name``, None where it is no list."""
        return None

    def sentence_of(self, entry: str, fault: FieldFault) -> str:
        """Say what is wrong with one entry of a list."""
        return tr("“{entry}”: {words}", entry=entry, words=of_fault(fault.code))

    def edited(self, pointer: str) -> None:
        """Judge a faulty field again while it is mended, and tell that something changed."""
        field = self._fields.get(pointer)
        if field is not None and field.fault:
            self.judge(pointer)
        self.changed.emit()

    def judge(self, pointer: str) -> None:
        """Say at a field what is wrong with it."""
        said = self._sentences()
        own = (text for at, text in said.items() if at == pointer or at.startswith(f"{pointer}/"))
        self._fields[pointer].set_fault(next(own, None))
        self._dialog.fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut and not self._over:
            pointer = watched.property("pointer")
            if isinstance(pointer, str) and self.touched(pointer):
                self.judge(pointer)
        return super().eventFilter(watched, event)

    def touched(self, pointer: str) -> bool:
        """Tell whether a field is judged as it is left: an empty name is no fault while it is passed by."""
        field = self._fields[pointer]
        value = getattr(field.editor, "value", None)
        return pointer != "/name" or bool(value and value()) or bool(field.fault)

    def _sentences(self) -> dict[str, str]:
        return self.sentences_of(self.faults())

    def _sentence(self, fault: FieldFault) -> str:
        parts = fault.pointer.split("/")
        entries = self.entries(parts[1])
        if entries is None or len(parts) < 3 or not parts[2].isdigit() or int(parts[2]) >= len(entries):
            return of_fault(fault.code)
        return self.sentence_of(entries[int(parts[2])], fault)
