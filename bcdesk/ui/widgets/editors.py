"""What people type and choose in; every editor has ``changed`` and plain values, and none accepts rich text."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QDate, QMimeData, Qt, Signal
from PySide6.QtGui import QTextCharFormat
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDateEdit,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QStyledItemDelegate,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from bcdesk.ui import icons, theme
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets.labels import Label


class LineEdit(QLineEdit):
    """One line of text; ``most`` is what the contract allows, counted beside the field near the limit."""

    changed = Signal()

    def __init__(self, text: str = "", *, placeholder: str = "", most: int = 0, mono: bool = False, name: str = "",
                 parent: QWidget | None = None) -> None:  # fmt: skip
        """Begin with ``text``; nothing is cut at ``most`` characters: the fault is said instead."""
        super().__init__(parent)
        self.most = most
        self.setObjectName(name or "line")
        self.setFont(theme.font("mono" if mono else "body"))
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self.setText(text)
        self.textChanged.connect(self.changed)

    def value(self) -> str:
        """Return the text without spaces around it."""
        return self.text().strip()


class TextEdit(QPlainTextEdit):
    """A few lines of plain text; Tab leaves it."""

    changed = Signal()

    def __init__(self, text: str = "", *, placeholder: str = "", most: int = 0, lines: int = 3, mono: bool = False,
                 name: str = "", parent: QWidget | None = None) -> None:  # fmt: skip
        """Begin with ``text`` in a box ``lines`` lines high."""
        super().__init__(parent)
        self.most = most
        self.setObjectName(name or "text")
        self.setTabChangesFocus(True)
        self.setFont(theme.font("mono" if mono else "body"))
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self.setPlainText(text)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * lines + 24)
        self.textChanged.connect(self.changed)

    def insertFromMimeData(self, source: QMimeData) -> None:
        plain = QMimeData()
        plain.setText(source.text())
        super().insertFromMimeData(plain)

    def text(self) -> str:
        """Return the text as it stands."""
        return self.toPlainText()

    def value(self) -> str:
        """Return the text without spaces around it."""
        return self.toPlainText().strip()


class ListEdit(TextEdit):
    """A list, one entry a line."""

    def __init__(self, values: Sequence[str] = (), *, placeholder: str = "", lines: int = 3, mono: bool = True,
                 name: str = "", parent: QWidget | None = None) -> None:  # fmt: skip
        """Begin with ``values``."""
        super().__init__(
            "\n".join(values), placeholder=placeholder, lines=lines, mono=mono, name=name or "list", parent=parent
        )

    def values(self) -> list[str]:
        """Return the entries without empty lines and spaces around."""
        return [line.strip() for line in self.toPlainText().splitlines() if line.strip()]


class TagEdit(LineEdit):
    """Labels on one line, set apart by commas."""

    def __init__(self, tags: Sequence[str] = (), *, placeholder: str = "", name: str = "",
                 parent: QWidget | None = None) -> None:  # fmt: skip
        """Begin with ``tags``."""
        super().__init__(", ".join(tags), placeholder=placeholder, name=name or "tags", parent=parent)

    def values(self) -> list[str]:
        """Return the labels without empty ones and spaces around."""
        return [tag.strip() for tag in self.text().split(",") if tag.strip()]


class Select(QComboBox):
    """One of several choices from a list."""

    changed = Signal()

    def __init__(self, options: Sequence[tuple[str, str]], *, value: str | None = None, label: str = "",
                 name: str = "", parent: QWidget | None = None) -> None:  # fmt: skip
        """Offer ``options`` (id, words), with ``value`` or the first chosen."""
        super().__init__(parent)
        self.setObjectName(name or "select")
        self.setAccessibleName(label)
        self.view().setAccessibleName(label or tr("Choices"))
        self.setItemDelegate(QStyledItemDelegate(self))  # Qt's own for boxes ignores the stylesheet
        for key, text in options:
            self.addItem(text, key)
        self.choose(value if value is not None else options[0][0])
        self.currentIndexChanged.connect(self.changed)

    def value(self) -> str:
        """Return the chosen id."""
        return str(self.currentData())

    def choose(self, key: str) -> None:
        """Choose ``key``."""
        self.setCurrentIndex(self.findData(key))


class Check(QCheckBox):
    """A choice that is on or off, with a sentence beneath where it needs one."""

    changed = Signal()

    def __init__(self, text: str, *, checked: bool = False, name: str = "", parent: QWidget | None = None) -> None:
        """Show ``text`` beside the box."""
        super().__init__(text, parent)
        self.setObjectName(name or "check")
        self.setAccessibleName(text)
        self.setChecked(checked)
        self.toggled.connect(self.changed)

    def set_reason(self, reason: str | None) -> None:
        """Disable the box and say why, or enable it with None."""
        self.setEnabled(reason is None)
        self.setToolTip(reason or "")
        self.setAccessibleDescription(reason or "")


class Radios(QWidget):
    """A few choices beneath each other, each with an optional sentence; exactly one is chosen."""

    chosen = Signal(str)

    def __init__(self, options: Sequence[tuple[str, str] | tuple[str, str, str]], *, value: str | None = None,
                 label: str = "", name: str = "", parent: QWidget | None = None) -> None:  # fmt: skip
        """Offer ``options`` (id, words, sentence), with ``value`` chosen, or the first, or none where it is empty."""
        super().__init__(parent)
        self.setObjectName(name or "radios")
        self.setAccessibleName(label)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QRadioButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for key, text, *more in options:
            button = QRadioButton(text)
            button.setObjectName(f"{name or 'radio'}.{key}")
            button.setAccessibleName(text)
            button.toggled.connect(lambda on, key=key: self.chosen.emit(key) if on else None)
            self._group.addButton(button)
            self._buttons[key] = button
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
            if more:
                button.setAccessibleDescription(more[0])
                sentence = Label(more[0], "muted", wrap=True)
                sentence.setContentsMargins(29, 0, 0, Space.XS)
                column.addWidget(sentence)
        if value != "":
            self.choose(value if value is not None else options[0][0])

    def value(self) -> str:
        """Return the chosen id, empty where none is."""
        return next((key for key, button in self._buttons.items() if button.isChecked()), "")

    def choose(self, key: str) -> None:
        """Choose ``key``."""
        self._buttons[key].setChecked(True)

    def button(self, key: str) -> QRadioButton:
        """Return the button of ``key``."""
        return self._buttons[key]

    def set_reason(self, key: str, reason: str | None) -> None:
        """Disable one choice and say why, or enable it with None."""
        self._buttons[key].setEnabled(reason is None)
        self._buttons[key].setToolTip(reason or "")
        self._buttons[key].setAccessibleDescription(reason or "")


class Checks(QWidget):
    """Several choices beneath each other, each on or off, each with an optional sentence."""

    changed = Signal()

    def __init__(self, options: Sequence[tuple[str, str] | tuple[str, str, str]], *, values: Sequence[str] = (),
                 label: str = "", name: str = "", parent: QWidget | None = None) -> None:  # fmt: skip
        """Offer ``options`` (id, words, sentence) with ``values`` on."""
        super().__init__(parent)
        self.setObjectName(name or "checks")
        self.setAccessibleName(label)
        self.checks: dict[str, Check] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for key, text, *more in options:
            check = Check(text, checked=key in values, name=f"{name or 'check'}.{key}")
            check.changed.connect(self.changed)
            self.checks[key] = check
            column.addWidget(check, 0, Qt.AlignmentFlag.AlignLeft)
            if more:
                check.setAccessibleDescription(more[0])
                sentence = Label(more[0], "muted", wrap=True)
                sentence.setContentsMargins(29, 0, 0, Space.XS)
                column.addWidget(sentence)

    def values(self) -> list[str]:
        """Return the ids that are on, in their order."""
        return [key for key, check in self.checks.items() if check.isChecked()]

    def set_values(self, values: Sequence[str]) -> None:
        """Turn on ``values`` and no other."""
        for key, check in self.checks.items():
            check.setChecked(key in values)

    def set_reasons(self, reasons: Mapping[str, str]) -> None:
        """Disable the ids of ``reasons``, each with its reason, and enable all others."""
        for key, check in self.checks.items():
            check.set_reason(reasons.get(key))


class DateField(QDateEdit):
    """A day, with a calendar."""

    changed = Signal()

    def __init__(self, day: QDate, *, earliest: QDate | None = None, latest: QDate | None = None, name: str = "",
                 parent: QWidget | None = None) -> None:  # fmt: skip
        """Begin with ``day``; days outside ``earliest`` and ``latest`` cannot be chosen."""
        super().__init__(day, parent)
        self.setObjectName(name or "date")
        self.setDisplayFormat("d MMM yyyy")
        self.setCalendarPopup(True)
        calendar = self.calendarWidget()
        calendar.setVerticalHeaderFormat(calendar.VerticalHeaderFormat.NoVerticalHeader)
        for weekend in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            calendar.setWeekdayTextFormat(weekend, QTextCharFormat())  # red means failed here, not Sunday
        theme.theme().changed.connect(self._tint)
        self._tint()
        if earliest is not None:
            self.setMinimumDate(earliest)
        if latest is not None:
            self.setMaximumDate(latest)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.dateChanged.connect(self.changed)

    def _tint(self) -> None:
        for name, icon, words in (
            ("prev", "chevron-left", tr("Month before")),
            ("next", "chevron-right", tr("Month after")),
        ):
            button = self.calendarWidget().findChild(QToolButton, f"qt_calendar_{name}month")
            if button is not None:
                button.setIcon(icons.icon(icon))
                button.setAccessibleName(words)

    def value(self) -> QDate:
        """Return the chosen day."""
        return self.date()
