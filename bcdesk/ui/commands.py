"""What a user can do, as data: buttons, menus, shortcuts, palette and tooltips are all made from it."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from weakref import WeakSet

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from bcdesk.ui.text import tr
from bcdesk.ui.widgets.buttons import Button, Kind

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Context:
    """What a command is about: ``target`` is a row (or None), ``widget`` where the user was."""

    target: object | None = None
    widget: QWidget | None = None


def always(context: Context) -> str | None:
    """Enable a command at any time."""
    return None


def anyone(context: Context) -> bool:
    """Show a command to everyone."""
    return True


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that a user can do.

    ``enabled`` returns None, or the reason why not in a sentence; ``shown`` is False where the command does not exist
    for this user at all (a viewer finds no dead buttons); ``checked`` marks the choice in force. A ``page`` is where
    the command belongs: its shortcut works there only, and it is about what the user is at on that page. ``short`` is
    what its button says where the place tells what it is about.
    """

    id: str
    text: str
    run: Callable[[Context], object]
    shortcut: str = ""
    icon: str = ""
    group: str = ""
    enabled: Callable[[Context], str | None] = always
    shown: Callable[[Context], bool] = anyone
    checked: Callable[[Context], bool] | None = None
    aliases: tuple[str, ...] = field(default=())
    danger: bool = False
    more_shortcuts: tuple[str, ...] = field(default=())
    page: str = ""
    short: str = ""

    @property
    def brief(self) -> str:
        """Return the fewest words, for where its place says what it is about."""
        return self.short or self.text

    @property
    def keys(self) -> str:
        """Write the shortcut as this system writes it, empty where there is none."""
        return QKeySequence(self.shortcut).toString(QKeySequence.SequenceFormat.NativeText) if self.shortcut else ""


class Registry(QObject):
    """Every command by id; ``refused`` tells which command could not run and why."""

    refused = Signal(str, str)
    ran = Signal(str)
    changed = Signal()
    page_wanted = Signal(str)
    """A command of a page that is not shown was chosen: show that page first."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Begin without commands."""
        super().__init__(parent)
        self.page = ""
        """The page that is shown."""
        self._commands: dict[str, Command] = {}
        self._buttons: WeakSet[Button] = WeakSet()
        self._where: dict[str, Callable[[], Context]] = {}

    def add(self, *commands: Command, page: str = "") -> None:
        """Add commands, of ``page`` where they name none; raise ValueError where an id or a shortcut is taken."""
        for command in commands:
            if page and not command.page:
                command = replace(command, page=page)
            if command.id in self._commands:
                raise ValueError(f"two commands are called {command.id}")
            meets = [other for other in self._commands.values() if _meet(other.page, command.page)]
            taken = {key: other.id for other in meets for key in shortcuts(other)}
            for key in shortcuts(command):
                if key in taken:
                    raise ValueError(f"{command.id} wants the shortcut of {taken[key]}")
            self._commands[command.id] = command
        self.changed.emit()

    def remove(self, ids: Iterable[str]) -> None:
        """Forget commands, when the page that brought them goes."""
        for one in ids:
            self._commands.pop(one, None)
        self.changed.emit()

    def command(self, command_id: str) -> Command:
        """Return a command; raise KeyError where there is none."""
        return self._commands[command_id]

    def all(self) -> tuple[Command, ...]:
        """Return every command in the order of adding."""
        return tuple(self._commands.values())

    def set_context(self, where: Callable[[], Context], page: str = "") -> None:
        """Choose who says what the user is at on ``page``, for shortcuts and the palette."""
        self._where[page] = where

    def context(self, command_id: str = "") -> Context:
        """Return what the user is at, on the page of a command where that has one."""
        command = self._commands.get(command_id)
        page = command.page if command is not None else ""
        where = self._where.get(page or self.page) or self._where.get("") or Context
        return where()

    def show_page(self, page: str) -> None:
        """Take note of the page that is shown."""
        self.page = page

    def run_shortcut(self, ids: Iterable[str]) -> bool:
        """Run the command of those that belongs to the page that is shown, or to every page."""
        for one in ids:
            if _meet(self._commands[one].page, self.page):
                return self.run(one)
        return False

    def reason(self, command_id: str, context: Context | None = None) -> str | None:
        """Say why a command cannot run now, None where it can."""
        return self._commands[command_id].enabled(context or self.context(command_id))

    def run(self, command_id: str, context: Context | None = None) -> bool:
        """Run a command unless it cannot now, which `refused` then tells; return whether it ran."""
        command = self._commands[command_id]
        at = context or self.context(command_id)
        if not command.shown(at):
            return False
        reason = command.enabled(at)
        if reason is not None:
            self.refused.emit(command_id, reason)
            return False
        log.debug("command %s", command_id)
        if not _meet(command.page, self.page):
            self.page_wanted.emit(command.page)
        command.run(at)
        self.ran.emit(command_id)
        return True

    def button(
        self, command_id: str, kind: Kind = "plain", *, text: str = "", icon: bool = False,
        context: Callable[[], Context] | None = None, parent: QWidget | None = None,
    ) -> Button:  # fmt: skip
        """Make the button of a command; `refresh` keeps its state and its reason."""
        command = self._commands[command_id]
        button = Button(
            text or command.brief, kind, name=command_id, icon=command.icon if icon or kind == "icon" else "",
            tip=tooltip(command), parent=parent,
        )  # fmt: skip
        button.setProperty("command", command_id)
        where = context or (lambda: self.context(command_id))
        button.clicked.connect(lambda: self.run(command_id, where()))
        button.refresh_from = where  # type: ignore[attr-defined]
        self._buttons.add(button)
        self._refresh(button, command, where())
        return button

    def refresh(self) -> None:
        """Ask every command again whether it can run, and show that on its buttons."""
        from shiboken6 import isValid

        for button in tuple(self._buttons):
            if not isValid(button):
                self._buttons.discard(button)
                continue
            command = self._commands.get(button.property("command"))
            if command is not None:
                self._refresh(button, command, button.refresh_from())  # type: ignore[attr-defined]

    @staticmethod
    def _refresh(button: Button, command: Command, at: Context) -> None:
        shown = command.shown(at)
        if button.property("shown") != shown:  # only then: a page may hide a button for reasons of its own
            hidden = button.property("shown") is False
            button.setProperty("shown", shown)
            if not shown or (hidden and button.parent() is not None):
                button.setVisible(shown)
            elif hidden:
                button.setProperty("shown", False)  # without a parent it would open as a window
        button.set_reason(command.enabled(at))


def _meet(one: str, other: str) -> bool:
    """Tell whether commands of two pages are ever there at once; those without a page always are."""
    return not one or not other or one == other


def shortcuts(command: Command) -> tuple[str, ...]:
    """Return every shortcut of a command in portable form."""
    portable = QKeySequence.SequenceFormat.PortableText
    return tuple(QKeySequence(key).toString(portable) for key in (command.shortcut, *command.more_shortcuts) if key)


def tooltip(command: Command) -> str:
    """Return what a button of the command says on hover: its words and its shortcut."""
    bare = command.text.rstrip("…")
    return tr("{what} ({keys})", what=bare, keys=command.keys) if command.keys else ""
