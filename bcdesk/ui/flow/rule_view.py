"""The rule that our server applied to a hop and why; elsewhere, why nothing is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from bcdesk.ui.flow import words
from bcdesk.ui.flow.message_text import Piece, compared
from bcdesk.ui.flow.mono_text import MonoText
from bcdesk.ui.flow.rule_words import reason_words, verdict_words
from bcdesk.ui.text import counted, tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Dot, Label, clear

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bcdesk.contract.flow_rows import HopRow, RuleRow


class RuleView(QFrame):
    """Shows every rule of the server's rows of a hop: those that failed whole, the others as a list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin with nothing known."""
        super().__init__(parent)
        self.setObjectName("rule_view")
        self.setAccessibleName(tr("The rule the server applied"))
        self._shown: object = None
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        self.column.setSpacing(Space.XS)
        self.column.addWidget(Label(tr("The rule the server applied"), "section", name="rule_title"))
        self._inside = QVBoxLayout()
        self._inside.setSpacing(Space.XS)
        self.column.addLayout(self._inside)
        self.column.addStretch(1)

    def show_rows(self, rows: Sequence[HopRow], nothing: str) -> None:
        """Show what the server says of a hop, or ``nothing``: why there is nothing."""
        wanted = (tuple(rows), nothing)
        if wanted == self._shown:
            return
        self._shown = wanted
        clear(self._inside)
        if not rows:
            self._inside.addWidget(Label(nothing, "muted", wrap=True, name="rule_nothing"))
            return
        failed = [rule for row in rows for rule in row.rules if rule.verdict != "passed"]
        passed = list({rule.id: rule for row in rows for rule in row.rules if rule.verdict == "passed"}.values())
        for rule in failed:
            self._add_whole(rule)
        if passed:
            self._add_passed(passed)
        self._add_effects(rows)

    def _add_whole(self, rule: RuleRow) -> None:
        tone = "warn" if rule.verdict == "advice" else "bad"
        head = Label(f"{rule.source} · {rule.id}", "strong", wrap=True, selectable=True, name=f"rule.{rule.id}")
        head.setContentsMargins(0, Space.S, 0, 0)
        self._inside.addWidget(head)
        if rule.expected or rule.got:
            labels = (tr("expected"), tr("got"))
            text = MonoText(tr("Expected and got"), name=f"rule.{rule.id}.compared")
            lines = compared(rule.expected, rule.got, rule.position, labels)
            if rule.position is not None:
                lines.append((Piece(tr("differ at character {n}", n=rule.position + 1), "bad"),))
            text.set_lines(lines)
            self._inside.addWidget(text)
        said = reason_words(rule.reason) if rule.reason else verdict_words(rule.verdict)
        self._inside.addWidget(Label(said, "body", tone=tone, wrap=True, name=f"rule.{rule.id}.reason"))

    def _add_passed(self, rules: list[RuleRow]) -> None:
        title = Label(counted(len(rules), "{n} rule passed", "{n} rules passed"), "muted", name="rules_passed")
        title.setContentsMargins(0, Space.M, 0, 0)
        self._inside.addWidget(title)
        for rule in rules:
            box = QWidget()
            box.setObjectName(f"rule.{rule.id}")
            box.setAccessibleName(tr("{rule}: passed", rule=rule.id))
            line = QHBoxLayout(box)
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(Space.S)
            line.addWidget(Dot("ok", "check", size=8))
            line.addWidget(Label(rule.id, "mono", name="rule_id"))
            line.addWidget(Label(rule.source, "muted", elide=True, name="rule_source"), 1)
            self._inside.addWidget(box)

    def _add_effects(self, rows: Sequence[HopRow]) -> None:
        then = Label(tr("Then"), "section", name="then_title")
        then.setContentsMargins(0, Space.L, 0, 0)
        self._inside.addWidget(then)
        effects = [effect for row in rows for effect in row.effects]
        for effect in effects or [""]:
            said = words.effect_words(effect) if effect else tr("nothing changed on the server")
            self._inside.addWidget(Label(said, "body", tone="muted", wrap=True, name="effect"))
        for row in rows:
            took = words.took(row.milliseconds)
            said = tr("{endpoint} {status} · {took} · request {id}",
                      endpoint=row.endpoint, status=row.status, took=took, id=row.request_id)  # fmt: skip
            self._inside.addWidget(Label(said, "mono", tone="muted", wrap=True, selectable=True, name="request_id"))
