"""A field of the setup: its label, and whether its value is as registered or changed for this run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Button, Label, announce, restyle

if TYPE_CHECKING:
    from typing import Any


class SetupField(QWidget):
    """An editor under its label, beside which stands how it relates to the registration; ``reset`` asks for that."""

    reset = Signal()

    def __init__(self, label: str, editor: Any, *, width: int, name: str) -> None:
        """Put ``editor`` under ``label``, ``width`` pixels wide."""
        super().__init__()
        self.setObjectName(f"setup.{name}")
        self.editor, self._width = editor, width
        self._label = Label(label, "label", tone="text", name="field_label")
        self._label.setBuddy(editor)
        self._state = Label("", "muted", name=f"setup.{name}.state")
        self._back = Button(tr("Undo"), "link", name=f"setup.{name}.reset", on_click=self.reset.emit)
        self._back.setAccessibleName(tr("{field}: as registered again", field=label))
        self._back.set_tip(tr("Use the registered value again"))
        self._fault = Label("", "secondary", tone="bad", wrap=True, name=f"setup.{name}.fault")
        self._fault.hide()
        editor.setAccessibleName(label)
        top = self._top = QHBoxLayout()
        top.setSpacing(Space.S)
        top.addWidget(self._label)
        top.addStretch(1)
        top.addWidget(self._state)
        top.addWidget(self._back)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addLayout(top)
        column.addWidget(editor)
        column.addWidget(self._fault)
        self.set_state(changed=False, known=True)

    def set_state(self, *, changed: bool, known: bool) -> None:
        """Say whether the value was changed for the run; without a registration (``known``) say nothing."""
        words = tr("changed for this run") if changed else tr("as registered")
        self._state.setText(words if known else "")
        self._state.set_tone("warn" if changed else "muted")
        self._back.setVisible(changed and known)
        self.updateGeometry()
        self.editor.setAccessibleDescription(words if known else "")

    @property
    def state(self) -> str:
        """Return what the field says of its value."""
        return self._state.text()

    def set_fault(self, text: str) -> None:
        """Say what is wrong with the value; an empty text takes it away."""
        self._fault.setText(text)
        self._fault.setVisible(bool(text))
        self.editor.setProperty("fault", bool(text))
        restyle(self.editor)
        if text:
            announce(self.editor)

    def sizeHint(self) -> QSize:
        # never so narrow that what it says of its value is cut
        return QSize(max(self._width, self._top.sizeHint().width()), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self._width, 120), super().minimumSizeHint().height())
