"""One check whole: what it is, what an attacker would gain, what was expected and got, and each step that it took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from bcdesk.flow.checks.data import BY_ID
from bcdesk.flow.checks.model import Outcome
from bcdesk.ui.flow import words
from bcdesk.ui.flow.checks_said import group_words, mark, outcome_words, saw_words, why_words
from bcdesk.ui.flow.checks_words import words_of
from bcdesk.ui.flow.hop_view import HopView
from bcdesk.ui.flow.timeline import Step
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Banner, Chip, Facts, Label, Scroll

if TYPE_CHECKING:
    from bcdesk.flow.trace import Hop
    from bcdesk.ui.commands import Registry
    from bcdesk.ui.flow.checks_suite import Suite


class CheckDetail(QFrame):
    """Shows the chosen check as it is now."""

    def __init__(self, registry: Registry) -> None:
        """Begin empty."""
        super().__init__()
        self.setObjectName("inspector")
        self.setAccessibleName(tr("The chosen check"))
        self._shown: tuple[object, ...] = ()
        self._place = Scroll(margins=(Space.XL, Space.L, Space.XL, Space.XL), spacing=Space.M, parent=self)
        self._group = Label("", "section", name="check_group")
        self.title = Label("", "heading", wrap=True, name="check_title")
        self.chip = Chip("", name="check_outcome")
        head = QHBoxLayout()
        head.addWidget(self.chip)
        head.addStretch(1)
        head.addWidget(registry.button("checks.run_one", parent=self))
        self.verdict = Banner("info", name="check_verdict")
        self.facts = Facts(label_width=110)
        self.facts.add("expected", tr("Expected"), "")
        self.facts.add("got", tr("Got"), "")
        self.facts.add("gain", tr("An attacker gains"), "")
        self.facts.add("mend", tr("What to mend"), "")
        self.facts.add("source", tr("Source"), "", mono=True)
        self._steps_title = Label(tr("Steps"), "section", name="check_steps_title")
        self._steps = QWidget()
        self._steps.setObjectName("check_steps")
        self._steps_column = QVBoxLayout(self._steps)
        self._steps_column.setContentsMargins(0, 0, 0, 0)
        self._steps_column.setSpacing(0)
        self._choice = QButtonGroup(self)
        self._buttons: list[Step] = []
        self._hops: tuple[Hop, ...] = ()
        self.hop = HopView()
        column = self._place.column
        column.addWidget(self._group)
        column.addWidget(self.title)
        column.addLayout(head)
        for part in (self.verdict, self.facts, self._steps_title, self._steps, self.hop):
            column.addWidget(part)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._place)

    def show_check(self, check_id: str, suite: Suite | None) -> None:
        """Show a check with what came of it."""
        result = suite.results.get(check_id) if suite is not None else None
        runs = suite is not None and suite.now == check_id
        if self._shown == (check_id, result, runs):
            return
        self._shown = (check_id, result, runs)
        check, told = BY_ID[check_id], words_of(check_id)
        outcome = result.outcome if result is not None else None
        self._group.setText(group_words(check.group))
        self.title.setText(told.title)
        tone, glyph = ("accent", "ring") if runs else mark(outcome)
        self.chip.set(tr("Running…") if runs else outcome_words(outcome), tone, glyph)  # type: ignore[arg-type]
        why = why_words(result.why, result.detail) if result is not None and result.why is not None else ""
        failed = tr("The server has to do something else than it did.") if outcome is Outcome.FAILED else ""
        self.verdict.set_text(why or failed, tone="bad" if outcome is Outcome.FAILED else "warn")
        got = result.got if result is not None else None
        self.facts.set("expected", saw_words(check.expected))
        self.facts.set("got", saw_words(got) if got is not None else "")
        self.facts.show_fact("got", got is not None)
        self.facts.set("gain", told.gain)
        self.facts.set("mend", told.mend)
        self.facts.set("source", check.source)
        self._show_hops(result.hops if result is not None else ())

    def _show_hops(self, hops: tuple[Hop, ...]) -> None:
        self._hops = hops
        while len(self._buttons) < len(hops):
            number = len(self._buttons)
            step = Step(number, self._steps)
            step.clicked.connect(lambda _checked=False, number=number: self.show_hop(number))
            self._choice.addButton(step)
            self._buttons.append(step)
            self._steps_column.addWidget(step)
        for number, step in enumerate(self._buttons):
            step.setVisible(number < len(hops))
            if number < len(hops):
                hop = hops[number]
                status = hop.received.status if hop.received is not None else None
                tone, glyph, said = words.outcome(hop)
                took = " · ".join(one for one in (str(status or ""), words.took(hop.milliseconds)) if one)
                step.show_step(words.hop_words(hop), took, (tone, glyph), said)
        for part in (self._steps_title, self._steps, self.hop):
            part.setVisible(bool(hops))
        if hops:
            self.show_hop(len(hops) - 1)

    def show_hop(self, number: int) -> None:
        """Show one step of the check whole."""
        self._buttons[number].setChecked(True)
        self.hop.show_hop(self._hops[number])
