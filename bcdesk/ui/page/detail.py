"""The panel beside a table: one row whole, what is due first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from bcdesk.ui.commands import Context
from bcdesk.ui.page.focus import focus_kept
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Button, Chip, Label, Scroll

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from bcdesk.ui.commands import Registry
    from bcdesk.ui.table.column import ChipLook
    from bcdesk.ui.widgets.buttons import Kind


class DetailPanel(QFrame):
    """Shows the selected row; ``close_asked`` where it stands over the table and is to go."""

    close_asked = Signal()

    def __init__(self, registry: Registry, choose: str, parent: QWidget) -> None:
        """Build it empty; it says ``choose`` while nothing is chosen."""
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setAccessibleName(tr("Details"))
        self._registry, self._choose, self._page = registry, choose, parent
        self._row: Any = None
        self._own: list[tuple[Button, str]] = []
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._nothing = Label(choose, "muted", wrap=True, name="inspector_nothing")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._scroll = Scroll(margins=(Space.L, Space.L + 2, Space.L, Space.L), spacing=Space.L)
        outer.addWidget(self._nothing, 1)
        outer.addWidget(self._scroll, 1)
        self.column = self._scroll.column
        self._build_head()

    def _build_head(self) -> None:
        self._name = Label("", "heading", wrap=True, selectable=True, name="inspector_name")
        self._second = Label("", "muted", wrap=True, name="inspector_second")
        self._chip = Chip("", name="inspector_status")
        self.close_button = Button(tr("Close details"), "icon", icon="close", name="inspector.close",
                                   on_click=self.close_asked.emit)  # fmt: skip
        self.close_button.hide()
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._name)
        words.addWidget(self._second)
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addLayout(words, 1)
        head.addWidget(self._chip, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self.column.addLayout(head)

    @property
    def row_id(self) -> str | None:
        """Return the id of the row that is shown."""
        return None if self._row is None else str(self._row.id)

    def context(self) -> Context:
        """Return what the panel's buttons are about."""
        return Context(self.row_id, self)

    def button(self, command_id: str, kind: Kind = "plain", text: str = "") -> Button:
        """Make the button of a command about the row, there only while the command is."""
        made = self._registry.button(command_id, kind, text=text, context=self.context, parent=self)
        self._own.append((made, command_id))
        return made

    def show_row(self, row: Any) -> None:
        """Show ``row`` as it is now; parts that did not change keep their place and their focus."""
        bar = self._scroll.verticalScrollBar()
        place = 0 if row is None or row.id != self.row_id else bar.value()
        with focus_kept(self, self._page if self.close_button.isHidden() else self.close_button):
            self._show(row)
        bar.setValue(place)  # a focus that wandered has scrolled it

    def _show(self, row: Any) -> None:
        self._row = row
        self._nothing.setVisible(row is None)
        self._scroll.setVisible(row is not None)
        self._refresh_buttons()
        if row is None:
            self.setAccessibleName(tr("Details"))
            return
        self.setAccessibleName(tr("Details of {name}", name=row.name))
        self._name.setText(row.name)
        self.fill(row)

    def fill(self, row: Any) -> None:
        """Show the parts of ``row``."""
        raise NotImplementedError

    def say_head(self, second: str, state: ChipLook) -> None:
        """Say beneath the name what the row is, and beside it its status where that is not plain."""
        self._second.setText(second)
        plain = state.tone == "plain"
        self._chip.setVisible(not plain)
        if not plain:
            self._chip.set(state.text, state.tone, state.glyph)

    def set_any(self, known: bool) -> None:
        """Ask for a choice only where there is a row to choose."""
        self._nothing.setText(self._choose if known else "")

    def set_over_table(self, over: bool) -> None:
        """Show the button that closes the inspector where it stands over the table."""
        self.close_button.setVisible(over)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave by Escape where it stands over the table."""
        if event.key() == Qt.Key.Key_Escape and not self.close_button.isHidden():
            self.close_asked.emit()
            event.accept()
            return
        super().keyPressEvent(event)

    def _refresh_buttons(self) -> None:
        context = self.context()
        for button, command_id in self._own:
            button.setVisible(self._row is not None and self._registry.command(command_id).shown(context))
