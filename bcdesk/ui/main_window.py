"""The window of the desk: it composes rail, pages and status, and knows what none of them does."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QByteArray, QSize, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from bcdesk.ui import theme, times
from bcdesk.ui.commands import Command, Context, Registry
from bcdesk.ui.menus import SEPARATOR, Shortcuts
from bcdesk.ui.rail import Page, Rail
from bcdesk.ui.status import StatusBar
from bcdesk.ui.text import counted, tr
from bcdesk.ui.theme import Scheme

if TYPE_CHECKING:
    from bcdesk.contract.rows import SessionRow
    from bcdesk.store.store import Link
    from bcdesk.ui.desk import Connection

NARROW: Final = 900
SCHEMES: Final[tuple[Scheme, ...]] = ("system", "light", "dark")


class MainWindow(QMainWindow):
    """Rail, page and status; closing it says ``closed`` and does no more, for the program's exit stack cleans up."""

    closed = Signal()

    def __init__(
        self, registry: Registry, *, geometry: str = "", on_theme: Callable[[Scheme], object] = lambda _scheme: None,
        now: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        """Compose an empty window; ``geometry`` is what `geometry_text` once returned, ``on_theme`` stores a choice."""
        super().__init__()
        self.registry = registry
        self.is_closed = False
        self._now, self._on_theme = now, on_theme
        self._connections: Callable[[], Sequence[str]] = tuple
        self.setObjectName("window")
        self.setMinimumSize(QSize(720, 480))
        self.pages: dict[str, Page] = {}
        self._hidden: set[str] = set()
        add_window_commands(registry, self)
        self.rail = Rail(registry, self._connection_menu, self)
        self.stack = QStackedWidget()
        self.stack.setObjectName("stack")
        self.status = StatusBar()
        inside = QWidget()
        inside.setObjectName("inside")
        row = QHBoxLayout(inside)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        column = self._column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.stack, 1)
        column.addWidget(self.status)
        row.addWidget(self.rail)
        row.addLayout(column, 1)
        self.setCentralWidget(inside)
        self.shortcuts = Shortcuts(registry, self)
        self.rail.chosen.connect(self.go)
        registry.page_wanted.connect(self.go)
        registry.refused.connect(lambda _id, reason: self.status.flash(reason))
        self.show_connection(None, None, None)
        if not (geometry and self.restoreGeometry(QByteArray.fromBase64(geometry.encode("ascii")))):
            self.resize(1280, 800)

    # pages

    def add_page(self, page: Page) -> None:
        """Put a page into rail and stack, its command being ``go.<id>``; or in place of the one of its id."""
        before = self.pages.get(page.id)
        self.pages[page.id] = page
        self.stack.addWidget(page.widget)
        if before is not None:
            self._take_over(before.widget, page.widget)
            return
        self.rail.add_page(page)
        if len(self.pages) == 1:
            self.registry.show_page(page.id)
        number = sum(not one.foot for one in self.pages.values())
        self.registry.add(
            Command(
                f"go.{page.id}",
                tr("Go to {page}", page=page.title),
                lambda _context: self.go(page.id),
                shortcut=page.shortcut or f"Ctrl+{number}",
                icon=page.icon,
                group=tr("Pages"),
                shown=lambda _context: page.id not in self._hidden,
            )
        )

    def show_page(self, page_id: str, shown: bool) -> None:
        """Have a page in rail and palette or not; where it is shown as it goes, the first page takes its place."""
        (self._hidden.discard if shown else self._hidden.add)(page_id)
        self.rail.set_shown(page_id, shown)
        if not shown and self.registry.page == page_id:
            self.go(next(iter(self.pages)))

    def offers(self, page_id: str) -> bool:
        """Tell whether there is such a page for whoever uses the desk now."""
        return page_id in self.pages and page_id not in self._hidden

    def _take_over(self, before: QWidget, now: QWidget) -> None:
        focused = before.hasFocus() or self.focusWidget() in (None, before)
        if self.stack.currentWidget() is before:
            self.stack.setCurrentWidget(now)
            if focused:
                now.setFocus()
        self.stack.removeWidget(before)
        before.deleteLater()

    def add_strip(self, strip: QWidget) -> None:
        """Put ``strip`` above the pages: it stands there whichever is shown."""
        self._column.insertWidget(0, strip)

    def go(self, page_id: str) -> None:
        """Show a page."""
        self.registry.show_page(page_id)
        self.rail.choose(page_id)
        self.stack.setCurrentWidget(self.pages[page_id].widget)
        self.pages[page_id].widget.setFocus()

    # connection and link

    def show_connection(self, connection: Connection | None, session: SessionRow | None, link: Link | None) -> None:
        """Say in title, rail and status which server this is, who you are there, and how fresh everything is."""
        state = link.state if link is not None else "starting"
        name = connection.name if connection is not None and state != "unchosen" else ""
        name = name or tr("No connection yet")
        role = role_words(session.role) if session is not None else ""
        badge = tr("Pre-release demo") if connection is not None and connection.demo else ""
        self.setWindowTitle(tr("Authentication Management – {connection} – bcdesk", connection=name))
        self.rail.card.set(name, connection.host if connection is not None else "", role, badge, state)
        text, tone = link_words(link, self._now())
        self.status.set(text, tone)

    def set_clock(self, now: Callable[[], float]) -> None:
        """Choose who says what time it is."""
        self._now = now

    def set_connection_menu(self, ids: Callable[[], Sequence[str]]) -> None:
        """Begin the card's menu with the commands that ``ids`` names."""
        self._connections = ids

    def _connection_menu(self) -> tuple[str, ...]:
        wanted = (*self._connections(), SEPARATOR, "sync.now", SEPARATOR, "app.palette", SEPARATOR)
        themes = tuple(f"theme.{scheme}" for scheme in SCHEMES)
        known = {command.id for command in self.registry.all()} | {SEPARATOR}
        return tuple(one for one in (*wanted, *themes, SEPARATOR, "app.quit") if one in known)

    # theme

    def set_on_theme(self, on_theme: Callable[[Scheme], object]) -> None:
        """Choose who stores the theme that the user chooses."""
        self._on_theme = on_theme

    def choose_theme(self, scheme: Scheme) -> None:
        """Put a theme in force and have it stored."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, scheme)
        self._on_theme(scheme)

    # the window itself

    def geometry_text(self) -> str:
        """Return size and place as text to store."""
        return bytes(self.saveGeometry().toBase64().data()).decode("ascii")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        page = self.stack.currentWidget()
        if page is not None and self.focusWidget() in (None, self.rail.card):
            page.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.rail.set_narrow(self.width() < NARROW)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()  # the exit stack hides it last, after a waiting secret has been answered for
        self.is_closed = True
        self.closed.emit()


def add_window_commands(registry: Registry, window: MainWindow) -> None:
    """Add what belongs to the window as a whole: palette, themes, quit."""

    def theme_command(scheme: Scheme, text: str, icon: str) -> Command:
        return Command(
            f"theme.{scheme}", text, lambda _context: window.choose_theme(scheme), icon=icon, group=tr("Look"),
            checked=lambda _context: theme.theme().scheme == scheme, aliases=(tr("dark mode"), tr("appearance")),
        )  # fmt: skip

    def palette(_context: Context) -> None:
        from bcdesk.ui.palette import show_palette

        show_palette(registry, window)

    registry.add(
        Command("app.palette", tr("All commands…"), palette, shortcut="Ctrl+K", icon="search", group=tr("Desk")),
        theme_command("system", tr("Theme: as the system"), "screen"),
        theme_command("light", tr("Theme: light"), "sun"),
        theme_command("dark", tr("Theme: dark"), "moon"),
        Command(
            "app.quit",
            tr("Quit"),
            lambda _context: window.close(),
            shortcut="Ctrl+Q",
            icon="quit",
            group=tr("Desk"),
            aliases=(tr("exit"), tr("close")),
        ),
    )


def role_words(role: str) -> str:
    """Name a member's role."""
    return {"owner": tr("owner"), "manager": tr("manager"), "viewer": tr("viewer")}.get(role, role)


