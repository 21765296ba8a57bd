"""One watched request whole: who asked, each rule with what it compared, and what changed on the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from bcdesk.contract.flow_rules import SECONDS
from bcdesk.ui import times
from bcdesk.ui.flow.diff_view import DiffView
from bcdesk.ui.flow.lab_words import short
from bcdesk.ui.flow.rule_words import reason_words, verdict_words
from bcdesk.ui.flow.watch_words import answer, compared, program, step
from bcdesk.ui.flow.words import effect_words
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Button, Dot, Facts, Label, Scroll, clear
from bcdesk.ui.widgets.chips import Glyph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bcdesk.contract.flow_rows import HopRow, RuleRow

_MARKS: Final[dict[str, tuple[str, Glyph]]] = {
    "passed": ("ok", "check"),
    "failed": ("bad", "cross"),
    "advice": ("warn", "triangle"),
}


class HopDetail(QFrame):
    """Shows the chosen request; hidden while none is chosen."""

    left = Signal()
    """The person wants to see no request whole any more."""

    def __init__(self) -> None:
        """Begin hidden."""
        super().__init__()
        self.setObjectName("inspector")
        self.setAccessibleName(tr("Request"))
        self._shown: HopRow | None = None
        scroll = Scroll(margins=(Space.L, Space.M, Space.L, Space.L), spacing=Space.M)
        scroll.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        scroll.setAccessibleName(tr("Request"))
        self._column = scroll.column
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)
        self.hide()

    def show_hop(self, hop: HopRow | None) -> None:
        """Show ``hop``, or nothing."""
        self.setVisible(hop is not None)
        if hop is None or hop == self._shown:
            return
        self._shown = hop
        clear(self._column)
        head = QHBoxLayout()
        head.addWidget(Label(step(hop), "heading", wrap=True, name="hop_title"), 1)
        head.addWidget(
            Button(tr("Close the request"), "icon", icon="close", name="hop_close", on_click=self.left.emit),
            0,
            Qt.AlignmentFlag.AlignTop,
        )
        self._column.addLayout(head)
        due = [rule for rule in hop.rules if rule.verdict != "passed"]
        for rule in sorted(due, key=lambda one: one.verdict != "failed"):
            self._column.addWidget(rule_view(rule))
        facts = Facts(label_width=60)
        facts.add("time", tr("Time"), times.exact(hop.at))
        facts.add("who", tr("Program"), program(hop.user_agent), tip=hop.user_agent)
        facts.add("address", tr("Address"), hop.address, mono=True)
        facts.add("answer", tr("Answer"), answer(hop), mono=True)
        facts.add("request", tr("Request"), Label(hop.request_id, "mono", elide=True, name="fact.request"))
        self._column.addWidget(facts)
        self._add_list(tr("Rules kept"), [rule_view(rule) for rule in hop.rules if rule.verdict == "passed"])
        self._add_list(tr("Then"), [Label(effect_words(one), "body", wrap=True, name="effect") for one in hop.effects])
        self._column.addStretch(1)

    def _add_list(self, title: str, widgets: Sequence[QWidget]) -> None:
        if widgets:
            self._column.addWidget(Label(title, "section", name="hop_section"))
        for one in widgets:
            self._column.addWidget(one)


def rule_view(rule: RuleRow) -> QWidget:
    """Return one rule with its verdict, and the differing character where it compared two texts."""
    box = QWidget()
    box.setObjectName(f"rule.{rule.id}")
    tone, glyph = _MARKS.get(rule.verdict, ("neutral", "dot"))
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    line = QHBoxLayout()
    line.setSpacing(Space.S)
    line.addWidget(Dot(tone, glyph, size=8), 0, Qt.AlignmentFlag.AlignVCenter)
    line.addWidget(Label(rule.id, "mono", name="rule_id"), 1)
    line.addWidget(Label(rule.source, "muted", name="rule_source"))
    column.addLayout(line)
    words = reason_words(rule.reason) if rule.reason else ""
    box.setAccessibleName(f"{rule.id}: {verdict_words(rule.verdict)} {words}".strip())
    if rule.verdict == "passed":
        return box
    if words:
        column.addWidget(Label(words, "body", tone=tone, wrap=True, name="rule_reason"))
    if pair_of(rule):
        column.addWidget(pair_view(rule))
    elif said := compared(rule):
        column.addWidget(Label(short(said, 200), "muted", wrap=True, name="rule_compared"))
    return box


def pair_of(rule: RuleRow) -> bool:
    """Tell whether a rule compared two texts that are both known."""
    return rule.position is not None and bool(rule.expected) and rule.id not in SECONDS


def pair_view(rule: RuleRow) -> DiffView:
    """Return the two texts that a rule compared above each other."""
    diff = DiffView(name="rule_diff")
    at = rule.position if rule.position is not None else 0
    diff.show_texts(rule.expected, rule.got, at, place=tr("They differ at character {n}.", n=f"{at + 1:,}"))
    return diff
