"""The body of the run tab: steps, the chosen one, and the server's rule, arranged by the width there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from bcdesk.ui.flow.failure_card import FailureCard
from bcdesk.ui.flow.flow_layout import WrapLayout
from bcdesk.ui.flow.held_strip import HeldStrip
from bcdesk.ui.flow.hop_view import HopView
from bcdesk.ui.flow.rule_view import RuleView
from bcdesk.ui.flow.secret_box import SecretBox
from bcdesk.ui.flow.timeline import Timeline
from bcdesk.ui.flow.tokens_panel import TokensPanel
from bcdesk.ui.flow.waiting import CannotReceive, WaitingCard
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Banner, Dot, EmptyState, Label, Scroll

if TYPE_CHECKING:
    from collections.abc import Callable

    from bcdesk.ui.commands import Registry

WIDE: Final = 1100
"""The window's width from which the rule stands beside the step, in pixels."""
NARROW: Final = 900
RULE: Final = 320


class Progress(QFrame):
    """One line above the middle: where the run is, and how long the browser has left."""

    def __init__(self) -> None:
        """Begin hidden."""
        super().__init__()
        self.setObjectName("run_progress")
        self.setAccessibleName(tr("Where the run is"))
        self._mark = Dot("accent", "ring", size=9)
        self.words = Label("", "strong", elide=True, name="run_phase")
        self.left = Label("", "mono", tone="muted", name="run_left")
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.L, Space.S, Space.L, Space.S)
        row.setSpacing(Space.S)
        row.addWidget(self._mark)
        row.addWidget(self.words, 1)
        row.addWidget(self.left)
        self.hide()

    def say(self, words: str, left: str, tone: str) -> None:
        """Say where the run is; an empty text hides the line."""
        self.words.setText(words)
        self.left.setText(left)
        self._mark.set(tone, "ring")
        self.setVisible(bool(words))


class RunBody(QWidget):
    """Holds the parts; what they show is `bcdesk.ui.flow.run_tab`'s to say."""

    def __init__(self, registry: Registry, now: Callable[[], float], parent: QWidget | None = None) -> None:
        """Build every part, empty."""
        super().__init__(parent)
        self.setObjectName("run_body")
        self.setAccessibleName(tr("The run"))
        self.timeline = Timeline()
        self.progress = Progress()
        self.rule = RuleView()
        self.hop = HopView()
        self.failure = FailureCard()
        self.tokens = TokensPanel(now)
        self.secret = SecretBox()
        self.cannot = CannotReceive()
        self.waiting = WaitingCard()
        self.held = HeldStrip()
        self.page_error = Banner("warn", name="page_error")
        self.notice = Banner("info", name="run_notice")
        self.start = EmptyState("", icon="flow")
        self._build_middle(registry)
        self._side = Scroll()
        self._side.setObjectName("rule_side")
        self._side.setFixedWidth(RULE)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addWidget(self.timeline)
        self._row.addWidget(self._middle, 1)
        self._row.addWidget(self._side)
        self._wide: bool | None = None
        self.fit(1280)

    def _build_middle(self, registry: Registry) -> None:
        exports = QWidget()
        exports.setObjectName("export_buttons")
        row = WrapLayout(exports)
        for command in ("flow.copy_curl", "flow.copy_command", "flow.save_har", "flow.save_markdown"):
            row.addWidget(registry.button(command))
        self.exports = exports
        self._step = Scroll(margins=(Space.L, Space.L, Space.L, Space.L), spacing=Space.L)
        self._step.setObjectName("step_scroll")
        for part in (self.notice, self.hop, self.tokens, self.failure, exports):
            self._step.column.addWidget(part)
        self._step.column.addStretch(1)
        self.browser_place = QWidget()
        self.browser_place.setObjectName("browser_place")
        inside = QVBoxLayout(self.browser_place)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addWidget(self.held)
        inside.addWidget(self.page_error)
        self.browsers = QStackedWidget()
        self.browsers.setObjectName("browsers")
        inside.addWidget(self.browsers, 1)
        self.stack = QStackedWidget()
        self.stack.setObjectName("middle")
        self.places = {
            "start": self.start,
            "step": self._step,
            "browser": self.browser_place,
            "secret": _alone(self.secret),
            "cannot": _alone(self.cannot),
            "waiting": _alone(self.waiting),
        }
        for place in self.places.values():
            self.stack.addWidget(place)
        self._middle = QFrame()
        self._middle.setObjectName("run_middle")
        column = QVBoxLayout(self._middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.progress)
        column.addWidget(self.stack, 1)

    def show_place(self, name: str) -> None:
        """Show one of the places in the middle."""
        self.stack.setCurrentWidget(self.places[name])
        self._show_rule()

    @property
    def place(self) -> str:
        """Return the place that is shown."""
        shown = self.stack.currentWidget()
        return next(name for name, place in self.places.items() if place is shown)

    def fit(self, width: int) -> None:
        """Arrange the parts for a window of ``width`` pixels."""
        upright = width >= NARROW
        if upright != self.timeline.upright:
            self.timeline.set_upright(upright)
            across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
            self._row.setDirection(across if upright else down)
        wide = width >= WIDE
        if wide != self._wide:
            self._wide = wide
            if wide:
                self._side.column.addWidget(self.rule)
            else:
                self._step.column.insertWidget(self._step.column.count() - 2, self.rule)
            self._show_rule()

    def _show_rule(self) -> None:
        step = self.stack.currentWidget() is self._step
        shown = step and not self.hop.isHidden()
        self.rule.setVisible(shown)
        self._side.setVisible(bool(self._wide) and shown)

    def show_top(self) -> None:
        """Scroll to where the chosen step begins."""
        self._step.verticalScrollBar().setValue(0)

    def show_failure(self) -> None:
        """Scroll to what went wrong."""
        self._step.ensureWidgetVisible(self.failure)


def _alone(part: QWidget) -> Scroll:
    place = Scroll(margins=(Space.XL, Space.XL, Space.XL, Space.XL))
    place.setObjectName(f"place.{part.objectName()}")
    part.setMaximumWidth(640)
    place.column.addWidget(part)
    place.column.addStretch(1)
    return place
