"""Text on screen: always plain, in one of the theme's roles."""

from typing import Final, Literal

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from bcdesk.ui import theme

Role = Literal["body", "strong", "muted", "secondary", "title", "heading", "dialog", "section", "mono", "label"]
_FONT: Final = {"muted": "secondary"}
_MUTED: Final = ("muted", "section", "label")


def restyle(widget: QWidget) -> None:
    """Apply the stylesheet again after a dynamic property changed."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()


def refont(widget: QWidget, role: str) -> None:
    """Change the font of a widget to that of ``role`` for good.

    Under a stylesheet Qt restores the font that a widget had when it was first polished, whenever it gets a new parent
    or the theme changes; that remembered font is changed too.
    """
    made = theme.font(role)
    widget.setFont(made)
    if widget.property("_q_styleSheetWidgetFont") is not None:
        widget.setProperty("_q_styleSheetWidgetFont", made)


class Label(QLabel):
    """A line or paragraph of plain text; ``elide`` cuts it to its width and keeps the whole in the tooltip."""

    def __init__(
        self, text: str = "", role: Role = "body", *, tone: str | None = None, wrap: bool = False,
        selectable: bool = False, elide: bool = False, name: str = "", parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        """Show ``text`` in the font and colour of ``role``, or in the colour of ``tone`` (a token's name)."""
        super().__init__(parent)
        self._elide = elide
        self._whole_tip = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.font(_FONT.get(role, role)))
        self.setProperty("tone", tone or ("muted" if role in _MUTED else "text"))
        self.setObjectName(name or role)
        if wrap:
            self.setWordWrap(True)
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)
        if selectable:
            flags = Qt.TextInteractionFlag
            self.setTextInteractionFlags(flags.TextSelectableByMouse | flags.TextSelectableByKeyboard)
        if elide:
            self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            self.setMinimumWidth(24)
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setAccessibleName(text)
        self._tip_if_cut()

    def set_tone(self, tone: str) -> None:
        """Change the colour to that of ``tone``."""
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            restyle(self)

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 2, hint.height()) if self._elide else hint

    def minimumSizeHint(self) -> QSize:
        if self.wordWrap():  # the height for the width rules; Qt's own minimum is that of the narrowest column
            return QSize(48, self.fontMetrics().height())
        return super().minimumSizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tip_if_cut()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._elide:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.setFont(self.font())
        cut = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), self.alignment() | Qt.AlignmentFlag.AlignVCenter, cut)

    def _tip_if_cut(self) -> None:
        if not self._elide:
            return
        cut = self.fontMetrics().horizontalAdvance(self.text()) > self.width()
        if cut and not self.toolTip():
            self._whole_tip = self.text()
            self.setToolTip(self._whole_tip)
        elif self._whole_tip and self.toolTip() == self._whole_tip:
            self._whole_tip = self.text() if cut else ""
            self.setToolTip(self._whole_tip)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and not self.toolTip():
            event.ignore()
            return False
        return super().event(event)


class Rule(QFrame):
    """A line of one pixel between two groups."""

    def __init__(self, *, vertical: bool = False, parent: QWidget | None = None) -> None:
        """Draw it across, or upright where ``vertical``."""
        super().__init__(parent)
        self.setObjectName("rule")
        if vertical:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)
