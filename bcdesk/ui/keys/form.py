"""The fields of a key, shared by *New key…* and *Edit…*: judged as each is left, and again before sending."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from bcdesk.contract import key_rules as rules
from bcdesk.contract.codes import Fault
from bcdesk.ui.keys.draft import FormValues, likely_range
from bcdesk.ui.keys.expiry import Expiry
from bcdesk.ui.keys.scope_list import ScopeList
from bcdesk.ui.problems import of_fault
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Button, Field, LineEdit, ListEdit, Segmented, TagEdit

if TYPE_CHECKING:
    from collections.abc import Callable

    from bcdesk.contract.key_rules import FieldFault
    from bcdesk.contract.rows import KeyRow
    from bcdesk.ui.dialogs import Dialog

WIDTH: Final = 640
"""Width in pixels of a dialog with this form."""


class KeyForm(QObject):
    """Puts the fields of a key into a dialog, reads them, and says what is wrong with them at their place."""

    changed = Signal()

    def __init__(
        self, dialog: Dialog, now: Callable[[], float], values: FormValues, *, row: KeyRow | None = None
    ) -> None:
        """Fill ``dialog`` from ``values``; with ``row`` the environment and the standing expiry belong to that key."""
        super().__init__(dialog)
        self._dialog, self._now, self._new = dialog, now, row is None
        self._standing = None if row is None else row.expires_at
        self._fields: dict[str, Field] = {}
        self._environment = values.environment
        where = tr("Such as “Storefront server”")
        self._name = LineEdit(values.name, most=rules.NAME_MAX, placeholder=where, name="name")
        self._description = LineEdit(values.description, most=rules.DESCRIPTION_MAX, name="description")
        self._owner = LineEdit(values.owner, most=rules.OWNER_MAX, placeholder=tr("Who answers for it"), name="owner")
        self._tags = TagEdit(values.tags, placeholder=tr("Parted by commas"), name="tags")
        self._scopes = ScopeList(values.scopes, values.environment)
        self._expiry = Expiry(now, keep=None if row is None else (values.expires_at,))
        self._cidrs = ListEdit(values.allowed_cidrs, placeholder="196.201.4.0/24", lines=2, name="allowed_cidrs")
        self._over = False
        self._build()
        dialog.finished.connect(self._end)

    def values(self) -> FormValues:
        """Return what the fields hold."""
        return FormValues(
            name=self._name.value(),
            description=self._description.value(),
            owner=self._owner.value(),
            tags=tuple(self._tags.values()),
            environment=self._environment,
            scopes=self._scopes.values(),
            expires_at=self._expiry.value(),
            allowed_cidrs=tuple(self._cidrs.values()),
        )

    def fill(self, values: FormValues, *, standing: float | None) -> None:
        """Show ``values``; ``standing`` is the expiry that the key now has on the server."""
        self._standing = standing
        for editor, text in (
            (self._name, values.name),
            (self._description, values.description),
            (self._owner, values.owner),
            (self._tags, ", ".join(values.tags)),
        ):
            if editor.text() != text:
                editor.setText(text)
        self._scopes.set_values(values.scopes)
        self._expiry.set_standing(standing, values.expires_at)
        if tuple(self._cidrs.values()) != values.allowed_cidrs:
            self._cidrs.setPlainText("\n".join(values.allowed_cidrs))

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

    def _build(self) -> None:
        add = self._add
        self._beside(
            ("/name", Field(tr("Name"), self._name, name="field.name")),
            ("/description", Field(tr("Description"), self._description, optional=True, name="field.description")),
        )
        self._beside(
            ("/owner", Field(tr("Owner"), self._owner, optional=True, name="field.owner")),
            ("/tags", Field(tr("Tags"), self._tags, optional=True, name="field.tags")),
        )
        if self._new:
            choice = Segmented(
                [("sandbox", tr("Sandbox")), ("live", tr("Live"))],
                label=tr("Environment"),
                value=self._environment,
                name="environment",
            )
            choice.set_tone("live", "live")
            choice.chosen.connect(self._choose_environment)
            add("/environment", tr("Environment"), choice)
            self._choose_environment(self._environment)
        add("/scopes", tr("Scopes"), self._scopes)
        add("/expires_at", tr("Expires"), self._expiry, hint=self._expiry.words())
        add("/allowed_cidrs", tr("Allowed addresses"), self._cidrs, optional=True, hint=self._cidr_hint())
        self._meant = Button(
            tr("Use the range that was meant"), "link", name="use_range", on_click=self._use_likely_range
        )
        self._meant.hide()
        self._dialog.add(self._meant)
        for pointer, field in self._fields.items():
            field.editor.installEventFilter(self)
            field.editor.setProperty("pointer", pointer)
            if hasattr(field.editor, "changed"):
                field.editor.changed.connect(lambda pointer=pointer: self._edited(pointer))

    def _add(self, pointer: str, label: str, editor: QWidget, *, hint: str = "", optional: bool = False) -> None:
        field = Field(label, editor, hint, optional=optional, name=f"field.{pointer[1:]}")
        self._fields[pointer] = self._dialog.add_field(pointer, field)

    def _beside(self, *pairs: tuple[str, Field]) -> None:
        box = QWidget()
        box.setObjectName("beside")
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.M)
        for pointer, field in pairs:
            self._fields[pointer] = self._dialog.register_field(pointer, field)
            row.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
        self._dialog.add(box)

    def _cidr_hint(self) -> str:
        return tr("One range a line. With none, the key works from any address.")

    def _choose_environment(self, environment: str) -> None:
        self._environment = environment
        self._scopes.set_environment(environment)
        limit = rules.LIMIT_PER_MINUTE[environment]
        if environment == "live":
            words = tr("Opens the live API: real purchases, real money. {n:,} requests a minute.", n=limit)
        else:
            words = tr("For testing: read scopes only, {n:,} requests a minute.", n=limit)
        self._fields["/environment"].set_hint(words)
        self._edited("/environment")

    def _end(self, _result: int) -> None:
        self._over = True

    # ------------------------------------------------------------------ judging

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut and not self._over:
            pointer = watched.property("pointer")
            if isinstance(pointer, str) and self._touched(pointer):
                self._judge(pointer)
        return super().eventFilter(watched, event)

    def _touched(self, pointer: str) -> bool:
        """An empty name is no fault while it is passed by; it is one on submit."""
        return pointer != "/name" or bool(self._name.value()) or bool(self._fields[pointer].fault)

    def _edited(self, pointer: str) -> None:
        field = self._fields.get(pointer)
        if pointer == "/expires_at" and field is not None:
            field.set_hint(self._expiry.words())
        if field is not None and field.fault:
            self._judge(pointer)
        if pointer == "/allowed_cidrs":
            self._meant.hide()
        self.changed.emit()

    def _judge(self, pointer: str) -> None:
        said = self._sentences()
        own = (text for at, text in said.items() if at == pointer or at.startswith(f"{pointer}/"))
        self._fields[pointer].set_fault(next(own, None))
        if pointer == "/allowed_cidrs":
            self._offer_likely_range()
        self._dialog.fit()

    def _sentences(self) -> dict[str, str]:
        return self.sentences_of(self.values().faults(self._now(), known_expiry=self._standing))

    def _sentence(self, fault: FieldFault) -> str:
        words = of_fault(fault.code)
        parts = fault.pointer.split("/")
        entries = {"allowed_cidrs": self._cidrs.values(), "tags": self._tags.values()}.get(parts[1])
        if entries is None or len(parts) < 3 or not parts[2].isdigit() or int(parts[2]) >= len(entries):
            return words
        entry = entries[int(parts[2])]
        meant = likely_range(entry) if fault.code == Fault.HOST_BITS_SET else None
        if meant:
            return tr("{entry} names one address of a range. Did you mean {meant}?", entry=entry, meant=meant)
        return tr("“{entry}”: {words}", entry=entry, words=words)

    # ------------------------------------------------------------------ the range that was meant

    def _offer_likely_range(self) -> None:
        meant = next((m for entry in self._cidrs.values() if (m := likely_range(entry))), None)
        self._meant.setVisible(meant is not None)
        if meant is not None:
            self._meant.set_text(tr("Use {meant}", meant=meant))

    def _use_likely_range(self) -> None:
        self._cidrs.setPlainText("\n".join(likely_range(entry) or entry for entry in self._cidrs.values()))
        self._judge("/allowed_cidrs")
        self._fields["/allowed_cidrs"].focus()