def link_words(link: Link | None, now: float) -> tuple[str, str]:
    """Say how fresh everything is, with the tone of it."""
    if link is not None and link.state == "unchosen":
        return tr("No connection yet"), "muted"
    if link is None or link.state == "starting":
        return tr("Starting the connection…"), "muted"
    if link.state == "loading":
        if link.progress:
            return counted(link.progress, "Loading… {n} key so far", "Loading… {n} keys so far"), "muted"
        return tr("Loading…"), "muted"
    if link.state == "online" and link.as_of is not None:
        return tr("As of {clock} · in sync", clock=times.clock(link.as_of, seconds=True)), "muted"
    if link.state == "online":
        return tr("In sync"), "muted"
    as_of = times.short(link.as_of, now) if link.as_of is not None else ""
    if link.state in ("reading", "cached"):
        return tr("As of {moment} · connecting…", moment=as_of), "muted"
    if link.state == "signed_out":
        return tr("Signed out, as of {moment}", moment=as_of) if as_of else tr("Signed out"), "warn"
    if link.state == "forbidden":
        words = tr("The server does not let you in, as of {moment}", moment=as_of)
        return words if as_of else tr("The server does not let you in"), "bad"
    if link.state == "error":
        return tr("Not in sync, as of {moment}", moment=as_of) if as_of else tr("Not in sync"), "bad"
    return tr("Offline, as of {moment}", moment=as_of) if as_of else tr("Offline"), "warn"
