"""The locked desk: a window that knows nothing of what was open, and asks for the passphrase where one is set."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QByteArray, QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QMainWindow, QVBoxLayout, QWidget

from bcdesk.ui import icons, theme
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Button, Card, Field, Label
from bcdesk.ui.widgets.editors import LineEdit

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from PySide6.QtGui import QCloseEvent, QKeyEvent, QShowEvent

    from bcdesk.ui.tasks import TaskScope

    Check = Callable[[str], Awaitable[bool]]

_WIDTH: Final = 420
_MARK: Final = 28
_LONGEST: Final = 1024


class LockFace(QWidget):
    """Says in the middle of a window that the desk is locked, and nothing else of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Show the mark and the first sentence; ``card`` takes more."""
        super().__init__(parent)
        self.setObjectName("locked_face")
        self.setAutoFillBackground(True)
        self.card = Card(name="locked_card")
        self.card.setFixedWidth(_WIDTH)
        self.card.body.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.XL)
        self.card.body.setSpacing(Space.M)
        self._mark = Label(name="locked_mark")
        self._mark.setAccessibleName(tr("Locked"))
        self._tint()
        theme.theme().changed.connect(self._tint)
        head = QHBoxLayout()
        head.setSpacing(Space.M)
        head.addWidget(self._mark)
        self.title = Label(tr("bcdesk is locked"), "dialog", name="locked_title")
        head.addWidget(self.title, 1)
        self.card.body.addLayout(head)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self.card)
        middle.addStretch(1)
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addLayout(middle)
        column.addStretch(3)

    def _tint(self) -> None:
        self._mark.setPixmap(icons.icon("lock", "accent").pixmap(QSize(_MARK, _MARK)))


def cover(window: QMainWindow) -> LockFace:
    """Take everything off the screen at once: nothing of ``window`` shows while the desk ends behind it."""
    for one in QApplication.topLevelWidgets():
        if one is not window and one.isVisible():
            one.hide()
    window.setWindowTitle(tr("bcdesk is locked"))
    face = LockFace(window)
    face.setGeometry(window.rect())
    face.show()
    face.raise_()
    face.setFocus()
    inside = window.centralWidget()
    if inside is not None:
        inside.hide()  # a screen reader reads what is there, not what is on top
    shut = _Shut(window, face)
    app = QApplication.instance()
    if app is not None:
        app.installEventFilter(shut)
    window.repaint()
    return face


class _Shut(QObject):
    """Keeps off the screen whatever would still open beside the covered window: a dialog that waited for an answer."""

    def __init__(self, window: QMainWindow, parent: QObject) -> None:
        super().__init__(parent)
        self._window = window

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.Show or not isinstance(watched, QWidget):
            return False
        if watched.isWindow() and watched is not self._window and not isinstance(watched, LockWindow):
            watched.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)  # said before it is mapped
            QTimer.singleShot(0, watched, watched.hide)
        return False


class LockWindow(QWidget):
    """Stands where the desk's window stood; ``answered`` says True when it may open, False when it is closed."""

    answered = Signal(bool)

    def __init__(
        self, *, geometry: str = "", check: Check | None = None, scope: TaskScope | None = None
    ) -> None:  # fmt: skip
        """Stand at ``geometry``; ``check`` tells in a task of ``scope`` whether a passphrase is the right one."""
        super().__init__()
        if check is not None and scope is None:
            raise ValueError("a passphrase is tried in a task")  # it would open without
        self.setObjectName("locked")
        self.setWindowTitle(tr("bcdesk is locked"))
        self.setAccessibleName(tr("bcdesk is locked"))
        self.setMinimumSize(QSize(720, 480))
        self._check, self._scope = check, scope
        self._field: Field | None = None
        self._line = LineEdit(name="locked_passphrase")
        self._line.setEchoMode(QLineEdit.EchoMode.Password)
        self._line.setMaxLength(_LONGEST)
        face = LockFace()
        body = face.card.body
        body.addWidget(Label(tr("What was open is forgotten until you unlock."), "body", wrap=True))
        if check is not None:
            self._field = Field(tr("Passphrase"), self._line, name="locked_field")
            self._line.setParent(self._field)
            body.addWidget(self._field)
        else:
            self._line.setParent(self)
            self._line.hide()
            said = tr(
                "No passphrase is set. Whoever is signed in to this computer can unlock: the lock of the system's own "
                "session is the only barrier."
            )
            body.addWidget(Label(said, "muted", wrap=True, name="locked_barrier"))
        self.unlock = Button(tr("Unlock"), "primary", name="locked_unlock", on_click=self._unlock)
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.S)
        buttons.addStretch(1)
        buttons.addWidget(Button(tr("Quit"), "quiet", name="locked_quit", on_click=self.close))
        buttons.addWidget(self.unlock)
        body.addSpacing(Space.S)
        body.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(face)
        if not (geometry and self.restoreGeometry(QByteArray.fromBase64(geometry.encode("ascii")))):
            self.resize(1280, 800)

    def _unlock(self) -> None:
        if self._check is None or self._scope is None:
            self.answered.emit(True)
        elif self._line.text():
            self.unlock.set_reason(tr("The passphrase is being tried."))
            self._line.setReadOnly(True)
            self._scope.start(self._try(self._check), name="unlock")
        elif self._field is not None:
            self._field.focus()

    async def _try(self, check: Check) -> None:
        right = False
        try:
            right = await check(self._line.text())
        finally:
            self._line.setReadOnly(False)
            self._line.clear()
            self.unlock.set_reason(None)
        if right:
            self.answered.emit(True)
        elif self._field is not None:
            self._field.set_fault(tr("That is not the passphrase."))
            self._field.focus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        (self._line if self._check is not None else self.unlock).setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.unlock.click()
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.answered.emit(False)


async def answered(window: LockWindow) -> bool:
    """Show ``window`` and return what is answered: whether the desk may open."""
    answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
    window.answered.connect(lambda opens: None if answer.done() else answer.set_result(opens))
    window.show()
    window.activateWindow()
    return await answer
