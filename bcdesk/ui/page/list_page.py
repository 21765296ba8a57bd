"""The one kind of page with a table: head, filters, table, details, and what stands in their place when it must."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from bcdesk.ui import access, problems
from bcdesk.ui.commands import Command, Context
from bcdesk.ui.menus import menu
from bcdesk.ui.page.head import Head
from bcdesk.ui.page.notices import Notices, StaleLine
from bcdesk.ui.page.place import Place
from bcdesk.ui.page.side import Side
from bcdesk.ui.page.states import StateWords, state_of
from bcdesk.ui.page.undo import UndoBar
from bcdesk.ui.text import tr
from bcdesk.ui.times import Ticker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtGui import QResizeEvent

    from bcdesk.store.store import Change
    from bcdesk.ui.commands import Registry
    from bcdesk.ui.desk import Desk
    from bcdesk.ui.page.detail import DetailPanel
    from bcdesk.ui.page.filter_bar import FilterBar
    from bcdesk.ui.page.listing import RowListing
    from bcdesk.ui.problems import Words
    from bcdesk.ui.table.view import TableView
    from bcdesk.ui.widgets import Banner, Button


class PageKind(NamedTuple):
    """What sets one page apart: the prefix of its commands, its words, its rows, and which of them a change touched.

    ``commands`` are the words of the commands that every page has, for the palette, which lists them all.
    """

    id: str
    title: str
    subtitle: str
    choose: str
    commands: Mapping[str, str]
    states: StateWords
    rows: Mapping[str, Any]
    changed: Callable[[Change], tuple[str, ...]]
    menu: tuple[str, ...]


class ListPage(QWidget):
    """Composes a page of a `PageKind`; who derives from it brings listing, filters and inspector, then `build`s it."""

    listing: RowListing
    filters: FilterBar
    inspector: DetailPanel

    def __init__(self, desk: Desk, registry: Registry, kind: PageKind, parent: QWidget | None = None) -> None:
        """Begin with nothing but the undo strip and the page's own commands, which go into ``registry``."""
        super().__init__(parent)
        self.setObjectName("page")
        self.setAccessibleName(kind.title)
        self._desk, self._registry, self.kind = desk, registry, kind
        self.undo = UndoBar(desk.now, self)
        self.chosen_once = False
        registry.add(*self._page_commands(), page=kind.id)
        registry.set_context(self.context, kind.id)

    def build(self, buttons: tuple[Button, ...], *strips: Banner) -> None:
        """Compose the page of its parts; ``buttons`` stand top right, ``strips`` between the notices."""
        clear = self._registry.button(f"{self.kind.id}.clear_filters", "quiet", text=tr("Clear"), parent=self.filters)
        self.filters.add_clear(clear)
        self.head = Head(self.kind.title, self.kind.subtitle, buttons, self.filters)
        self.notices = Notices(self._registry, strips, self)
        self.stale = StaleLine(self._registry.button(f"{self.kind.id}.sort_again", "link", text=tr("Sort again")), self)
        self._stack = Place(self.table, self._registry)
        self._compose()
        self._connect()
        self.setFocusProxy(self.table)
        self._ticker = Ticker(self)
        self._ticker.ticked.connect(self._tick)
        self._stop_listening = self._desk.store.listen(self._store_changed)
        self.count()
        self.refresh()

    @property
    def table(self) -> TableView:
        """Return the table."""
        return self.listing.view

    def close_down(self) -> None:
        """Stop listening, for a page that is thrown away."""
        self._stop_listening()
        self._ticker.stop()
        self.listing.close()

    def columns_text(self) -> str:
        """Return widths, order and sorting of the columns as text for `restore_columns`."""
        return self.table.columns.state()

    def restore_columns(self, text: str) -> None:
        """Bring back what `columns_text` returned; what is damaged in it is left out."""
        if text:
            self.table.columns.restore(text)

    def _compose(self) -> None:
        self.body = QWidget()
        self.body.setObjectName("panel")
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notices)
        column.addWidget(self._stack, 1)
        column.addWidget(self.stale)
        column.addWidget(self.undo)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.body, 1)
        row.addWidget(self.inspector)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.head)
        outer.addLayout(row, 1)
        self.side = Side(self.inspector, row, self)

    def _connect(self) -> None:
        self.filters.searched.connect(self.search)
        self.filters.changed.connect(self._filter)
        self.filters.search.returnPressed.connect(self.table.setFocus)
        self.table.current_changed.connect(self._select)
        self.table.row_activated.connect(lambda _row_id: self._activate())
        self.table.menu_requested.connect(self._open_menu)
        self.table.columns_menu_requested.connect(self._open_columns_menu)
        self.table.clicked.connect(lambda _index: self.side.open() if self.side.over else None)
        self.listing.model.stale_order.connect(self.stale.tell)
        self.listing.model.shown_changed.connect(lambda _shown: self.refresh())
        self.listing.counts_changed.connect(self.count)
        self.inspector.close_asked.connect(self._close_details)
        self._desk.gate.changed.connect(self._registry.refresh)

    def _page_commands(self) -> tuple[Command, ...]:
        group, prefix, words = self.kind.title, self.kind.id, self.kind.commands
        return (
            Command(f"{prefix}.search", words["search"], lambda _context: self.focus_search(),
                    shortcut="Ctrl+F", icon="search", group=group, aliases=(tr("find"),)),
            Command(f"{prefix}.clear_filters", words["clear_filters"], lambda _context: self.clear_filters(),
                    icon="close", group=group,
                    enabled=lambda _context: None if self.filters.narrows else tr("Nothing is set.")),
            Command(f"{prefix}.sort_again", words["sort_again"], lambda _context: self.listing.model.sort_again(),
                    icon="refresh", group=group,
                    enabled=lambda _context: None if self.listing.model.stale else tr("The rows are in order.")),
            Command(f"{prefix}.details", words["details"], lambda _context: self._show_details(), icon="info",
                    group=group, enabled=self._details_reason, shown=lambda _context: self.side.over),
            Command(f"{prefix}.reset_columns", words["reset_columns"], lambda _context: self.table.columns.reset(),
                    group=group),
        )  # fmt: skip

    # ------------------------------------------------------------------ what commands are about

    def context(self) -> Context:
        """Return the selected row's id."""
        return Context(self.table.current_id(), self)

    def tell(self, error: BaseException) -> None:
        """Say an error that no dialog is there for."""
        self.notices.tell(self.explain(error))

    def explain(self, error: BaseException) -> Words:
        """Put an error into words."""
        return problems.explain(error)

    def reveal_row(self, row_id: str) -> None:
        """Select a row, and clear the filters where they hide it."""
        if self.table.select_id(row_id) or row_id not in self.kind.rows:
            return
        self.filters.reset(keep_search=self.filters.keeps_search)
        self.listing.model.sort_again()
        if not self.table.select_id(row_id):  # it was over long enough to hide
            self.filters.show_hidden()
            self.table.select_id(row_id)

    # ------------------------------------------------------------------ narrowing

    def search(self, text: str) -> None:
        """Show the rows that ``text`` is in."""
        self.listing.model.set_search(text)
        self.refresh()

    def _filter(self) -> None:
        self.narrow()
        self.count()
        self.refresh()

    def narrow(self) -> None:
        """Give the choices of the filters to the listing."""
        raise NotImplementedError

    def focus_search(self) -> None:
        """Put the focus into the search, with its text selected."""
        self.filters.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filters.search.selectAll()

    def clear_filters(self) -> None:
        """Show every row again."""
        self.filters.reset()
        self.table.setFocus()

    def count(self) -> None:
        """Show in the filters how many rows there are of each kind."""
        raise NotImplementedError

    # ------------------------------------------------------------------ following

    def _store_changed(self, change: Change) -> None:
        shown = self.inspector.row_id
        if shown is not None and (shown in self.kind.changed(change) or change.link or change.session):
            self.inspector.show_row(self.kind.rows.get(shown))
        if change.link or change.session:
            self._registry.refresh()
        self.refresh()

    def _tick(self) -> None:
        self.listing.tick()
        self.count()
        row_id = self.table.current_id()
        if row_id:
            self.inspector.show_row(self.kind.rows.get(row_id))
        self._registry.refresh()
        self.refresh()

    def refresh(self) -> None:
        """Show the table or what stands in its place, as the link and the filters have it."""
        store = self._desk.store
        state = state_of(
            store.link,
            self.kind.states,
            known=len(self.kind.rows),
            shown=self.listing.model.rowCount(),
            narrowed=self.filters.words(),
            manages=access.may_manage(store),
            now=self._desk.now(),
        )
        self.notices.set_state(state.banner)
        self._stack.show_state(state)
        self._choose_first()
        self.side.set_wanted(state.place in ("table", "no_match"))
        self.inspector.set_any(bool(self.kind.rows))

    def _choose_first(self) -> None:
        """Choose the first row once the first load is over, so that the inspector has something to say."""
        model = self.listing.model
        if self.chosen_once or self._desk.store.link.coming or not model.rowCount():
            return
        self.chosen_once = True
        if self.table.current_id() is None:
            self.table.select_id(model.id_at(0))

    # ------------------------------------------------------------------ the selected row

    def _select(self, row_id: str) -> None:
        self.inspector.show_row(self.kind.rows.get(row_id) if row_id else None)
        self._registry.refresh()
        if not row_id:
            self.side.close()

    def _details_reason(self, context: Context) -> str | None:
        return None if context.target in self.kind.rows else self.kind.choose

    def _activate(self) -> None:
        """Open the inspector where it is closed; where it is open already, *Edit…* is the next thing."""
        details = self.side.over and not self.side.is_open
        self._registry.run(f"{self.kind.id}.{'details' if details else 'edit'}")

    def _show_details(self) -> None:
        self.side.open()
        self.inspector.close_button.setFocus()

    def _close_details(self) -> None:
        self.side.close()
        self.table.setFocus()

    def _open_menu(self, row_id: str, at: QPoint) -> None:
        menu(self._registry, self.kind.menu, Context(row_id, self), self, title=tr("Actions")).popup(at)

    def _open_columns_menu(self, at: QPoint) -> None:
        ids = (f"{self.kind.id}.reset_columns", f"{self.kind.id}.sort_again")
        menu(self._registry, ids, self.context(), self).popup(at)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the inspector beside the table, or over it where the window is narrow."""
        super().resizeEvent(event)
        self.side.fit(self.window().width())
