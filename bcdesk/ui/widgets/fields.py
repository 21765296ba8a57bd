"""A field: its label, its editor, and beneath it a hint or what is wrong."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets.cards import announce
from bcdesk.ui.widgets.chips import Dot
from bcdesk.ui.widgets.editors import LineEdit, TextEdit
from bcdesk.ui.widgets.labels import Label, restyle

_NEAR = 0.8


class Field(QWidget):
    """An editor with its label above and one line beneath, which tells the hint or the fault."""

    def __init__(self, label: str, editor: QWidget, hint: str = "", *, name: str = "", optional: bool = False,
                 parent: QWidget | None = None) -> None:  # fmt: skip
        """Put ``label`` above ``editor`` and ``hint`` beneath it."""
        super().__init__(parent)
        self.editor = editor
        self.setObjectName(name or f"field.{editor.objectName()}")
        self._label = Label(label, "label", tone="text", name="field_label")
        self._count = Label("", "secondary", tone="muted", name="field_count")
        self._mark = Dot("bad", "triangle", size=8)
        self._line = Label("", "secondary", wrap=True, name="field_line")
        self._hint, self._fault, self._tone = hint, "", "muted"
        top = QHBoxLayout()
        top.setSpacing(Space.XS)
        top.addWidget(self._label)
        if optional:
            top.addWidget(Label(tr("optional"), "muted"))
        top.addStretch(1)
        top.addWidget(self._count)
        beneath = QHBoxLayout()
        beneath.setSpacing(6)
        beneath.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        beneath.addWidget(self._line, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS + 1)
        if label:
            column.addLayout(top)
        else:
            for unused in (self._label, self._count):
                unused.setParent(self)
                unused.hide()
        column.addWidget(editor)
        column.addLayout(beneath)
        self._label.setBuddy(editor)
        editor.setAccessibleName(label)
        if isinstance(editor, LineEdit | TextEdit) and editor.most:
            editor.changed.connect(self._recount)
            self._recount()
        self._show()

    @property
    def fault(self) -> str:
        """Return what is wrong, empty where nothing is."""
        return self._fault

    @property
    def label(self) -> str:
        """Return the words above the editor."""
        return self._label.text()

    def set_fault(self, text: str | None) -> None:
        """Say beneath the editor what is wrong, or take it away with None."""
        before, self._fault = self._fault, text or ""
        if before == self._fault:
            return
        self.editor.setProperty("fault", bool(text))
        restyle(self.editor)
        self._show()
        if text:
            announce(self.editor)

    def set_hint(self, text: str, tone: str = "muted") -> None:
        """Change the hint beneath the editor, said in the colour of ``tone``."""
        self._hint, self._tone = text, tone
        self._show()

    def focus(self) -> None:
        """Put the focus into the editor."""
        target = self.editor
        if target.focusPolicy() == Qt.FocusPolicy.NoFocus:
            able = (w for w in target.findChildren(QWidget) if w.focusPolicy() != Qt.FocusPolicy.NoFocus)
            target = next((w for w in able if w.isEnabled()), target)
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(target, QLineEdit) and self._fault:
            target.selectAll()

    def _show(self) -> None:
        text = self._fault or self._hint
        self._line.set_tone("bad" if self._fault else self._tone)
        self._line.setText(text)
        self._line.setVisible(bool(text))
        self._mark.setVisible(bool(self._fault))
        self.editor.setAccessibleDescription(text)

    def _recount(self) -> None:
        editor = self.editor
        if not isinstance(editor, LineEdit | TextEdit):
            return
        length = len(editor.value())
        self._count.setVisible(bool(self._label.text()) and length >= editor.most * _NEAR)
        self._count.setText(tr("{n} of {most}", n=length, most=editor.most))
        self._count.set_tone("bad" if length > editor.most else "muted")

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(120 if isinstance(self.editor, QLineEdit | QPlainTextEdit) else hint.width(), hint.height())
