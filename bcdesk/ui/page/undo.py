"""The strip that offers to take the last act back, with the time that is left for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from bcdesk.ui.page.focus import focus_kept
from bcdesk.ui.text import counted, tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Banner, Button, Label

if TYPE_CHECKING:
    from collections.abc import Callable

BRIEF_SECONDS: Final = 20.0


class UndoBar(QWidget):
    """Says what was done and offers *Undo* until its time is over or the next act takes its place."""

    def __init__(self, now: Callable[[], float], parent: QWidget) -> None:
        """Begin hidden; ``now`` is the desk's clock."""
        super().__init__(parent)
        self.setObjectName("undo_bar")
        self._now, self._page = now, parent
        self._until = 0.0
        self._counts = False
        self._undo: Callable[[], object] | None = None
        self.row_id = ""
        """The row that the offer is about."""
        self._banner = Banner("info", name="undo_banner", parent=self)
        self._left = Label("", "muted", name="undo_left")
        self.undo = Button(tr("Undo"), name="undo", on_click=self._press)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.M, Space.S, Space.M, Space.M)
        row.addWidget(self._banner)
        inside = self._banner.layout()
        if isinstance(inside, QHBoxLayout):
            inside.insertWidget(2, self._left)
        self._banner.add_button(self.undo)
        self._banner.add_button(Button(tr("Dismiss"), "icon", icon="close", name="undo.close", on_click=self.dismiss))
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._tick)
        self.hide()

    def offer(self, row_id: str, words: str, undo: Callable[[], object], *, until: float | None = None) -> None:
        """Offer ``undo`` for 20 seconds, or until the moment ``until``, whose countdown shows."""
        self.row_id, self._undo = row_id, undo
        self._counts = until is not None
        self._until = self._now() + BRIEF_SECONDS if until is None else until
        self.setAccessibleName(words)
        self.show()
        self._banner.set_text("")
        self._banner.set_text(words)
        self._timer.start()
        self._tick()

    def dismiss(self) -> None:
        """Take the offer away."""
        self._timer.stop()
        self._undo = None
        self.row_id = ""
        with focus_kept(self, self._page):
            self.hide()

    def _press(self) -> None:
        undo = self._undo
        self.dismiss()
        if undo is not None:
            undo()

    def _tick(self) -> None:
        left = self._until - self._now()
        if left <= 0:
            self.dismiss()
            return
        minutes = round(left / 60)
        if not self._counts:
            words = ""
        elif left >= 60:
            words = counted(minutes, "{n} minute left", "{n} minutes left")
        else:
            words = counted(int(left), "{n} second left", "{n} seconds left")
        self._left.setText(words)
