"""A control that shows all of a few choices and holds exactly one."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QSizePolicy, QWidget

from bcdesk.ui import theme
from bcdesk.ui.widgets.buttons import Button
from bcdesk.ui.widgets.labels import refont, restyle


class _Segment(Button):
    def __init__(self, text: str, edge: str, name: str) -> None:
        super().__init__(text, "segment", name=name)
        self.setProperty("edge", edge)
        self.setCheckable(True)
        self.setFont(theme.font("button"))
        self.toggled.connect(self._on_toggled)
        self._on_toggled(False)

    def _on_toggled(self, on: bool) -> None:
        refont(self, "strong" if on else "button")
        # Tab comes to the choice that stands, the arrows go on from there
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if on else Qt.FocusPolicy.ClickFocus)

    def sizeHint(self) -> QSize:
        width = QFontMetrics(theme.font("strong")).horizontalAdvance(self.text())  # chosen is bolder: no jitter
        return QSize(width + 25, super().sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}.get(
            Qt.Key(event.key()), 0
        )
        group = self.group()
        if not step or group is None:
            super().keyPressEvent(event)
            return
        able = [button for button in group.buttons() if button.isEnabled() and button.isVisibleTo(self.window())]
        target = able[(able.index(self) + step) % len(able)]
        target.setFocus(Qt.FocusReason.TabFocusReason)
        target.click()


class Segmented(QFrame):
    """A few choices side by side; ``chosen`` carries the id that the user chose."""

    chosen = Signal(str)

    def __init__(
        self, options: Sequence[tuple[str, str]], *, label: str = "", value: str | None = None, name: str = "",
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        """Offer ``options`` (id, words) under the accessible name ``label``, with ``value`` or the first chosen."""
        super().__init__(parent)
        self.setObjectName(name or "segmented")
        self.setAccessibleName(label)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 0, 1, 0)
        row.setSpacing(0)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, _Segment] = {}
        for index, (key, text) in enumerate(options):
            last = index == len(options) - 1
            edge = ("only" if last else "first") if index == 0 else ("last" if last else "mid")
            button = _Segment(text, edge, f"{name or 'segment'}.{key}")
            self._group.addButton(button)
            self._buttons[key] = button
            row.addWidget(button)
            button.clicked.connect(lambda _checked=False, key=key: self.chosen.emit(key))
        self.choose(value if value is not None else options[0][0])

    @property
    def value(self) -> str:
        """Return the chosen id."""
        return next((key for key, button in self._buttons.items() if button.isChecked()), "")

    def choose(self, key: str) -> None:
        """Choose ``key`` without a signal."""
        self._buttons[key].setChecked(True)

    def button(self, key: str) -> Button:
        """Return the segment of ``key``."""
        return self._buttons[key]

    def set_text(self, key: str, text: str) -> None:
        """Change the words of one choice, such as its count."""
        self._buttons[key].set_text(text)
        self._buttons[key].updateGeometry()

    def set_tone(self, key: str, tone: str) -> None:
        """Give one choice a meaning of its own when chosen (``live``)."""
        self._buttons[key].setProperty("tone", tone)
        restyle(self._buttons[key])

    def set_reason(self, key: str, reason: str | None) -> None:
        """Disable one choice and say why, or enable it with None."""
        self._buttons[key].set_reason(reason)
