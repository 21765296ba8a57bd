"""*Connections*: the servers that the desk knows, the one in use, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from bcdesk.ui.commands import Context
from bcdesk.ui.settings.section import SettingSection
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Chip, Label, clear

if TYPE_CHECKING:
    from bcdesk.store.store import Change, Store
    from bcdesk.ui.commands import Command, Registry

GO: Final = "connection.go."
HERE: Final = ("connection.sign_in", "connection.sign_out", "connection.edit", "connection.remove")


class ConnectionsSection(SettingSection):
    """A line for each command that goes to a connection; those of the one in use stand beside it."""

    def __init__(self, store: Store, registry: Registry) -> None:
        """Follow the commands of ``registry``, and ``store`` for what the one in use can do now."""
        super().__init__("connections", tr("Connections"))
        self._registry = registry
        self._shown: tuple[object, ...] = ()
        lines = QWidget()
        lines.setObjectName("setting_connections")
        self._lines = QVBoxLayout(lines)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(Space.S)
        self.add(lines)
        self.add_button = registry.button("connection.add", parent=self)
        foot = QHBoxLayout()
        foot.addWidget(self.add_button)
        foot.addStretch(1)
        holder = QWidget()
        holder.setObjectName("setting_connections_foot")
        foot.setContentsMargins(0, 0, 0, 0)
        holder.setLayout(foot)
        self.add(holder)
        self._stop_listening = store.listen(self._store_changed)
        registry.changed.connect(self.follow)
        self.follow()

    def close_down(self) -> None:
        """Stop following."""
        self._stop_listening()
        self._registry.changed.disconnect(self.follow)

    def focus(self) -> None:
        """Put the focus on *Add*."""
        self.add_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def shown(self) -> None:
        """Say anew which one is in use."""
        self.follow()

    def follow(self) -> None:
        """Show the connections that there are, unless nothing changed."""
        nothing = Context()
        ways = [one for one in self._registry.all() if one.id.startswith(GO)]
        here = [self._registry.command(one) for one in HERE if any(known.id == one for known in self._registry.all())]
        able = [one.id for one in here if one.shown(nothing)]
        now = tuple((one.id, one.text, bool(one.checked and one.checked(nothing))) for one in ways), tuple(able)
        if now == self._shown:
            return
        self._shown = now
        clear(self._lines)
        for one in ways:
            self._lines.addWidget(self._line(one, able))

    def _line(self, command: Command, able: list[str]) -> QWidget:
        line = QWidget()
        line.setObjectName(f"setting.{command.id}")
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(Label(command.text, "body", elide=True, name="setting_connection"), 1)
        if command.checked is not None and command.checked(Context()):
            row.addWidget(Chip(tr("In use"), "ok", "dot", name="setting_in_use"))
            for command_id in able:
                danger = self._registry.command(command_id).danger
                words = _words()[command_id]
                row.addWidget(
                    self._registry.button(command_id, "danger" if danger else "plain", text=words, parent=line)
                )
        else:
            button = self._registry.button(command.id, text=tr("Switch"), parent=line)
            button.setAccessibleName(tr("Switch to {name}", name=command.text))
            row.addWidget(button)
        return line

    def _store_changed(self, change: Change) -> None:
        if change.link or change.session:
            self.follow()


def _words() -> dict[str, str]:
    return {
        "connection.sign_in": tr("Sign in…"),
        "connection.sign_out": tr("Sign out…"),
        "connection.edit": tr("Edit…"),
        "connection.remove": tr("Remove…"),
    }
