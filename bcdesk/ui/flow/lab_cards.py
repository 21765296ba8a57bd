"""The cards of the redirect lab: a candidate beside a registered URI, and what receives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from bcdesk.flow.receivers import Kind, Receiver
from bcdesk.ui.flow.diff_view import DiffView
from bcdesk.ui.flow.lab_words import (
    does_words,
    fact_words,
    headline,
    kind_words,
    part_words,
    place_words,
    platform_words,
    reason,
    why_rule,
)
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Card, Dot, Label, clear

if TYPE_CHECKING:
    from bcdesk.flow.lab import Finding
    from bcdesk.flow.receivers import Received


class FindingCard(Card):
    """One registered URI: both texts, where they differ, what to change, and why the rule is there."""

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__(name="finding")
        self._dot = Dot("neutral", "dot", size=9)
        self._what = Label("", "strong", wrap=True, name="finding_what")
        self.diff = DiffView()
        self._place = Label("", "body", wrap=True, selectable=True, name="finding_place")
        self._more = Label("", "muted", wrap=True, name="finding_more")
        self._mend = Label("", "body", wrap=True, name="finding_mend")
        self._why = Label("", "muted", wrap=True, name="finding_why")
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(self._dot, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self._what, 1)
        self.body.setSpacing(Space.S)
        self.body.addLayout(head)
        for one in (self.diff, self._place, self._more, self._mend, self._why):
            self.body.addWidget(one)

    def show_finding(self, candidate: str, finding: Finding, *, nearest: bool) -> None:
        """Show how ``candidate`` compares; the ``nearest`` refused one says what to change as well."""
        refused = finding.outcome == "refused"
        words = headline(finding)
        self._dot.set("bad" if refused else "ok", "cross" if refused else "check")
        self._what.setText(words)
        self._what.set_tone("bad" if refused else "ok")
        self.setAccessibleName(words)
        self.diff.show_finding(candidate, finding)
        self._place.setText(place_words(finding))
        self._place.setVisible(finding.at is not None)
        many = len(finding.parts) > 1
        self._more.setText(tr("In all: {parts}.", parts=", ".join(map(part_words, finding.parts))) if many else "")
        self._more.setVisible(many)
        full = nearest or not refused
        self._mend.setText(reason(finding.cause))
        self._mend.setVisible(full)
        self._why.setText(f"{why_rule(finding)} {' · '.join(finding.sources)}")
        self._why.setVisible(full)


class ReceiversCard(Card):
    """What each browser on each platform does with the candidate."""

    def __init__(self) -> None:
        """Begin hidden."""
        super().__init__(name="receivers", title=tr("What receives it"))
        self._kind = Label("", "body", wrap=True, name="receivers_kind")
        self._grid_box = QWidget()
        self._grid_box.setObjectName("receivers_grid")
        self._grid = QGridLayout(self._grid_box)
        self._grid.setContentsMargins(0, Space.S, 0, Space.S)
        self._grid.setHorizontalSpacing(Space.L)
        self._grid.setVerticalSpacing(Space.S)
        for column in (1, 2, 3):
            self._grid.setColumnStretch(column, 1)
        self._facts = QVBoxLayout()
        self._facts.setSpacing(Space.XS)
        self.body.addWidget(self._kind)
        self.body.addWidget(self._grid_box)
        self.body.addLayout(self._facts)
        self._shown: Kind | None = None
        self.hide()

    def show_received(self, told: Received) -> None:
        """Show ``told``; nothing where there is nothing sure to say."""
        self.setVisible(told.kind is not Kind.NONE)
        if told.kind is self._shown:
            return
        self._shown = told.kind
        self._kind.setText(kind_words(told.kind))
        clear(self._grid)
        clear(self._facts)
        heads = (tr("Platform"), tr("Chrome, Edge"), tr("Firefox"), tr("Safari"))
        for column, head in enumerate(heads):
            self._grid.addWidget(Label(head, "section", name="receivers_head"), 0, column)
        for line, row in enumerate(told.rows, start=1):
            self._add(line, row)
        for fact in told.facts:
            self._facts.addWidget(Label(fact_words(fact), "muted", wrap=True, name=f"fact.{fact.value}"))

    def _add(self, line: int, row: Receiver) -> None:
        top = Qt.AlignmentFlag.AlignTop
        self._grid.addWidget(Label(platform_words(row.platform), "body"), line, 0, top)
        for column, does in enumerate((row.chromium, row.firefox, row.safari), start=1):
            words = "–" if does is None else does_words(does)
            self._grid.addWidget(
                Label(words, "muted", wrap=True, name=f"receives.{row.platform.value}"), line, column, top
            )
