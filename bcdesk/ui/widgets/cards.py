"""Surfaces that group things: cards, banners, facts, empty states, skeletons, scroll areas."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget
from shiboken6 import isValid

from bcdesk.ui import icons, theme
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets.buttons import Button
from bcdesk.ui.widgets.labels import Label, refont, restyle

_BANNER_ICON = {"warn": "warning", "bad": "error", "ok": "check", "info": "info", "accent": "info"}


def announce(widget: QWidget) -> None:
    """Tell screen readers that ``widget`` needs attention now."""
    if QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleEvent(widget, QAccessible.Event.Alert))


_going: Final[list[QWidget]] = []


def clear(layout: QLayout) -> None:
    """Take everything out of ``layout``, and delete the widgets."""
    # Without its parent a widget belongs to Python, which would destroy it at once: perhaps a button within its own
    # press, perhaps in the thread where the collector happens to run. Each is held until Qt has deleted it.
    _going[:] = [widget for widget in _going if isValid(widget)]
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
            _going.append(widget)
        elif inner is not None:
            clear(inner)


class Card(QFrame):
    """A surface with a thin line around it; ``body`` is its column."""

    def __init__(self, tone: str = "", *, name: str = "", title: str = "", parent: QWidget | None = None) -> None:
        """Outline the card in ``tone`` (a token's name) or in the line's colour, with an optional title."""
        super().__init__(parent)
        self.setObjectName(name or "card")
        self.setProperty("tone", tone)
        self.setAccessibleName(title)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(Space.M, 11, Space.M, Space.M)
        self.body.setSpacing(Space.XS)
        if title:
            self.body.addWidget(Label(title, "strong", wrap=True))

    def set_tone(self, tone: str) -> None:
        """Change the outline's colour."""
        self.setProperty("tone", tone)
        restyle(self)


class Banner(QFrame):
    """A message across its place, with buttons that answer it; hidden while it has no text."""

    def __init__(self, tone: str = "info", text: str = "", *, name: str = "", parent: QWidget | None = None) -> None:
        """Say ``text`` in ``tone`` (info, ok, warn, bad)."""
        super().__init__(parent)
        self.setObjectName(name or "banner")
        self.setProperty("tone", tone)
        self.tone = tone
        self._icon = Label(name="banner_icon")
        self._icon.setFixedSize(20, 20)
        self._what = Label(role="strong", wrap=True, name="banner_what")
        self._why = Label(role="body", wrap=True, name="banner_why")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._what)
        words.addWidget(self._why)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(Space.S)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(Space.M, Space.S, Space.S, Space.S)
        row.setSpacing(Space.S + 2)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addLayout(self._buttons)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        theme.theme().changed.connect(self._tint)
        self.set_text(text)

    @property
    def text(self) -> str:
        """Return the whole message."""
        return " ".join(part for part in (self._what.text(), self._why.text()) if part)

    def set_text(self, what: str, why: str = "", *, tone: str | None = None) -> None:
        """Say ``what`` happened and, beneath, ``why`` and what comes next; an empty ``what`` hides the banner."""
        if tone is not None and tone != self.tone:
            self.tone = tone
            self.setProperty("tone", tone)
            restyle(self)
        self._tint()
        fresh = bool(what) and (what, why) != (self._what.text(), self._why.text())
        self._what.setText(what)
        self._what.setVisible(bool(what))
        refont(self._what, "strong" if why else "body")
        self._why.setText(why)
        self._why.setVisible(bool(why))
        self.setAccessibleName(self.text)
        upright = Qt.AlignmentFlag.AlignTop if why else Qt.AlignmentFlag.AlignVCenter
        self._row.setAlignment(self._icon, upright)
        self.setVisible(bool(what))
        if fresh:
            announce(self)

    def add_button(self, button: Button) -> Button:
        """Put ``button`` at the banner's end and return it."""
        self._buttons.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        return button

    def clear_buttons(self) -> None:
        """Take every button away."""
        clear(self._buttons)

    def _tint(self) -> None:
        self._icon.setPixmap(icons.pixmap(_BANNER_ICON[self.tone], self.tone, 20, self.devicePixelRatioF()))


