"""Redirect URIs to type: a line for each, with what the rules say of it beneath while it is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from bcdesk.contract import app_rules
from bcdesk.ui.applications.redirect_words import of_uri
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Button, Field, LineEdit

if TYPE_CHECKING:
    from collections.abc import Sequence


class RedirectLine(QWidget):
    """One URI with its verdict and the button that takes it away."""

    removed = Signal(object)

    def __init__(self, uri: str, app_type: str) -> None:
        """Begin with ``uri``, judged for an application of ``app_type``."""
        super().__init__()
        self.setObjectName("redirect_line")
        self.editor = LineEdit(uri, mono=True, name="redirect_uri")
        self.field = Field("", self.editor, name="field.redirect_uri")
        self.remove = Button(tr("Remove this address"), "icon", icon="close", name="redirect_remove",
                             on_click=lambda: self.removed.emit(self))  # fmt: skip
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.XS)
        row.addWidget(self.field, 1)
        row.addWidget(self.remove, 0, Qt.AlignmentFlag.AlignTop)
        self.judge(app_type)

    def judge(self, app_type: str) -> None:
        """Say what the rules say of it now; nothing of an empty line."""
        uri = self.editor.text()
        said = of_uri(uri, app_type) if uri else None
        self.field.set_hint(said.words if said else "", said.tone if said else "muted")
        self.editor.setPlaceholderText(example(app_type))

    def name_place(self, place: int) -> None:
        """Tell a screen reader which line this is."""
        words = tr("Redirect URI {n}", n=place + 1)
        self.editor.setAccessibleName(words)
        self.remove.setAccessibleName(tr("Remove {what}", what=words.lower()))


class RedirectList(QWidget):
    """The lines; ``changed`` after each change, ``arranged`` when lines came or went."""

    changed = Signal()
    arranged = Signal()

    def __init__(self, uris: Sequence[str], app_type: str) -> None:
        """Begin with ``uris``, or with one empty line."""
        super().__init__()
        self.setObjectName("redirect_uris")
        self.setAccessibleName(tr("Redirect URIs"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._type = app_type
        self.lines: list[RedirectLine] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        self._column = QVBoxLayout()
        self._column.setSpacing(Space.S)
        column.addLayout(self._column)
        self.more = Button(tr("Add another"), "link", name="redirect_add", on_click=self._add_another)
        column.addWidget(self.more)
        self.set_values(uris)

    def values(self) -> list[str]:
        """Return the URIs as they are typed, without empty lines; nothing in them is changed."""
        return [text for line in self.lines if (text := line.editor.text())]

    def set_values(self, uris: Sequence[str]) -> None:
        """Show ``uris``."""
        for line in list(self.lines):
            self._drop(line)
        for uri in uris or ("",):
            self._append(uri)
        self._arrange()

    def set_type(self, app_type: str) -> None:
        """Judge every line for an application of ``app_type``."""
        self._type = app_type
        for line in self.lines:
            line.judge(app_type)

    def filled(self) -> list[RedirectLine]:
        """Return the lines that hold something, in the order of `values`."""
        return [line for line in self.lines if line.editor.text()]

    def _append(self, uri: str) -> RedirectLine:
        line = RedirectLine(uri, self._type)
        line.editor.changed.connect(lambda line=line: self._typed(line))
        line.removed.connect(self._remove)
        self.lines.append(line)
        self._column.addWidget(line)
        return line

    def _typed(self, line: RedirectLine) -> None:
        line.judge(self._type)
        line.field.set_fault(None)
        self.arranged.emit()  # an empty line has no place in the list that is sent
        self.changed.emit()

    def _add_another(self) -> None:
        line = self._append("")
        self._arrange()
        line.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()

    def _remove(self, line: RedirectLine) -> None:
        place = self.lines.index(line)
        self._drop(line)
        if not self.lines:
            self._append("")
        self._arrange()
        self.lines[min(place, len(self.lines) - 1)].editor.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()

    def _drop(self, line: RedirectLine) -> None:
        self.lines.remove(line)
        self._column.removeWidget(line)
        line.hide()
        line.deleteLater()

    def _arrange(self) -> None:
        for place, line in enumerate(self.lines):
            line.name_place(place)
            line.remove.setVisible(len(self.lines) > 1 or bool(line.editor.text()))
        full = len(self.lines) >= app_rules.REDIRECTS_MAX
        self.more.set_reason(tr("There can be {n} at most.", n=app_rules.REDIRECTS_MAX) if full else None)
        self.arranged.emit()


def example(app_type: str) -> str:
    """Return an address of the kind that an application of a type has."""
    return "com.example.app://callback" if app_type == "mobile" else "https://example.com/oauth/callback"
