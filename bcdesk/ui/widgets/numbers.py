"""A number that is typed or stepped by the arrow keys."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSpinBox, QWidget

from bcdesk.ui import theme

_LEFT = 10
_RIGHT = 6


class NumberEdit(QSpinBox):
    """A whole number between two others, with its unit behind it."""

    changed = Signal()

    def __init__(self, least: int, most: int, value: int, *, unit: str = "", name: str = "",
                 parent: QWidget | None = None) -> None:  # fmt: skip
        """Begin with ``value``, which is between ``least`` and ``most``."""
        super().__init__(parent)
        self.setObjectName(name or "number")
        self.setFont(theme.font("body"))
        self.setRange(least, most)
        self.setSuffix(unit)
        self.setValue(value)
        # a stylesheet's padding does not reach the line within, and without buttons Qt gives the line no width
        self.lineEdit().setTextMargins(_LEFT, 0, _RIGHT, 0)
        self.valueChanged.connect(lambda _value: self.changed.emit())
