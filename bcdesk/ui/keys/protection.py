"""Keeps the reveal's dialog out of captures where the system can, and says so over the window that stays visible.

Who works through a shared screen or a remote desktop would otherwise see a dimmed window and nothing on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bcdesk.ui.dialog_frame import height_at
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Banner, Button

if TYPE_CHECKING:
    from collections.abc import Callable

    from bcdesk.ui.keys.reveal_dialog import RevealDialog
    from bcdesk.ui.screen_shield import Shield

_WIDTH: Final = 680
_SECRET_FACES: Final = ("waiting", "nobody", "save", "sealed")


class Protection(QObject):
    """Shields a dialog from before it is first shown until the user lets it be captured, or it is over."""

    def __init__(self, dialog: RevealDialog, way: Shield) -> None:
        """Shield ``dialog`` in the system's ``way``; where the system refuses, the dialog is as it was."""
        super().__init__(dialog)
        self._dialog, self._way = dialog, way
        self.on = way(dialog, True)
        self.note = ProtectedNote(dialog, self.lift, self._discard)
        if self.on:
            dialog.installEventFilter(self)
            dialog.turned.connect(self._show)
            dialog.finished.connect(self.note.hide)

    def lift(self) -> None:
        """Let this dialog be captured; the next one is shielded again."""
        if self.on:
            self._way(self._dialog, False)
            self.on = False
            self.note.hide()
            self._dialog.activateWindow()

    def _discard(self) -> None:
        """Discard at once: the question that the dialog would ask cannot be seen either."""
        if self._dialog.face in ("waiting", "sealed"):
            self._dialog.reject()
        elif self._dialog.face == "save":
            self._dialog.to_waiting()
            self._dialog.reject()
        self._dialog.discard()

    def _show(self) -> None:
        wanted = self.on and self._dialog.isVisible() and self._dialog.face in _SECRET_FACES
        self.note.setVisible(wanted)
        if wanted:
            self.note.stand()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show:
            self._show()
        elif event.type() in (QEvent.Type.Move, QEvent.Type.Resize) and self.note.isVisible():
            self.note.stand()
        return False


class ProtectedNote(QWidget):
    """A strip over the desk's window; it belongs to the dialog, or the dialog would keep its buttons from working."""

    def __init__(self, dialog: RevealDialog, lift: Callable[[], object], discard: Callable[[], object]) -> None:
        """Offer to ``lift`` the protection, and to ``discard`` what waits."""
        super().__init__(dialog, Qt.WindowType.Tool | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("protected_note")
        self.setWindowTitle(tr("Protected window"))
        self.setAccessibleName(tr("Protected window"))
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        said = {
            "app": tr("A client secret waits in a protected window."),
            "member": tr("A set-up link waits in a protected window."),
        }.get(dialog.handing.about, tr("A key waits in a protected window."))
        banner = Banner("info", name="protected_banner")
        banner.set_text(said, tr("It does not appear in screenshots and shared screens."))
        banner.add_button(Button(tr("Show it here unprotected"), name="protected_lift", on_click=lift))
        banner.add_button(Button(tr("Discard"), "danger", name="protected_discard", on_click=discard))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(banner)

    def stand(self) -> None:
        """Stand at the foot of the desk's window, where a dialog in its middle leaves room."""
        dialog = self.parentWidget()
        window = dialog.parentWidget() if dialog is not None else None
        if window is None:
            return
        for widget in self.findChildren(QWidget):
            widget.ensurePolished()  # a paragraph's height is that of its font
        width = min(_WIDTH, window.width() - 2 * Space.XL)
        height = height_at(self._column, width)
        corner = window.mapToGlobal(window.rect().bottomLeft())
        left = corner.x() + (window.width() - width) // 2
        self.setGeometry(left, corner.y() - height - Space.L, width, height)
