"""The strips around the table: how the link stands and what went wrong above it, a stale order beneath it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from bcdesk.ui.text import counted, tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Banner, Button, Label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bcdesk.ui.commands import Registry
    from bcdesk.ui.page.states import Banners
    from bcdesk.ui.problems import Words


class Notices(QWidget):
    """Takes no room while there is nothing to say."""

    def __init__(self, registry: Registry, strips: Sequence[Banner], parent: QWidget) -> None:
        """Begin with nothing to say; the page's own ``strips`` stand between the other two."""
        super().__init__(parent)
        self.setObjectName("notices")
        self.setAccessibleName(tr("Notices"))
        self._registry = registry
        self._said: object = None
        self.state = Banner("info", name="notice.state")
        self.problem = Banner("bad", name="notice.problem")
        self._strips = (self.state, *strips, self.problem)
        for one in strips:
            one.installEventFilter(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._padded = QWidget()
        self._padded.setObjectName("notice_strips")
        inside = QVBoxLayout(self._padded)
        inside.setContentsMargins(Space.M, Space.M, Space.M, Space.XS)
        inside.setSpacing(Space.S)
        for banner in self._strips:
            inside.addWidget(banner)
        column.addWidget(self._padded)
        self._fit()

    def set_state(self, said: Banners) -> None:
        """Say how the link stands; nothing where ``said`` is empty."""
        if said == self._said:
            return
        self._said = said
        self.state.clear_buttons()
        for command_id in said.commands:
            text = tr("Retry") if command_id == "sync.now" else ""
            self.state.add_button(self._registry.button(command_id, text=text, parent=self.state))
        self.state.set_text(said.what, said.why, tone=said.tone)
        self._fit()

    def tell(self, words: Words) -> None:
        """Say what went wrong until it is dismissed, with the button that mends it."""
        self.problem.clear_buttons()
        known = {command.id for command in self._registry.all()}
        if words.remedy is not None and words.remedy in known:
            self.problem.add_button(self._registry.button(words.remedy, parent=self.problem))
        self.problem.add_button(Button(tr("Dismiss"), "icon", icon="close", name="problem.close", on_click=self.forget))
        self.problem.set_text(words.what, words.rest)
        self._fit()

    def forget(self) -> None:
        """Take what went wrong away."""
        self.problem.set_text("")
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the strip that shows and hides by itself."""
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        strips = any(not one.isHidden() for one in self._strips)
        self._padded.setVisible(strips)
        self.setVisible(strips)


class StaleLine(QWidget):
    """Says beneath the table that rows stand where they no longer belong: nothing moves under the pointer."""

    def __init__(self, sort_again: Button, parent: QWidget) -> None:
        """Begin hidden; ``sort_again`` puts the rows in order."""
        super().__init__(parent)
        self.setObjectName("stale")
        self.setAccessibleName(tr("Order"))
        self._sort_again = sort_again
        self._words = Label("", "muted", name="stale_words")
        line = QHBoxLayout(self)
        line.setContentsMargins(Space.XL, Space.XS, Space.L, Space.XS)
        line.setSpacing(Space.XS)
        line.addWidget(self._words)
        line.addWidget(Label("·", "muted", name="stale_dot"))
        line.addWidget(sort_again)
        line.addStretch(1)
        self.hide()

    def tell(self, number: int) -> None:
        """Say how many rows changed so; hide where there are none."""
        self._words.setText(counted(number, "{n} change", "{n} changes"))
        self.setVisible(number > 0)
        self._sort_again.set_reason(None)
