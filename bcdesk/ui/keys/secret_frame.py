"""A frame that paints a secret and holds no editor or label with it: dots until a hand keeps it open.

The value is asked of its `OneTimeSecret` for the length of one paint event. Names, descriptions, tooltips and
properties speak of the last four characters only; *Read aloud* says each character in an announcement and
leaves nothing behind.
"""

from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFocusEvent,
    QFontMetricsF,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from bcdesk.ui import theme
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from bcdesk.contract.secret import OneTimeSecret

SecretKind = Literal["live", "sandbox", "client", "link"]
"""An API key of either environment, a client secret, or the code of a set-up link."""
SHOW_SECONDS: Final = 10
_DOT: Final = "•"
_PAD: Final = 16
_HEIGHT: Final = 58


def spelled(text: str) -> str:
    """Return ``text`` character by character, as a screen reader should say it."""
    return " ".join(text)


class SecretFrame(QWidget):
    """Shows a secret while it is held open (pointer or Space) or for ten seconds, and dots otherwise.

    ``shown_changed`` carries whether the value is on screen, ``countdown`` the seconds left of *Show for 10 s*.
    """

    shown_changed = Signal(bool)
    countdown = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin empty: `hold` gives it a secret."""
        super().__init__(parent)
        self.setObjectName("secretFrame")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._secret: OneTimeSecret | None = None
        self._kind: SecretKind = "live"
        self._shown = False
        self._left = 0
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self._count_down)
        theme.theme().changed.connect(self.update)
        self._name_it()

    def hold(self, secret: "OneTimeSecret | None", kind: "SecretKind") -> None:
        """Take up a secret of ``kind`` to show (None: none any more, the frame says it is hidden)."""
        self.conceal()
        self._secret = secret
        self._kind = kind
        self._name_it()
        self.updateGeometry()
        self.update()

    @property
    def shown(self) -> bool:
        """Tell whether the value is on screen."""
        return self._shown

    def open(self) -> None:
        """Put the value on screen until `conceal`."""
        self._stop_countdown()
        self._set_shown(True)

    def open_for_a_while(self) -> None:
        """Put the value on screen for ten seconds; the frame takes the focus, so that its loss masks it."""
        if self._secret is None or self._secret.spent:
            return
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._set_shown(True)
        self._left = SHOW_SECONDS
        self._second.start()
        self.countdown.emit(self._left)

    def conceal(self) -> None:
        """Put dots back in place of the value."""
        self._stop_countdown()
        self._set_shown(False)

    def read_aloud(self) -> None:
        """Have the screen reader say the value, character by character, once."""
        if self._secret is None or self._secret.spent:
            return
        event = QAccessibleAnnouncementEvent(self, spelled(self._secret.show()))
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
        QAccessible.updateAccessibility(event)

    def sizeHint(self) -> QSize:
        """Ask for the room of the whole value in the monospace font."""
        length = self._secret.length if self._secret is not None else 45
        width = QFontMetricsF(theme.font("mono")).horizontalAdvance("0") * max(length, 45)
        return QSize(int(width) + 2 * _PAD, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Stay as high as one line and its padding."""
        return QSize(120, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame, its focus ring, and either the dots or the value."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = 2.0 if self.hasFocus() else 1.0
        edge = QRectF(self.rect()).adjusted(ring / 2, ring / 2, -ring / 2, -ring / 2)
        painter.setPen(QPen(theme.color("accent" if self.hasFocus() else "field"), ring))
        painter.setBrush(theme.color("bg"))
        painter.drawRoundedRect(edge, theme.Radius.CONTROL, theme.Radius.CONTROL)
        secret = self._secret
        if secret is None or secret.spent:
            return
        painter.setFont(theme.font("mono"))
        painter.setPen(theme.color("text"))
        step = painter.fontMetrics().horizontalAdvance("0")
        text = secret.show() if self._shown else secret.prefix + _DOT * (secret.length - len(secret.prefix))
        base = (self.height() + painter.fontMetrics().ascent() - painter.fontMetrics().descent()) / 2
        for index, character in enumerate(text):  # a cell each: dots and characters take the same room
            painter.drawText(QPointF(_PAD + index * step, base), character)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open while a fresh Space is held."""
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self.open()
            return
        super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Mask as Space is let go."""
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self.conceal()
            return
        super().keyReleaseEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open while the pointer holds the frame."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.open()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Mask as the pointer lets go."""
        self.conceal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Mask when the focus goes elsewhere."""
        self.conceal()
        self.update()
        super().focusOutEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Draw the ring."""
        self.update()
        super().focusInEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Mask what is no longer in view."""
        self.conceal()
        super().hideEvent(event)

    def event(self, event: QEvent) -> bool:
        """Mask when the window is no longer the active one."""
        if event.type() == QEvent.Type.WindowDeactivate:
            self.conceal()
        return super().event(event)

    def _set_shown(self, shown: bool) -> None:
        shown = shown and self._secret is not None and not self._secret.spent
        if shown == self._shown:
            return
        self._shown = shown
        self._name_it()
        self.update()
        self.shown_changed.emit(shown)

    def _name_it(self) -> None:
        if self._secret is None:
            name = tr("Key, hidden")
        else:
            last4 = spelled(self._secret.last4)
            words = {
                ("live", False): tr("New live key ending {last4}, hidden", last4=last4),
                ("live", True): tr("New live key ending {last4}, on screen", last4=last4),
                ("sandbox", False): tr("New sandbox key ending {last4}, hidden", last4=last4),
                ("sandbox", True): tr("New sandbox key ending {last4}, on screen", last4=last4),
                ("client", False): tr("New client secret ending {last4}, hidden", last4=last4),
                ("client", True): tr("New client secret ending {last4}, on screen", last4=last4),
                ("link", False): tr("New set-up link ending {last4}, hidden", last4=last4),
                ("link", True): tr("New set-up link ending {last4}, on screen", last4=last4),
            }
            name = words[self._kind, self._shown]
        self.setAccessibleName(name)
        self.setAccessibleDescription(tr("Hold Space to show it. Copy it with Ctrl+C or Copy once."))

    def _count_down(self) -> None:
        self._left -= 1
        self.countdown.emit(max(self._left, 0))
        if self._left <= 0:
            self.conceal()

    def _stop_countdown(self) -> None:
        if self._second.isActive():
            self._second.stop()
        if self._left:
            self._left = 0
            self.countdown.emit(0)
