"""The strip above the checks: how many passed, failed or were not run, how far a suite is, and what can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from bcdesk.flow.checks.data import CHECKS
from bcdesk.flow.checks.model import Outcome
from bcdesk.ui.flow.checks_words import words_of
from bcdesk.ui.flow.flow_layout import WrapLayout
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Dot, Label

if TYPE_CHECKING:
    from bcdesk.ui.commands import Registry
    from bcdesk.ui.flow.checks_suite import Suite


class ChecksBar(QFrame):
    """Wraps into a second line where the window is narrow."""

    def __init__(self, registry: Registry, parent: QWidget) -> None:
        """Begin with nothing run."""
        super().__init__(parent)
        self.setObjectName("head")
        self.setAccessibleName(tr("Checks"))
        self._dot = Dot("neutral", "ring", size=9)
        self._state = Label("", "body", elide=True, name="checks_state")
        line = QHBoxLayout()
        line.setSpacing(Space.S)
        line.addWidget(self._dot, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self._state, 1)
        self.progress = QProgressBar()
        self.progress.setObjectName("checks_progress")
        self.progress.setTextVisible(False)
        policy = self.progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(policy)
        buttons = WrapLayout()
        buttons.addWidget(registry.button("checks.run_all", "primary", parent=self))
        for command_id in ("checks.cancel", "checks.run_failed"):
            buttons.addWidget(registry.button(command_id, parent=self))
        for command_id in ("checks.export_junit", "checks.export_markdown"):
            buttons.addWidget(registry.button(command_id, "quiet", parent=self))
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.M, Space.XL, Space.S)
        column.setSpacing(Space.S)
        column.addLayout(line)
        column.addLayout(buttons)
        column.addWidget(self.progress)

    def show_state(self, suite: Suite | None) -> None:
        """Say how the suite stands."""
        running = suite is not None and suite.running
        self.progress.setVisible(running)
        if suite is None or (not suite.results and not running):
            self._dot.set("neutral", "ring")
            self._state.setText(tr("{n} checks, none of them run yet", n=len(CHECKS)))
            return
        counts = self._counts(suite)
        self.progress.setRange(0, len(suite.wanted))
        self.progress.setValue(suite.done)
        self.progress.setAccessibleName(tr("{done} of {all} checks", done=suite.done, all=len(suite.wanted)))
        if not running:
            self._dot.set("bad" if suite.failed else "ok", "cross" if suite.failed else "dot")
            self._state.setText(counts)
            return
        self._dot.set("accent", "ring")
        if suite.browser is not None:
            now = tr("somebody has to sign in")
        elif suite.now:
            now = words_of(suite.now).title
        else:
            now = tr("the twins are deleted") if suite.done else tr("it begins")
        done = tr("{done} of {all}", done=min(suite.done + 1, len(suite.wanted)), all=len(suite.wanted))
        self._state.setText(f"{done} · {now}")

    @staticmethod
    def _counts(suite: Suite) -> str:
        passed, failed, left = (suite.count(one) for one in (Outcome.PASSED, Outcome.FAILED, Outcome.NOT_RUN))
        return tr("{passed} passed, {failed} failed, {left} not run", passed=passed, failed=failed, left=left)
