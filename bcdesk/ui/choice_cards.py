"""A grave choice between few ways, each a card with its consequence; the whole card is the button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QRadioButton, QWidget

from bcdesk.ui import theme
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Card, Label, restyle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QMouseEvent


class _Choice(Card):
    def __init__(self, key: str, text: str, sentence: str, name: str) -> None:
        super().__init__(name=f"{name}.card.{key}")
        self.radio = QRadioButton(text)
        self.radio.setObjectName(f"{name}.{key}")
        self.radio.setAccessibleName(text)
        self.radio.setAccessibleDescription(sentence)
        self.radio.setFont(theme.font("strong"))
        self.radio.setProperty("ringless", True)  # the card has the ring
        self.body.setContentsMargins(Space.S, Space.S, Space.M, Space.M)
        self.body.addWidget(self.radio)
        self.sentence = Label(sentence, "muted", wrap=True, name=f"{name}.{key}.sentence")
        self.sentence.setContentsMargins(29, 0, 0, 0)
        self.body.addWidget(self.sentence)
        self.body.addStretch(1)
        self.body.setSpacing(0)
        self.radio.toggled.connect(self._mark)
        self.radio.installEventFilter(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.radio.isEnabled():
            self.radio.setChecked(True)
            self.radio.setFocus(Qt.FocusReason.MouseFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Draw the ring around the whole card."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.setProperty("focused", event.type() == QEvent.Type.FocusIn)
            restyle(self)
        return super().eventFilter(watched, event)

    def _mark(self, on: bool) -> None:
        self.setProperty("chosen", on)
        restyle(self)


class ChoiceCards(QWidget):
    """Cards of which at most one is chosen; ``chosen`` carries its id."""

    chosen = Signal(str)

    def __init__(
        self, options: Sequence[tuple[str, str, str]], *, label: str, name: str, value: str = "", across: int = 1
    ) -> None:
        """Offer ``options`` (id, words, consequence), ``across`` a line, called ``label``, with ``value`` chosen."""
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(label)
        self._group = QButtonGroup(self)
        self._cards: dict[str, _Choice] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(Space.S)
        for place, (key, text, sentence) in enumerate(options):
            card = _Choice(key, text, sentence, name)
            self._group.addButton(card.radio)
            self._cards[key] = card
            grid.addWidget(card, place // across, place % across)
            card.radio.toggled.connect(lambda on, key=key: self.chosen.emit(key) if on else None)
        if value:
            self._cards[value].radio.setChecked(True)

    @property
    def value(self) -> str:
        """Return the chosen id, empty where none is."""
        return next((key for key, card in self._cards.items() if card.radio.isChecked()), "")

    def radio(self, key: str) -> QRadioButton:
        """Return the radio button of ``key``."""
        return self._cards[key].radio

    def set_reason(self, key: str, reason: str | None) -> None:
        """Disable one choice and say why, or enable it with None."""
        radio = self._cards[key].radio
        radio.setEnabled(reason is None)
        radio.setToolTip(reason or "")
        if reason is not None:
            self._cards[key].sentence.setText(reason)
            radio.setAccessibleDescription(reason)
