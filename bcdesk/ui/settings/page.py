"""The settings page: its sections beneath each other, built when it is first shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from bcdesk.ui.commands import Context
from bcdesk.ui.problems import Words, explain
from bcdesk.ui.settings.commands import section_commands
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Banner, Button, Label, Scroll

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QShowEvent

    from bcdesk.ui.commands import Registry
    from bcdesk.ui.settings.section import SettingSection
    from bcdesk.ui.settings.sections import SectionKind

WIDTH = 720


class SettingsPage(QWidget):
    """Shows the sections that it is given; one whose part is not there is not there either."""

    def __init__(self, registry: Registry, kinds: Mapping[str, SectionKind], parent: QWidget | None = None) -> None:
        """Add a command for each section to ``registry``; ``kinds`` are the sections by id, in this order."""
        super().__init__(parent)
        self.setObjectName("page")
        self.setAccessibleName(tr("Settings"))
        self._registry, self._kinds = registry, kinds
        self.sections: dict[str, SettingSection] = {}
        registry.add(*section_commands(kinds, self.has, self.show_section), page="settings")
        registry.set_context(lambda: Context(None, self), "settings")
        self._scroll = Scroll(margins=(Space.XL, Space.L, Space.XL, Space.XL), spacing=Space.XL)
        self.problem = Banner("bad", name="settings_problem", parent=self)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(_head())
        outer.addWidget(self._scroll, 1)
        self.problem.hide()

    def has(self, id: str) -> bool:
        """Tell whether there is a section of that id: whether the part is there that it is about."""
        kind = self._kinds[id]
        known = not kind.needs or any(command.id == kind.needs for command in self._registry.all())
        return known and kind.there()

    def show_section(self, id: str) -> None:
        """Bring a section into view, with the focus in its first control."""
        self._build()
        section = self.sections[id]
        section.focus()
        self._scroll.ensureWidgetVisible(section, 0, Space.L)

    def tell(self, error: BaseException) -> None:
        """Say an error that no row is there for, until it is dismissed."""
        self.say(explain(error))

    def say(self, words: Words) -> None:
        """Say ``words`` above the sections."""
        self._build()
        self.problem.clear_buttons()
        self.problem.add_button(
            Button(tr("Dismiss"), "icon", icon="close", name="settings_problem.close",
                   on_click=lambda: self.problem.set_text(""))
        )  # fmt: skip
        self.problem.set_text(words.what, words.rest)
        self._scroll.ensureWidgetVisible(self.problem)

    def close_down(self) -> None:
        """Have every section stop listening."""
        for section in self.sections.values():
            section.close_down()

    def showEvent(self, event: QShowEvent) -> None:
        """Build what is not there yet, and bring up to date what changes by itself."""
        super().showEvent(event)
        self._build()
        for section in self.sections.values():
            section.shown()

    def focusInEvent(self, event: Any) -> None:
        """Give the focus on to the first control."""
        super().focusInEvent(event)
        if self.sections:
            next(iter(self.sections.values())).focus()

    def _build(self) -> None:
        if self.sections:
            return
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout()
        column.setSpacing(Space.XL)
        column.addWidget(self.problem)
        for id, kind in self._kinds.items():
            if self.has(id):
                self.sections[id] = kind.make()
                column.addWidget(self.sections[id])
        column.addStretch(1)
        inside = QWidget()
        inside.setObjectName("settings_column")
        inside.setMaximumWidth(WIDTH)
        inside.setLayout(column)
        column.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        row.addWidget(inside, 1)
        row.addStretch(0)
        self._scroll.column.addLayout(row)


def _head() -> QFrame:
    head = QFrame()
    head.setObjectName("head")
    column = QVBoxLayout(head)
    column.setContentsMargins(Space.XL, Space.L + 2, Space.XL, Space.M)
    column.setSpacing(2)
    column.addWidget(Label(tr("Settings"), "title", name="page_title"))
    said = tr("Of this computer alone; nothing here changes a server. Each change holds at once.")
    column.addWidget(Label(said, "body", tone="muted", elide=True, name="page_subtitle"))
    return head