class Facts(QWidget):
    """Pairs of label and value in two columns."""

    def __init__(self, *, label_width: int = 92, parent: QWidget | None = None) -> None:
        """Begin without facts; ``label_width`` is the first column's, in pixels."""
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(Space.M)
        self._grid.setVerticalSpacing(Space.S)
        self._grid.setColumnMinimumWidth(0, label_width)
        self._grid.setColumnStretch(1, 1)
        self._values: dict[str, QWidget] = {}
        self._labels: dict[str, Label] = {}

    def add(self, key: str, label: str, value: str | QWidget, *, tip: str = "", mono: bool = False) -> QWidget:
        """Add a fact under ``key`` and return the widget that shows its value."""
        row = self._grid.rowCount()
        head = Label(label, "body", tone="muted", name=f"fact.{key}.label")
        if isinstance(value, str):
            value = Label(value, "mono" if mono else "body", wrap=True, selectable=True, name=f"fact.{key}")
        value.setToolTip(tip)
        self._grid.addWidget(head, row, 0, Qt.AlignmentFlag.AlignTop)
        own = value.sizePolicy().horizontalPolicy() in (QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._grid.addWidget(value, row, 1, Qt.AlignmentFlag.AlignLeft if own else Qt.AlignmentFlag(0))
        self._values[key], self._labels[key] = value, head
        return value

    def set(self, key: str, text: str, *, tip: str = "") -> None:
        """Change the text of a fact that is a text."""
        value = self._values[key]
        if isinstance(value, Label):
            value.setText(text)
        value.setToolTip(tip)

    def show_fact(self, key: str, shown: bool) -> None:
        """Show or hide a fact with its label."""
        self._values[key].setVisible(shown)
        self._labels[key].setVisible(shown)

    def value(self, key: str) -> QWidget:
        """Return the widget that shows the value of ``key``."""
        return self._values[key]


class EmptyState(QWidget):
    """What stands where a list would be: a title, one sentence, and the button that mends it."""

    def __init__(self, title: str, sentence: str = "", button: Button | None = None, *, icon: str = "",
                 parent: QWidget | None = None) -> None:  # fmt: skip
        """Say ``title`` and ``sentence`` in the middle of the place, above ``button``."""
        super().__init__(parent)
        self.setObjectName("empty")
        self._icon, self._mark = icon, Label(name="empty_icon")
        self._title = Label(title, "heading", name="empty_title")
        self._sentence = Label(sentence, "body", tone="muted", wrap=True, name="empty_sentence")
        for label in (self._mark, self._title, self._sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sentence.setMaximumWidth(420)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self._sentence, 8)
        middle.addStretch(1)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(Space.S)
        column = QVBoxLayout(self)
        column.setSpacing(Space.S)
        column.addStretch(2)
        column.addWidget(self._mark)
        column.addWidget(self._title)
        column.addLayout(middle)
        column.addSpacing(Space.S)
        column.addLayout(self._buttons)
        self._buttons.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        if button is not None:
            self.add_button(button)
        theme.theme().changed.connect(self._tint)
        self.set_text(title, sentence)
        self._tint()

    def set_text(self, title: str, sentence: str = "") -> None:
        """Change title and sentence."""
        self._title.setText(title)
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))
        self.setAccessibleName(f"{title}. {sentence}" if sentence else title)

    def set_icon(self, icon: str) -> None:
        """Show another icon, or none with an empty name."""
        self._icon = icon
        self._tint()

    def add_button(self, button: Button) -> Button:
        """Put ``button`` beneath the sentence and return it."""
        self._buttons.addWidget(button)
        return button

    def _tint(self) -> None:
        self._mark.setVisible(bool(self._icon))
        if self._icon:
            self._mark.setPixmap(icons.pixmap(self._icon, "field", 32, self.devicePixelRatioF()))


class Skeleton(QWidget):
    """Grey bars in the shape of what is still loading; nothing moves."""

    def __init__(self, widths: Sequence[float] = (0.6, 0.9, 0.4), *, label: str = "", parent: QWidget | None = None):
        """Draw a bar for each of ``widths``, as shares of the whole width; ``label`` says what is loading."""
        super().__init__(parent)
        self._widths = tuple(widths)
        self.setAccessibleName(label)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(120, 18 * len(self._widths))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("line"))
        for index, share in enumerate(self._widths):
            painter.drawRoundedRect(0, 18 * index + 4, round(self.width() * share), 10, 4, 4)


class Scroll(QScrollArea):
    """A column that scrolls down and never sideways, without a frame; ``column`` is its layout."""

    def __init__(self, *, margins: tuple[int, int, int, int] = (0, 0, 0, 0), spacing: int = Space.S,
                 parent: QWidget | None = None) -> None:  # fmt: skip
        """Begin empty."""
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.inside = QWidget()
        self.inside.setObjectName("scrolled")
        self.column = QVBoxLayout(self.inside)
        self.column.setContentsMargins(*margins)
        self.column.setSpacing(spacing)
        self.setWidget(self.inside)
        self.viewport().setAutoFillBackground(False)
