"""What is to be changed in their code: a card for each mistake that was seen, the newest first."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from bcdesk.ui.flow.diagnosis_words import Advice, advice
from bcdesk.ui.flow.watch_detail import pair_of, pair_view
from bcdesk.ui.flow.watch_words import clock, failed, program
from bcdesk.ui.text import counted, tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Button, Card, Dot, Label, Scroll, clear

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bcdesk.contract.flow_rows import HopRow
    from bcdesk.flow.watch import Diagnosis

SHOWN: Final = 6
"""Mistakes of different kinds that are shown at once."""
_HIGH: Final = 240
_LOW: Final = 84


class DiagnosisCard(Card):
    """One kind of mistake: what happened, to whom, how often, and what to change."""

    wanted = Signal(str)

    def __init__(self, found: Sequence[Diagnosis], rows: Mapping[str, HopRow]) -> None:
        """Show the newest of ``found``, which are all of one kind."""
        newest = found[-1]
        told: Advice = advice(newest.code, newest.facts)
        super().__init__("warn" if told.mild else "bad", name=f"diagnosis.{newest.code}")
        self.setAccessibleName(told.what)
        hop = rows.get(newest.hop_id)
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        mark = Dot("warn" if told.mild else "bad", "triangle" if told.mild else "cross", size=9)
        head.addWidget(mark, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(Label(told.what, "strong", tone="warn" if told.mild else "bad", wrap=True, name="diagnosis"), 1)
        self.show_it = Button(tr("Show it"), "link", name="diagnosis.show",
                              on_click=partial(self.wanted.emit, newest.hop_id))  # fmt: skip
        self.show_it.setVisible(hop is not None)
        head.addWidget(self.show_it, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(head)
        self.body.addWidget(Label(told.change, "body", wrap=True, name="diagnosis_change"))
        rule = failed(hop) if hop is not None else None
        if rule is not None and pair_of(rule):
            self.body.addWidget(pair_view(rule))
        if told.snippet:
            self.body.addWidget(Label(told.snippet, "mono", selectable=True, wrap=True, name="diagnosis_snippet"))
            copy = Button(tr("Copy"), "link", name="diagnosis.copy",
                          on_click=partial(QGuiApplication.clipboard().setText, told.snippet))  # fmt: skip
            copy.setAccessibleName(tr("Copy the code"))
            self.body.addWidget(copy, 0, Qt.AlignmentFlag.AlignLeft)
        if hop is not None:
            times = counted(len(found), "once", "{n} times")
            who = tr("{times}, last at {clock} by {program}", times=times, clock=clock(hop.at),
                     program=program(hop.user_agent))  # fmt: skip
            self.body.addWidget(Label(who, "muted", wrap=True, name="diagnosis_who"))


class DiagnosisCards(QWidget):
    """The cards, scrolling where there are many; takes no room while there is nothing to mend."""

    wanted = Signal(str)
    """The id of the request that a card is about."""

    def __init__(self) -> None:
        """Begin without cards."""
        super().__init__()
        self.setObjectName("diagnoses")
        self.setAccessibleName(tr("What to change"))
        self._shown: object = None
        self._room = _HIGH
        self.holds_any = False
        """Whether there is a card; who places them decides whether they show."""
        self._scroll = Scroll(margins=(Space.XL, Space.M, Space.XL, 0), spacing=Space.S)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._scroll.setAccessibleName(tr("What to change"))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._scroll)
        self._scroll.inside.installEventFilter(self)
        self.hide()

    def show_diagnoses(self, diagnoses: Sequence[Diagnosis], rows: Mapping[str, HopRow]) -> None:
        """Show a card for each kind; what is the same stays as it stands."""
        kinds: dict[str, list[Diagnosis]] = {}
        for one in diagnoses:
            kinds.setdefault(one.code, []).append(one)
        newest = sorted(kinds.values(), key=lambda found: found[-1].hop_id, reverse=True)
        seen = tuple((found[-1], len(found)) for found in newest)
        self.holds_any = bool(newest)
        if seen == self._shown:
            return
        self._shown = seen
        clear(self._scroll.column)
        for found in newest[:SHOWN]:
            card = DiagnosisCard(found, rows)
            card.wanted.connect(self.wanted)
            self._scroll.column.addWidget(card)
        if len(newest) > SHOWN:
            more = counted(len(newest) - SHOWN, "{n} more kind of mistake", "{n} more kinds of mistakes")
            self._scroll.column.addWidget(Label(more, "muted", name="diagnoses_more"))
        self._scroll.column.addStretch(1)
        self._fit()

    def set_room(self, height: int) -> None:
        """Take at most a third of ``height``, the tab's."""
        self._room = min(_HIGH, max(_LOW, height // 3))
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the height of the cards, which is known once they are laid out."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def _fit(self) -> None:
        column, width = self._scroll.column, self._scroll.viewport().width()
        wanted = column.heightForWidth(width) if column.hasHeightForWidth() else column.sizeHint().height()
        self.setFixedHeight(min(self._room, max(_LOW, wanted + Space.S)))
