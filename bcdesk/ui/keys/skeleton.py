"""The keys page of the first frame: what will stand there, in its place, before anything that it needs is imported.

It is made of the page's own head, columns and painters, so that the page takes over without a jump; nothing in it
answers yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from bcdesk.ui import theme
from bcdesk.ui.keys.columns import FIRST_ORDER, key_columns
from bcdesk.ui.keys.filter_bar import KeyFilters
from bcdesk.ui.keys.head import subtitle, title
from bcdesk.ui.page.head import Head
from bcdesk.ui.page.moment import Moment
from bcdesk.ui.page.side import NARROW, width_beside
from bcdesk.ui.table import layout
from bcdesk.ui.table.delegates import FIRST_PAD, PAD, Cell, paint_skeleton
from bcdesk.ui.table.header import HEIGHT, paint_title
from bcdesk.ui.table.ink import Ink
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Size, Space
from bcdesk.ui.widgets import Banner, Button

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QResizeEvent


class KeysSkeleton(QWidget):
    """Looks as the page does while the server starts, until the page takes its place."""

    def __init__(self, columns: str = "", parent: QWidget | None = None) -> None:
        """Compose it of neither store nor commands; ``columns`` is the arrangement of the table as it was stored."""
        super().__init__(parent)
        self.setObjectName("page")
        self.setAccessibleName(tr("API keys"))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        starting = tr("The server is starting…")
        new = Button(tr("New key…"), "primary", name="keys.new")
        new.set_reason(starting)
        self.inspector = QFrame()
        self.inspector.setObjectName("inspector")
        body = QWidget()
        body.setObjectName("panel")
        strips = QVBoxLayout()
        strips.setContentsMargins(Space.M, Space.M, Space.M, Space.XS)
        banner = Banner("info", name="notice.state")
        banner.set_text(starting)
        strips.addWidget(banner)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(strips)
        column.addWidget(_Rows(columns), 1)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(body, 1)
        row.addWidget(self.inspector)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(Head(title(), subtitle(), (new,), KeyFilters()))
        outer.addLayout(row, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the inspector's place to the table where the window is narrow."""
        super().resizeEvent(event)
        window = self.window().width()
        self.inspector.setFixedWidth(width_beside(window))
        self.inspector.setVisible(window >= NARROW)


class _Rows(QWidget):
    """Paints the table's titles and the bars of rows that are awaited."""

    def __init__(self, columns: str) -> None:
        super().__init__()
        self.setObjectName("table")
        known = key_columns(lambda: Moment(0.0))
        self._arrangement = layout.from_text(columns, known)
        places = {one: place for place, one in enumerate(self._arrangement.order)}
        self._columns = sorted(known, key=lambda column: places.get(column.id, len(places)))
        self._ink = Ink()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._ink.begin(self.devicePixelRatioF())
        painter.fillRect(self.rect(), theme.color("surface"))
        widths = layout.fit(self._columns, self._arrangement, self.width(), self.window().width())
        by, falls = self._arrangement.sort or FIRST_ORDER
        cells: list[Cell] = []
        x = 0
        for column in self._columns:
            width = widths.get(column.id)
            if width is not None:
                pad = PAD if cells else FIRST_PAD
                way = (1 if falls else -1) if column.id == by else 0
                paint_title(painter, self._ink, QRect(x, 0, width, HEIGHT), column, pad, way)
                cells.append(Cell(column, x, width, pad))
                x += width
        for place in range((self.height() - HEIGHT) // Size.ROW + 1):
            paint_skeleton(painter, cells, QRect(0, HEIGHT + place * Size.ROW, self.width(), Size.ROW), place)
