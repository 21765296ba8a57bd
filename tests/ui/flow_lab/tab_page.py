"""The page that a tab stands on, as far as the tab knows it: the chosen app, and what it asks the Run tab for."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget


class TabPage(QWidget):
    """Holds one tab, and remembers what the Run tab was asked to run with."""

    app_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("page")
        self.app_id: str | None = None
        self.asked: list[str] = []
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)

    def choose(self, app_id: str | None) -> None:
        self.app_id = app_id
        self.app_changed.emit()

    def show_run_with(self, redirect_uri: str) -> None:
        self.asked.append(redirect_uri)
