"""What a run asks for, above the run: each field as registered, or changed for this run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from bcdesk.ui.flow.choice import Choice
from bcdesk.ui.flow.flow_layout import WrapLayout
from bcdesk.ui.flow.setup_field import SetupField
from bcdesk.ui.flow.setup_more import ConnectionFields, MoreFields
from bcdesk.ui.flow.words import field_words
from bcdesk.ui.text import counted, tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Button, Label, LineEdit, Scroll, Select

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from bcdesk.ui.flow.target import RunValues, Target

FOLDED_MOST: Final = 190
"""The height in pixels that the rarer fields have before they scroll."""


class SetupBar(QFrame):
    """Edits the `RunValues` of the next run; ``changed`` after each edit."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin without a target."""
        super().__init__(parent)
        self.setObjectName("setup_bar")
        self.setAccessibleName(tr("Setup of the run"))
        self._target: Target | None = None
        self._values: RunValues | None = None
        self._writing = self._compact = self._open = False
        self.redirect = Choice(label=field_words("redirect_uri"), name="redirect_uri")
        self.scopes = LineEdit(placeholder=tr("Parted by spaces"), name="scopes")
        self.pkce = Select(
            [("S256", "S256"), ("plain", "plain"), ("none", tr("None"))], label=field_words("pkce"), name="pkce"
        )
        self.method = Select(
            [("none", tr("No secret")), ("client_secret_basic", "Basic"), ("client_secret_post", tr("In the form"))],
            label=field_words("auth_method"), name="auth_method",
        )  # fmt: skip
        self.more, self.connection = MoreFields(), ConnectionFields()
        self.fields = {
            "redirect_uri": SetupField(field_words("redirect_uri"), self.redirect, width=228, name="redirect_uri"),
            "scopes": SetupField(field_words("scopes"), self.scopes, width=216, name="scopes"),
            "pkce": SetupField(field_words("pkce"), self.pkce, width=140, name="pkce"),
            "auth_method": SetupField(field_words("auth_method"), self.method, width=196, name="auth_method"),
            **self.more.fields,
        }
        self._compose()
        for name in ("redirect_uri", "scopes", "pkce", "auth_method"):
            self.fields[name].editor.changed.connect(self._edited)
            self.fields[name].reset.connect(lambda name=name: self.reset(name))
        for part in (self.more, self.connection):
            part.changed.connect(self._edited)
            part.reset.connect(self.reset)

    def _compose(self) -> None:
        self._summary_line = QWidget()
        self._summary_line.setObjectName("setup_summary_line")
        line = QHBoxLayout(self._summary_line)
        line.setContentsMargins(0, 0, 0, 0)
        self.summary = Label("", "mono", elide=True, name="setup_summary")
        self.toggle = Button(tr("Change…"), name="setup_toggle", on_click=self._toggle)
        line.addWidget(self.summary, 1)
        line.addWidget(self.toggle)
        self._usual = QWidget()
        self._usual.setObjectName("setup_usual")
        wrap = WrapLayout(self._usual, gap=Space.S, line_gap=Space.S)
        for name in ("redirect_uri", "scopes", "pkce", "auth_method"):
            wrap.addWidget(self.fields[name])
        buttons = QWidget()
        buttons.setObjectName("setup_buttons")
        under = QVBoxLayout(buttons)
        under.setContentsMargins(0, 20, 0, 0)
        row = QHBoxLayout()
        row.setSpacing(Space.XS)
        self.more_button = Button(tr("More…"), "quiet", name="setup_more_button",
                                  on_click=lambda: self._unfold(self.more))  # fmt: skip
        self.connection_button = Button(tr("Connection…"), "quiet", name="setup_connection_button",
                                        on_click=lambda: self._unfold(self.connection))  # fmt: skip
        row.addWidget(self.more_button)
        row.addWidget(self.connection_button)
        under.addLayout(row)
        wrap.addWidget(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.M, Space.XL, Space.M)
        column.setSpacing(Space.M)
        self._folded = Scroll(spacing=Space.M)
        self._folded.setObjectName("setup_folded")
        self._folded.column.addWidget(self.more)
        self._folded.column.addWidget(self.connection)
        for part in (self._summary_line, self._usual, self._folded):
            column.addWidget(part)
        self.fold()
        self._summary_line.hide()

    def show_target(self, target: Target, values: RunValues) -> None:
        """Show what ``target`` is registered with and what the next run asks for."""
        self._target = target
        self.redirect.set_options(target.redirect_uris)
        self.write(values)

    def write(self, values: RunValues) -> None:
        """Show ``values``; what is the same keeps its cursor."""
        self._writing = True
        try:
            self.redirect.choose(values.redirect_uri)
            if tuple(self.scopes.value().split()) != values.scopes:
                self.scopes.setText(" ".join(values.scopes))
                self.scopes.setCursorPosition(0)
            self.pkce.choose(values.pkce)
            self.method.choose(values.auth_method)
            self.more.write(values)
            self.connection.write(values)
        finally:
            self._writing = False
        self._values = values
        self._say()

    @property
    def values(self) -> RunValues | None:
        """Return what the fields hold."""
        if self._values is None:
            return None
        usual = replace(
            self._values,
            redirect_uri=self.redirect.value(),
            scopes=tuple(dict.fromkeys(self.scopes.value().split())),
            pkce=self.pkce.value(),
            auth_method=self.method.value(),
        )
        return self.connection.read(self.more.read(usual))

    def put(self, name: str, value: object) -> None:
        """Change one field, show it, and put the focus there."""
        if self._values is None:
            return
        self.write(replace(self.values or self._values, **{name: value}))  # type: ignore[arg-type]  # a field's own
        self.show_field(name)
        self.changed.emit()

    def reset(self, name: str) -> None:
        """Use the registered value of a field again."""
        if self._target is not None:
            self.put(name, getattr(self._target.registered, name))

    def show_field(self, name: str) -> None:
        """Unfold what a field stands in, and put the focus into it."""
        if self._compact and not self._open:
            self._toggle()
        if name in self.more.fields:
            self._show_folded(self.more)
        if name == "tls":
            self._show_folded(self.connection)
            self.connection.bundle.setFocus()
            return
        if name in self.fields:
            self.fields[name].editor.setFocus()

    def set_compact(self, compact: bool) -> None:
        """Show one line in the place of the fields, where the window is small."""
        self._compact = compact
        self._summary_line.setVisible(compact)
        self._usual.setVisible(not compact or self._open)
        if compact and not self._open:
            self.fold()

    def _toggle(self) -> None:
        self._open = not self._open
        self.toggle.set_text(tr("Fold") if self._open else tr("Change…"))
        self.set_compact(self._compact)

    def _unfold(self, part: QWidget) -> None:
        if part.isHidden():
            self._show_folded(part)
            part.focusNextChild()
        else:
            self.fold()

    def fold(self) -> None:
        """Fold what is rarer away, as when a run begins."""
        parts: tuple[QWidget, ...] = (self.more, self.connection, self._folded)
        for part in parts:
            part.hide()

    def _show_folded(self, part: QWidget) -> None:
        for one in (self.more, self.connection):
            one.setVisible(one is part)
        self._folded.show()
        self._fit_folded()

    def _fit_folded(self) -> None:
        layout = self._folded.column
        width = self.width() - 2 * Space.XL
        self._folded.setFixedHeight(min(layout.heightForWidth(width) if width > 0 else 0, FOLDED_MOST))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._folded.isHidden():
            self._fit_folded()

    def _edited(self) -> None:
        if self._writing or self._values is None:
            return
        self._values = self.values
        self._say()
        self.changed.emit()

    def _say(self) -> None:
        values, target = self._values, self._target
        if values is None or target is None:
            return
        changed = values.changed(target.registered)
        for name, field in self.fields.items():
            field.set_state(changed=name in changed, known=target.app_id is not None)
        scopes = counted(len(values.scopes), "{n} scope", "{n} scopes")
        parts = [values.redirect_uri or "–", scopes, values.pkce]
        if changed and target.app_id is not None:
            parts.append(tr("changed: {fields}", fields=", ".join(field_words(one) for one in changed)))
        self.summary.setText(" · ".join(parts))
        hidden = {"params", "state", "verifier", "then", "timeout"} & set(changed)
        self.more_button.set_text(tr("More ({n})…", n=len(hidden)) if hidden else tr("More…"))
        self.connection_button.set_text(tr("Connection (1)…") if "tls" in changed else tr("Connection…"))
