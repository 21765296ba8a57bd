"""The strip above the watched requests: whom the desk listens to, and what can be done."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from bcdesk.ui.commands import Context
from bcdesk.ui.flow.flow_layout import WrapLayout
from bcdesk.ui.flow.watch_commands import IN_BAR
from bcdesk.ui.flow.watch_states import state_words
from bcdesk.ui.flow.watch_words import counted_rules
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Dot, Label, Segmented

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from bcdesk.contract.rows import AppRow
    from bcdesk.ui.commands import Registry
    from bcdesk.ui.flow.watch_log import WatchLog


class WatchBar(QFrame):
    """Wraps into a second line where the window is narrow."""

    def __init__(self, registry: Registry, parent: QWidget) -> None:
        """Begin without an app."""
        super().__init__(parent)
        self.setObjectName("head")
        self.setAccessibleName(tr("Watch"))
        self._dot = Dot("neutral", "dot", size=9)
        self._state = Label("", "body", elide=True, name="watch_state")
        line = QHBoxLayout()
        line.setSpacing(Space.S)
        line.addWidget(self._dot, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self._state, 1)
        self.only = Segmented(
            [("all", tr("All")), ("problems", tr("Only problems"))], label=tr("Requests shown"), name="watch_only"
        )
        self._buttons = WrapLayout()
        for command_id in ("watch.start", "watch.resume"):
            button = registry.button(command_id, "primary", parent=self, context=partial(Context, IN_BAR))
            self._buttons.addWidget(button)
        for command_id in ("watch.pause", "watch.stop", "watch.clear"):
            self._buttons.addWidget(registry.button(command_id, parent=self))
        self._buttons.addWidget(self.only)
        for command_id in ("watch.copy_command", "watch.export"):
            self._buttons.addWidget(registry.button(command_id, "quiet", parent=self))
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.M, Space.XL, Space.M)
        column.setSpacing(Space.S)
        column.addLayout(line)
        column.addLayout(self._buttons)

    def show_state(self, row: AppRow | None, log: WatchLog | None, now: float) -> None:
        """Say how it stands."""
        words, tone = state_words(row, log)
        self._state.setText(words)
        self._dot.set(tone, "ring" if tone == "neutral" else "dot")
        self._dot.setVisible(bool(words))
        problems = counted_rules(tuple(log.rows.values())) if log is not None else 0
        self.only.set_text("problems", tr("Only problems {n}", n=problems) if problems else tr("Only problems"))
