"""Where the inspector stands: beside the table, or over its right edge where the window is narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject

if TYPE_CHECKING:
    from PySide6.QtWidgets import QHBoxLayout, QWidget

    from bcdesk.ui.page.detail import DetailPanel

NARROW: Final = 1100
"""Window width in pixels under which the inspector stands over the table instead of beside it."""
WIDE: Final = 1600
"""Window width in pixels from which on the inspector takes more room."""


def width_beside(window: int) -> int:
    """Return the inspector's width in a window ``window`` pixels wide, both in pixels."""
    return 340 if window >= WIDE else 300


class Side(QObject):
    """Moves the inspector; over the table it opens and closes, beside it it always shows."""

    def __init__(self, inspector: DetailPanel, row: QHBoxLayout, page: QWidget) -> None:
        """Begin beside the table, at the end of ``row``."""
        super().__init__(page)
        self._inspector, self._row, self._page = inspector, row, page
        self.over = False
        """Whether it stands over the table."""
        self.is_open = False
        self._wanted = True
        page.installEventFilter(self)

    def fit(self, window: int) -> None:
        """Stand beside the table, or over it where the window, ``window`` pixels wide, is narrow."""
        self._inspector.setFixedWidth(width_beside(window))
        over = window < NARROW
        if over != self.over:
            self.over = over
            self.is_open = False
            if over:
                self._row.removeWidget(self._inspector)
            else:
                self._row.addWidget(self._inspector)
            self._inspector.set_over_table(over)
        self._show()

    def set_wanted(self, wanted: bool) -> None:
        """Show the inspector only where there is a table to stand beside."""
        self._wanted = wanted
        self._show()

    def open(self) -> None:
        """Open it over the table."""
        self.is_open = True
        self._show()

    def close(self) -> None:
        """Close it where it stands over the table."""
        self.is_open = False
        self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep its place when the page is laid out anew."""
        if event.type() == QEvent.Type.LayoutRequest and self.over:
            self._place()
        return super().eventFilter(watched, event)

    def _show(self) -> None:
        self._inspector.setVisible(self._wanted and (self.is_open or not self.over))
        if self.over and self.is_open:
            self._place()
            self._inspector.raise_()

    def _place(self) -> None:
        body = self._row.geometry()
        width = min(self._inspector.width(), body.width())
        self._inspector.setGeometry(body.right() - width + 1, body.top(), width, body.height())
