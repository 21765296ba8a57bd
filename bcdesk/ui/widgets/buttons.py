"""Buttons, which say why when they cannot be pressed."""

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from bcdesk.ui import icons, theme
from bcdesk.ui.widgets.labels import restyle

Kind = Literal["plain", "primary", "danger", "destroy", "quiet", "link", "icon", "nav", "segment", "tab"]
_FILLED = ("primary", "destroy")
_ICON_TONE = {"primary": "on_accent", "destroy": "on_accent", "danger": "bad", "quiet": "muted", "icon": "muted",
              "nav": "muted", "link": "accent"}  # fmt: skip


class Button(QPushButton):
    """A button; ``kind`` is its weight: one primary a page, destroy only inside a destructive dialog."""

    def __init__(
        self, text: str, kind: Kind = "plain", *, name: str = "", icon: str = "", tip: str = "",
        on_click: Callable[[], object] | None = None, parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        """Show ``text`` (a verb, with an ellipsis where a dialog follows), or for kind ``icon`` only its icon."""
        super().__init__("" if kind == "icon" else text, parent)
        self.kind = kind
        self._tip = tip or (text if kind == "icon" else "")
        self._reason: str | None = None
        self._icon, self._icon_tone = "", ""
        self.setProperty("kind", kind)
        self.setObjectName(name or "button")
        self.setAccessibleName(text)
        self.setFont(theme.font("body" if kind in ("nav", "segment", "tab") else "button"))
        self.setAutoDefault(False)
        self.setToolTip(self._tip)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        if kind == "link":
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        if icon:
            self.set_icon(icon)
        if on_click is not None:
            self.clicked.connect(lambda _checked=False: on_click())
        theme.theme().changed.connect(self._tint)

    @property
    def reason(self) -> str | None:
        """Return why the button cannot be pressed, None where it can."""
        return self._reason

    def set_reason(self, reason: str | None) -> None:
        """Disable the button and say why in tooltip and description, or enable it with None."""
        self._reason = reason
        self.setEnabled(reason is None)
        self.setToolTip(reason or self._tip)
        self.setAccessibleDescription(reason or "")

    def set_tip(self, tip: str) -> None:
        """Set what the tooltip says while the button can be pressed."""
        self._tip = tip
        if self._reason is None:
            self.setToolTip(tip)

    def set_text(self, text: str) -> None:
        """Change the words on the button and its accessible name."""
        if self.kind != "icon":
            self.setText(text)
        self.setAccessibleName(text)

    def set_kind(self, kind: Kind) -> None:
        """Change the button's weight."""
        self.kind = kind
        self.setProperty("kind", kind)
        restyle(self)
        self._tint()

    def set_icon(self, icon: str) -> None:
        """Show an icon of ``resources/icons`` in the button's own colour."""
        self._icon = icon
        self.setIconSize(QSize(18, 18))
        self._tint()

    def set_icon_tone(self, tone: str) -> None:
        """Colour the icon by ``tone``, a token's name, instead of by the button's kind."""
        self._icon_tone = tone
        self._tint()

    def _tint(self) -> None:
        if self._icon:
            self.setIcon(icons.icon(self._icon, self._icon_tone or _ICON_TONE.get(self.kind, "text")))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():  # a held Enter spends nothing
                self.click()
            event.accept()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus() and self.kind in (*_FILLED, "segment"):
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.color("on_accent" if self.kind in _FILLED else "accent"), 2))
            inset = 3.0 if self.kind in _FILLED else 2.0
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 5, 5)
