"""Every command in one list that narrows while typing (Ctrl+K)."""

from typing import Final, cast

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from bcdesk.ui import icons, theme
from bcdesk.ui.commands import Command, Context, Registry
from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Label, LineEdit

_Index = QModelIndex | QPersistentModelIndex
_ROW: Final = 38
_STEPS: Final[dict[int, int]] = {
    Qt.Key.Key_Down.value: 1, Qt.Key.Key_Up.value: -1, Qt.Key.Key_PageDown.value: 8, Qt.Key.Key_PageUp.value: -8,
}  # fmt: skip


def matching(commands: tuple[Command, ...], typed: str, page: str = "") -> list[Command]:
    """Return the commands that hold every word of ``typed`` in words, aliases or group; best first.

    Among equals those of another page than ``page``, the one that is shown, come last.
    """
    words = typed.lower().split()

    def rank(command: Command) -> int | None:
        name = command.text.lower()
        hay = " ".join((name, *command.aliases, command.group)).lower()
        if not all(word in hay for word in words):
            return None
        if not words:
            if elsewhere(command, page):
                return 2
            return int(command.id.startswith(("app.", "theme.", "go.")))  # what the page does comes first
        if name.startswith(words[0]):
            return 0
        return 1 if any(part.startswith(words[0]) for part in name.split()) else 2

    ranked = [
        (place, elsewhere(command, page), index)
        for index, command in enumerate(commands)
        if (place := rank(command)) is not None
    ]
    return [commands[index] for _, _, index in sorted(ranked)]


def elsewhere(command: Command, page: str) -> bool:
    """Tell whether a command belongs to another page than the one that is shown."""
    return bool(page and command.page and command.page != page)


class _Commands(QAbstractListModel):
    def __init__(self, registry: Registry, parent: QWidget) -> None:
        super().__init__(parent)
        at = {one.id: registry.context(one.id) for one in registry.all()}
        self._all = tuple(one for one in registry.all() if one.shown(at[one.id]) and one.id != "app.palette")
        self._reasons = {one.id: one.enabled(at[one.id]) for one in self._all}
        self.contexts: dict[str, Context] = at
        self._page = registry.page
        self.rows: list[Command] = []
        self.narrow("")

    def narrow(self, typed: str) -> None:
        self.beginResetModel()
        self.rows = matching(self._all, typed, self._page)
        if typed:  # what can be done comes first
            self.rows.sort(key=lambda one: self._reasons[one.id] is not None)
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def reason(self, command: Command) -> str | None:
        return self._reasons[command.id]

    def note(self, command: Command) -> str:
        """Return what is said beside a command: why it cannot run, or the other page that it is about."""
        return self.reason(command) or (command.group if elsewhere(command, self._page) else "")

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        command = self.rows[index.row()]
        note = self.note(command)
        if role == Qt.ItemDataRole.DisplayRole:
            return command.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (command.text, command.keys, note) if part)
        if role == Qt.ItemDataRole.ToolTipRole:
            return note
        return None


class _Rows(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(100, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        model = cast("_Commands", index.model())
        command = model.rows[index.row()]
        reason, note = model.reason(command), model.note(command)
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent_soft"))
            painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), 7, 7)
        tone = "off" if reason else ("bad" if command.danger else "text")
        if command.icon:
            mark = icons.pixmap(command.icon, "off" if reason else "muted", 18, painter.device().devicePixelRatioF())
            painter.drawPixmap(rect.left() + 10, rect.center().y() - 9, mark)
        middle = Qt.AlignmentFlag.AlignVCenter
        left, right = rect.left() + 38, rect.right() - 12
        painter.setFont(theme.font("secondary"))
        painter.setPen(theme.color("muted"))
        keys = command.keys
        painter.drawText(
            QRect(left, rect.top(), right - left, rect.height()), middle | Qt.AlignmentFlag.AlignRight, keys
        )
        right -= painter.fontMetrics().horizontalAdvance(keys) + 12 if keys else 0
        body = theme.font("body")
        text_width = min(QFontMetrics(body).horizontalAdvance(command.text), right - left)
        if note:
            room = QRect(left + text_width + 10, rect.top(), right - left - text_width - 10, rect.height())
            cut = painter.fontMetrics().elidedText(note, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, middle, cut)
        painter.setFont(body)
        painter.setPen(theme.color(tone))
        painter.drawText(QRect(left, rect.top(), right - left, rect.height()), middle, command.text)
        painter.restore()


class Palette(Dialog):
    """The list of commands; Enter or a click runs the chosen one after the list has gone."""

    def __init__(self, registry: Registry, parent: QWidget) -> None:
        """List what ``registry`` has for this user, about what the user is at now."""
        super().__init__(parent, tr("Commands"), name="palette", width=560)
        self._registry = registry
        self.title.hide()
        self.line = LineEdit(placeholder=tr("Find a command"), name="palette_line")
        self.model = _Commands(registry, self)
        self.list = QListView()
        self.list.setObjectName("palette_list")
        self.list.setAccessibleName(tr("Commands"))
        self.list.setModel(self.model)
        self.list.setItemDelegate(_Rows(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setFixedHeight(_ROW * 8)
        self.list.setMouseTracking(True)
        self.none = Label(tr("No command is called that."), "muted", name="palette_none")
        self.none.hide()
        self.body.setSpacing(Space.S)
        for widget in (self.line, self.list, self.none):
            self.add(widget)
        self.line.installEventFilter(self)  # the scrolling body would take the arrows
        self.line.textChanged.connect(self._narrow)
        self.list.clicked.connect(lambda index: self._choose(index.row()))
        self.finished.connect(self._run)
        self._narrow("")
        self.line.setFocus()

    def _narrow(self, typed: str) -> None:
        self.model.narrow(typed)
        self.none.setVisible(not self.model.rows)
        self._go(0)

    def _go(self, row: int) -> None:
        if self.model.rows:
            index = self.model.index(max(0, min(row, len(self.model.rows) - 1)), 0)
            self.list.setCurrentIndex(index)
            self.line.setAccessibleDescription(str(index.data(Qt.ItemDataRole.AccessibleTextRole)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            row = self.list.currentIndex().row()
            step = _STEPS.get(event.key(), 0)
            if step:
                self._go(row + step)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if not event.isAutoRepeat():
                    self._choose(row)
                return True
        return super().eventFilter(watched, event)

    def _choose(self, row: int) -> None:
        if 0 <= row < len(self.model.rows):
            command = self.model.rows[row]
            reason = self.model.reason(command)
            if reason is None:
                self.finish(command.id)
            else:
                self.show_problem(reason, tone="info")

    def _run(self) -> None:
        self.deleteLater()
        if self.outcome is not None:
            self._registry.run(self.outcome, self.model.contexts[self.outcome])


def show_palette(registry: Registry, window: QWidget) -> Palette:
    """Open the list of commands over ``window``."""
    made = Palette(registry, window)
    made.open()
    return made
