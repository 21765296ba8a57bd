"""The one kind of dialog: drawn by the theme, never a loop of its own, left by Escape, awaited by `ask`."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, cast

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QProgressBar, QPushButton, QVBoxLayout, QWidget

from bcdesk.ui.dialog_frame import Scrim, height_at, paint_frame, round_off
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Size, Space
from bcdesk.ui.widgets import Banner, Button, Field, Label, Scroll


class Dialog(QDialog):
    """A dialog of the desk: title, scrolling body, footer; its ``outcome`` is None where the user left.

    Enter presses the focused button or the default one; it never presses anything while held down, nor, in a
    destructive dialog, from within a line of text.
    """

    def __init__(self, parent: QWidget, title: str, *, name: str, destructive: bool = False, width: int = Size.DIALOG,
                 intro: str = "") -> None:  # fmt: skip
        """Belong to the window of ``parent``; ``name`` is the object name, ``width`` in pixels at most."""
        super().__init__(parent.window())
        self.outcome: Any = None
        self.destructive = destructive
        self._width = width
        self._scrim: Scrim | None = None
        self._default: Button | None = None
        self._fields: dict[str, Field] = {}
        self._on_cancel: Callable[[], object] | None = None
        self._busy = self._fitting = False
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setWindowFlags(Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.title = Label(title, "dialog", wrap=True, name="dialog_title")
        self.badge = Label("", "muted", tone="warn", name="demo_badge")
        self.badge.hide()
        self.problem = Banner("bad", name="dialog_problem")
        self.progress = QProgressBar()
        self.progress.setObjectName("dialog_progress")
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.hide()
        self.busy_text = Label("", "muted", wrap=True, name="dialog_busy")
        self.busy_text.hide()
        self.area = Scroll(spacing=Space.L)
        self.body: QVBoxLayout = self.area.column
        self.body.setContentsMargins(Space.XL, 2, Space.XL, 2)
        self.footer = QHBoxLayout()
        self.footer.setSpacing(Space.S)
        self.footer.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 22, 0, Space.XL)
        column.setSpacing(Space.M)
        for widget in (self.title, self.problem, self.area, self.progress, self.busy_text):
            inset = widget is not self.area
            row = QHBoxLayout()
            row.setContentsMargins(Space.XL if inset else 0, 0, Space.XL if inset else 0, 0)
            row.addWidget(widget, 1)
            if widget is self.title:
                row.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignTop)
            column.addLayout(row, 0 if inset else 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(Space.XL, Space.S, Space.XL, 0)
        foot.addLayout(self.footer)
        column.addLayout(foot)
        if intro:
            self.add(Label(intro, "body", tone="muted", wrap=True, name="dialog_intro"))

    # building

    def add(self, widget: QWidget, stretch: int = 0) -> QWidget:
        """Put ``widget`` at the end of the body and return it."""
        self.body.addWidget(widget, stretch)
        return widget

    def add_field(self, pointer: str, field: Field) -> Field:
        """Put ``field`` at the end of the body; faults whose JSON pointer begins with ``pointer`` land there."""
        self._fields[pointer] = field
        self.add(field)
        return field

    def register_field(self, pointer: str, field: Field) -> Field:
        """Let faults of ``pointer`` land at ``field``, wherever it stands."""
        self._fields[pointer] = field
        return field

    def forget_field(self, pointer: str) -> None:
        """Let no fault land at the field of ``pointer`` any more."""
        self._fields.pop(pointer, None)

    def add_button(self, button: Button, *, default: bool = False, left: bool = False) -> Button:
        """Put ``button`` into the footer (``left``: at its start) and return it."""
        if left:
            self.footer.insertWidget(0, button)
        else:
            self.footer.addWidget(button)
        if default:
            self.set_default(button)
        return button

    def add_leave(self, text: str = "", *, default: bool | None = None) -> Button:
        """Add the button that leaves; in a destructive dialog it is the default one."""
        button = Button(text or tr("Cancel"), "quiet" if not self.destructive else "plain", name="leave")
        button.clicked.connect(self.reject)
        return self.add_button(button, default=self.destructive if default is None else default)

    def set_default(self, button: Button | None) -> None:
        """Choose the button that Enter presses from anywhere; None for no such button."""
        self._default = button

    # faults and problems

    def show_faults(self, faults: Mapping[str, str]) -> None:
        """Put each sentence at the field of its JSON pointer, the rest at the top, and focus the first."""
        rest = []
        landed: dict[str, str] = {}
        for pointer, sentence in faults.items():
            match = max((p for p in self._fields if pointer == p or pointer.startswith(f"{p}/")), key=len, default=None)
            if match is None:
                rest.append(sentence)
            else:
                landed.setdefault(match, sentence)
        for pointer, field in self._fields.items():
            field.set_fault(landed.get(pointer))
        if rest:
            self.show_problem(" ".join(rest))
        first = next((field for pointer, field in self._fields.items() if pointer in landed), None)
        if first is not None:
            self.area.ensureWidgetVisible(first)
            first.focus()

    def show_problem(self, what: str, why: str = "", *, tone: str = "bad") -> None:
        """Say at the top what went wrong with the whole; an empty text takes it away."""
        self.problem.set_text(what, why, tone=tone)
        self.fit()

    # busy

    @property
    def busy(self) -> bool:
        """Tell whether the dialog waits for an answer."""
        return self._busy

    def set_busy(self, text: str | None, on_cancel: Callable[[], object] | None = None) -> None:
        """Show progress in place with ``text`` and hold still, or end that with None.

        Leaving meanwhile calls ``on_cancel``; without one the dialog just closes.
        """
        self._busy = text is not None
        self._on_cancel = on_cancel if self._busy else None
        self.progress.setVisible(self._busy)
        self.busy_text.setVisible(self._busy)
        self.busy_text.setText(text or "")
        self.area.setEnabled(not self._busy)
        for button in self.findChildren(Button):
            if not self.area.isAncestorOf(button) and button.objectName() != "leave":
                button.setEnabled(not self._busy and button.reason is None)
        self.fit()

    # leaving

    def finish(self, outcome: Any) -> None:
        """Close the dialog with ``outcome``."""
        self.outcome = outcome
        self.accept()

    def reject(self) -> None:
        if self._busy and self._on_cancel is not None:
            self._on_cancel()
            return
        super().reject()

    def done(self, result: int) -> None:
        super().done(result)
        self._undim()

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()
            in_text = isinstance(self.focusWidget(), QLineEdit)
            if event.isAutoRepeat() or self._default is None or (self.destructive and in_text):
                return
            if self._default.isEnabled() and self._default.isVisible():
                self._default.click()
            return
        super().keyPressEvent(event)

    # place

    def showEvent(self, event: QShowEvent) -> None:
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)
            button.setDefault(False)
        super().showEvent(event)
        parent = self.parentWidget()
        if parent is not None and self._scrim is None:
            self._scrim = Scrim(parent, framed=isinstance(parent, Dialog))
            parent.installEventFilter(self)
            self.area.inside.installEventFilter(self)
        for widget in self.findChildren(QWidget):
            widget.ensurePolished()  # a paragraph's height is that of its font, known only now
        self.area.inside.updateGeometry()
        self.fit()

    def fit(self) -> None:
        """Take the size that the content asks for, inside the parent window, and stand in its middle."""
        ground = self.parentWidget()
        while isinstance(ground, Dialog):  # a dialog over a dialog has the room of the window beneath both
            ground = ground.parentWidget()
        if ground is None or not self.isVisible() or self._fitting:
            return
        self._fitting = True
        room = ground.size()
        width = min(self._width, room.width() - 2 * Space.XL)
        layout = cast("QVBoxLayout", self.layout())
        body = height_at(self.body, width)
        self.area.setMinimumHeight(0)
        self.area.setMaximumHeight(0)
        layout.invalidate()
        around = height_at(layout, width)
        self.area.setMinimumHeight(min(body, 60))
        self.area.setMaximumHeight(body)
        height = min(around + body, room.height() - 2 * Space.XL)
        # a bar that is there narrows the text, which then asks for the bar: where all fits it goes for good
        fits, bars = height == around + body, Qt.ScrollBarPolicy
        self.area.setVerticalScrollBarPolicy(bars.ScrollBarAlwaysOff if fits else bars.ScrollBarAsNeeded)
        self.resize(width, height)
        layout.activate()  # now, not a turn later: what is pressed must still be there when it is let go
        corner = ground.mapToGlobal(ground.rect().topLeft())
        self.move(corner.x() + (room.width() - width) // 2, corner.y() + max(Space.XL, (room.height() - height) // 2))
        round_off(self)
        if self._scrim is not None:
            self._scrim.stand_beneath(self.geometry())
        self._fitting = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        parent = self.parentWidget()
        if parent is not None and watched is parent and event.type() in (QEvent.Type.Move, QEvent.Type.Resize):
            if self._scrim is not None:
                self._scrim.cover()
            self.fit()
        if watched is self.area.inside and event.type() == QEvent.Type.LayoutRequest:
            self.fit()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_frame(QPainter(self), self.rect())

    def _undim(self) -> None:
        if self._scrim is not None:
            parent = self.parentWidget()
            if parent is not None:
                parent.removeEventFilter(self)
            self._scrim.hide()
            self._scrim.deleteLater()
            self._scrim = None


async def ask(dialog: Dialog) -> Any:
    """Open ``dialog`` and return its outcome, None where the user left; a cancelled wait closes it."""
    ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    dialog.finished.connect(lambda _result: None if ended.done() else ended.set_result(None))
    parent = dialog.parentWidget()
    before = parent.focusWidget() if parent is not None else None
    dialog.open()
    try:
        await ended
    except asyncio.CancelledError:
        dialog.set_busy(None)
        dialog.done(QDialog.DialogCode.Rejected.value)
        raise
    finally:
        dialog.deleteLater()
        if before is not None and _alive(before):
            before.setFocus(Qt.FocusReason.PopupFocusReason)
    return dialog.outcome


def _alive(widget: QWidget) -> bool:
    from shiboken6 import isValid

    return isValid(widget) and widget.isVisible()
