"""The checks beneath each other, by what they attack: state, title, and in a few words what came of each."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from bcdesk.flow.checks.data import CHECKS
from bcdesk.flow.checks.model import Group
from bcdesk.ui import theme
from bcdesk.ui.flow import words
from bcdesk.ui.flow.checks_said import group_words, mark, outcome_words, short_words
from bcdesk.ui.flow.checks_words import words_of
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import paint_glyph

if TYPE_CHECKING:
    from bcdesk.ui.flow.checks_suite import Suite
    from bcdesk.ui.widgets.chips import Glyph

Index = QModelIndex | QPersistentModelIndex
ROW: Final = 50
GROUP: Final = 38


class ChecksModel(QAbstractListModel):
    """A row for each group and each check, as the suite has them now."""

    def __init__(self, parent: QWidget) -> None:
        """Begin without a suite."""
        super().__init__(parent)
        self.suite: Suite | None = None
        self.entries: list[Group | str] = []
        for group, checks in groupby(CHECKS, lambda check: check.group):
            self.entries += [group, *(check.id for check in checks)]

    def show_suite(self, suite: Suite | None) -> None:
        """Show another suite."""
        self.suite = suite
        self.refresh()

    def refresh(self) -> None:
        """Show every check as it is now."""
        self.dataChanged.emit(self.index(0), self.index(len(self.entries) - 1))

    def rowCount(self, parent: Index | None = None) -> int:
        return len(self.entries) if parent is None or not parent.isValid() else 0

    def flags(self, index: Index) -> Qt.ItemFlag:
        group = isinstance(self.entries[index.row()], Group)
        return Qt.ItemFlag.NoItemFlags if group else Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return group_words(entry) if isinstance(entry, Group) else words_of(entry).title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            if isinstance(entry, Group):
                return group_words(entry)
            return ", ".join(part for part in (words_of(entry).title, *self.said(entry)) if part)
        return None

    def said(self, check_id: str) -> tuple[str, str]:
        """Say how a check stands, and in a few words what came of it."""
        suite = self.suite
        if suite is not None and suite.now == check_id:
            return tr("Running…"), ""
        result = suite.results.get(check_id) if suite is not None else None
        if result is None:
            return outcome_words(None), ""
        return outcome_words(result.outcome), short_words(result)

    def mark_of(self, check_id: str) -> tuple[str, Glyph]:
        """Return tone and glyph of a check."""
        suite = self.suite
        if suite is not None and suite.now == check_id:
            return "accent", "ring"
        result = suite.results.get(check_id) if suite is not None else None
        return mark(result.outcome if result is not None else None)

    def place_of(self, check_id: str) -> int:
        """Return the row of a check."""
        return self.entries.index(check_id)


def _entry(index: Index) -> Group | str:
    model = index.model()
    assert isinstance(model, ChecksModel)  # noqa: S101 - the list has no other one
    return model.entries[index.row()]


class _Painter(QStyledItemDelegate):
    """Paints groups and checks."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, GROUP if isinstance(_entry(index), Group) else ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        entry, model = _entry(index), index.model()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(entry, Group):
            painter.setFont(theme.font("section"))
            painter.setPen(theme.color("muted"))
            place = box.adjusted(Space.XL, 0, -Space.L, -6)
            painter.drawText(place, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, str(index.data()))
        elif isinstance(model, ChecksModel):
            chosen = bool(state & QStyle.StateFlag.State_Selected)
            if chosen or state & QStyle.StateFlag.State_MouseOver:
                painter.fillRect(box, theme.color("accent_soft" if chosen else "hover"))
            self._check(painter, box, model, entry)
            if chosen and state & QStyle.StateFlag.State_HasFocus:
                painter.setPen(QPen(theme.color("accent"), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(QRectF(box).adjusted(2, 2, -2, -2), 5, 5)
        painter.restore()

    def _check(self, painter: QPainter, box: QRect, model: ChecksModel, check_id: str) -> None:
        tone, glyph = model.mark_of(check_id)
        left, right = box.left() + Space.XL, box.right() - Space.L
        paint_glyph(painter, QRectF(left, box.top() + 14, 9, 9), glyph, tone)
        result = model.suite.results.get(check_id) if model.suite is not None else None
        took = words.took(result.milliseconds) if result is not None and result.hops else ""
        painter.setFont(theme.font("secondary"))
        painter.setPen(theme.color("muted"))
        metrics = QFontMetrics(theme.font("secondary"))
        wide = metrics.horizontalAdvance(took)
        painter.drawText(right - wide, box.top() + 9 + metrics.ascent(), took)
        text = left + 22
        said, what = model.said(check_id)
        line = " · ".join(part for part in (said, what) if part)
        cut = metrics.elidedText(line, Qt.TextElideMode.ElideRight, right - text)
        painter.setPen(theme.tone_color(tone if tone in ("bad", "accent") else "neutral"))
        painter.drawText(text, box.top() + 28 + metrics.ascent(), cut)
        body = QFontMetrics(theme.font("body"))
        painter.setFont(theme.font("body"))
        painter.setPen(theme.color("text"))
        title = body.elidedText(words_of(check_id).title, Qt.TextElideMode.ElideRight, right - wide - text - Space.M)
        painter.drawText(text, box.top() + 8 + body.ascent(), title)


class ChecksList(QListView):
    """Chooses a check; ``chosen`` carries its id."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Show every check, none of them run."""
        super().__init__(parent)
        self.setObjectName("checks_list")
        self.setAccessibleName(tr("Checks"))
        self.checks = ChecksModel(self)
        self.setModel(self.checks)
        self.setItemDelegate(_Painter(self))
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.selectionModel().currentChanged.connect(self._chosen)
        theme.theme().changed.connect(self.viewport().update)

    @property
    def value(self) -> str:
        """Return the chosen check, empty where none is."""
        entry = _entry(self.currentIndex()) if self.currentIndex().isValid() else ""
        return "" if isinstance(entry, Group) else entry

    def choose(self, check_id: str) -> None:
        """Choose a check, and scroll to it."""
        self.setCurrentIndex(self.checks.index(self.checks.place_of(check_id)))

    def _chosen(self, *_: object) -> None:
        if self.value:
            self.chosen.emit(self.value)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())
