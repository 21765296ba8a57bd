"""The rail: the program's name, the connection that decides what every button means, and the pages."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from bcdesk.ui import icons, theme
from bcdesk.ui.commands import Registry
from bcdesk.ui.menus import menu
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Size, Space
from bcdesk.ui.widgets import Button, Dot, Label, refont, restyle

_MARK: Final = ("bc", "desk")
_GAP: Final = "\u2002"  # Qt sets icon and words 4 px apart; an en space makes it calm


class Page(NamedTuple):
    """A page of the desk as data: its id, its words in the rail, its icon, and the widget that it is."""

    id: str
    title: str
    icon: str
    widget: QWidget
    foot: bool = False
    """Whether it stands at the rail's foot, apart from the others."""
    shortcut: str = ""
    """What goes there, where it is not Ctrl and its number."""


class ConnectionCard(QPushButton):
    """Which server this is, who you are there and whether its data is a demo; pressing it opens its menu."""

    def __init__(self, registry: Registry, menu_ids: Callable[[], Sequence[str]], parent: QWidget) -> None:
        """Open a menu of the commands that ``menu_ids`` names."""
        super().__init__(parent)
        self._registry, self._menu_ids = registry, menu_ids
        self._narrow = False
        self.setObjectName("connection")
        self.setAutoDefault(False)
        self.dot = Dot("neutral", "ring", size=8, parent=self)
        self.dot.setObjectName("connection_dot")
        self.name = Label("", "strong", elide=True, name="connection_name", parent=self)
        self.arrow = Label("", name="connection_arrow", parent=self)
        self.where = Label("", "muted", elide=True, name="connection_where", parent=self)
        self.badge = Label("", "label", tone="warn", elide=True, name="connection_badge", parent=self)
        self.badge.setFont(theme.font("chip"))
        top = QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(self.dot, 0, Qt.AlignmentFlag.AlignVCenter)
        top.addWidget(self.name, 1)
        top.addWidget(self.arrow)
        column = QVBoxLayout(self)
        column.setContentsMargins(11, 9, 9, 9)
        column.setSpacing(1)
        column.addLayout(top)
        column.addWidget(self.where)
        column.addWidget(self.badge)
        for inner in (self.dot, self.name, self.arrow, self.where, self.badge):
            inner.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.clicked.connect(self.open_menu)
        theme.theme().changed.connect(self._tint)
        self._tint()
        self.set()

    def set(self, name: str = "", host: str = "", role: str = "", badge: str = "", state: str = "starting") -> None:
        """Show the connection; ``state`` is that of the store's link, ``role`` the user's own words for it."""
        tone, glyph, words = {
            "online": ("ok", "dot", tr("connected")),
            "loading": ("ok", "ring", tr("loading")),
            "starting": ("muted", "ring", tr("starting")),
            "reading": ("muted", "ring", tr("connecting")),
            "cached": ("muted", "ring", tr("connecting")),
            "offline": ("warn", "triangle", tr("offline")),
            "signed_out": ("warn", "ring", tr("signed out")),
            "unchosen": ("muted", "ring", tr("press to choose")),
        }.get(state, ("bad", "cross", tr("failed")))
        host = "" if host == name else host
        # the role first: it decides what every button means, and a long host is cut at its end
        where = tr("{role} · {host}", host=host, role=role) if host and role else role or host or words
        self.dot.set(tone, glyph)  # type: ignore[arg-type]
        self.name.setText(name)
        self.where.setText(where)
        self.badge.setText(badge)
        parts = [tr("Connection: {name}", name=name), where, words, badge]
        said = ", ".join(dict.fromkeys(part for part in parts if part))
        self.setAccessibleName(said)
        self.setToolTip(said if self._narrow else "")
        self.set_narrow(self._narrow)

    def set_narrow(self, narrow: bool) -> None:
        """Show the dot alone where there is no room."""
        self._narrow = narrow
        for inner in (self.name, self.arrow, self.where):
            inner.setVisible(not narrow)
        self.badge.setVisible(not narrow and bool(self.badge.text()))
        self.setToolTip(self.accessibleName() if narrow else "")
        inside = self.layout()
        if inside is not None:
            inside.setContentsMargins(*((11, 9, 9, 9) if not narrow else (11, 11, 11, 11)))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        if self._narrow:
            return QSize(32, 32)
        return QSize(Size.RAIL - 2 * Space.M, 70 if self.badge.text() else 54)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def open_menu(self) -> None:
        """Open the menu beneath the card."""
        made = menu(self._registry, self._menu_ids(), self._registry.context(), self, title=tr("Connection"))
        made.popup(self.mapToGlobal(QPoint(0, self.height() + 4)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down) and not event.isAutoRepeat():
            self.open_menu()
            return
        super().keyPressEvent(event)

    def _tint(self) -> None:
        self.arrow.setPixmap(icons.pixmap("chevron-down", "muted", 14, self.devicePixelRatioF()))


class Rail(QFrame):
    """The column at the window's left; ``chosen`` carries the id of the page that the user went to."""

    chosen = Signal(str)

    def __init__(self, registry: Registry, menu_ids: Callable[[], Sequence[str]], parent: QWidget) -> None:
        """Begin without pages."""
        super().__init__(parent)
        self.setObjectName("rail")
        self.setAccessibleName(tr("Pages"))
        self.setFixedWidth(Size.RAIL)
        self._narrow = False
        self._buttons: dict[str, Button] = {}
        self._titles: dict[str, str] = {}
        self._group = QButtonGroup(self)
        self.card = ConnectionCard(registry, menu_ids, self)
        bc = Label(_MARK[0], "heading", tone="accent", name="wordmark_bc")
        desk = Label(_MARK[1], "heading", name="wordmark_desk")
        mark = QHBoxLayout()
        mark.setContentsMargins(8, 0, 0, 0)
        mark.setSpacing(0)
        mark.addWidget(bc)
        mark.addWidget(desk)
        mark.addStretch(1)
        self._desk = desk
        self._nav = QVBoxLayout()
        self._nav.setSpacing(2)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, 19, Space.M, Space.M)
        column.setSpacing(0)
        column.addLayout(mark)
        column.addSpacing(Space.M)
        column.addWidget(self.card)
        column.addSpacing(Space.M)
        column.addLayout(self._nav)
        column.addStretch(1)
        self._foot = QVBoxLayout()
        self._foot.setSpacing(2)
        column.addLayout(self._foot)

    def add_page(self, page: Page) -> None:
        """Add the button of ``page``; the first one is chosen."""
        button = Button(page.title, "nav", name=f"page.{page.id}", icon=page.icon)
        button.setText("" if self._narrow else f"{_GAP}{page.title}")
        button.setCheckable(True)
        button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Fixed)
        button.toggled.connect(lambda on, one=button: _mark(one, on))
        button.clicked.connect(lambda _checked=False, one=page.id: self.chosen.emit(one))
        self._group.addButton(button)
        self._buttons[page.id], self._titles[page.id] = button, page.title
        (self._foot if page.foot else self._nav).addWidget(button)
        if len(self._buttons) == 1:
            button.setChecked(True)

    def choose(self, page_id: str) -> None:
        """Mark the page that is shown."""
        self._buttons[page_id].setChecked(True)

    def set_shown(self, page_id: str, shown: bool) -> None:
        """Have a page in the rail or not: what a member may not see is not there."""
        self._buttons[page_id].setVisible(shown)

    def set_narrow(self, narrow: bool) -> None:
        """Fold to icons, or unfold."""
        if narrow == self._narrow:
            return
        self._narrow = narrow
        self.setFixedWidth(Size.RAIL_NARROW if narrow else Size.RAIL)
        self._desk.setVisible(not narrow)
        self.card.set_narrow(narrow)
        for page_id, button in self._buttons.items():
            button.setText("" if narrow else f"{_GAP}{self._titles[page_id]}")
            button.setProperty("narrow", narrow)
            restyle(button)
            button.set_tip(self._titles[page_id] if narrow else "")


def _mark(button: Button, on: bool) -> None:
    refont(button, "strong" if on else "body")
    button.set_icon_tone("accent" if on else "muted")
