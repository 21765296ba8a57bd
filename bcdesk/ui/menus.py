"""Menus and shortcuts, made from commands; no other file makes a `QAction`."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from bcdesk.ui import icons
from bcdesk.ui.commands import Command, Context, Registry, shortcuts
from bcdesk.ui.text import tr

SEPARATOR = ""


def menu(registry: Registry, ids: Iterable[str], context: Context, parent: QWidget, *, title: str = "") -> QMenu:
    """Make a menu of commands about ``context``; empty ids are lines, commands not shown to this user are left out.

    Open it with ``popup``; it deletes itself when it closes.
    """
    made = QMenu(title, parent)
    made.setObjectName("menu")
    made.setAccessibleName(title or tr("Actions"))
    made.setToolTipsVisible(True)
    made.setWindowFlag(Qt.WindowType.FramelessWindowHint)
    made.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)  # its corners are round
    wanted = False
    for command_id in ids:
        if command_id == SEPARATOR:
            wanted = not made.isEmpty()
            continue
        command = registry.command(command_id)
        if not command.shown(context):
            continue
        if wanted:
            made.addSeparator()
            wanted = False
        made.addAction(_action(registry, command, context, made))
    made.aboutToHide.connect(made.deleteLater)
    return made


def _action(registry: Registry, command: Command, context: Context, parent: QMenu) -> QAction:
    action = QAction(command.text, parent)
    action.setObjectName(command.id)
    if command.keys:
        action.setShortcut(QKeySequence(command.shortcut))
        action.setShortcutVisibleInContextMenu(True)
    if command.icon:
        action.setIcon(icons.icon(command.icon, "bad" if command.danger else "muted"))
    if command.checked is not None:
        action.setCheckable(True)
        action.setChecked(command.checked(context))
        if action.isChecked():
            action.setIcon(icons.icon("check", "accent"))  # Qt draws no mark beside an icon
    reason = command.enabled(context)
    if reason is not None:
        action.setEnabled(False)
        action.setToolTip(reason)
        action.setStatusTip(reason)
    action.triggered.connect(lambda: registry.run(command.id, context))
    return action


class Shortcuts:
    """Gives a window the shortcut of every command, and keeps up when commands come and go."""

    def __init__(self, registry: Registry, window: QWidget) -> None:
        """Listen to ``registry`` for as long as ``window`` lives."""
        self._registry, self._window = registry, window
        self._actions: list[QAction] = []
        registry.changed.connect(self.rebuild)
        self.rebuild()

    def rebuild(self) -> None:
        """Make the actions again; a command that cannot run keeps its shortcut, and then says why."""
        for action in self._actions:
            self._window.removeAction(action)
            action.deleteLater()
        self._actions = []
        ids: dict[str, list[str]] = {}
        for command in self._registry.all():
            for key in shortcuts(command):
                ids.setdefault(key, []).append(command.id)
        for key, those in ids.items():
            action = QAction(self._registry.command(those[0]).text, self._window)
            action.setShortcut(QKeySequence(key, QKeySequence.SequenceFormat.PortableText))
            action.setAutoRepeat(False)
            action.triggered.connect(lambda _checked=False, those=those: self._registry.run_shortcut(those))
            self._window.addAction(action)
            self._actions.append(action)
