"""The page of API keys: head, filters, table, inspector, and what stands in their place when something is amiss."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from bcdesk.ui import problems
from bcdesk.ui.commands import Command, Context
from bcdesk.ui.keys import access
from bcdesk.ui.keys.commands import ROW_MENU, KeyCommands
from bcdesk.ui.keys.filter_bar import FilterBar
from bcdesk.ui.keys.head import Head
from bcdesk.ui.keys.identify import IdentifyLine
from bcdesk.ui.keys.inspector import Inspector
from bcdesk.ui.keys.listing import KeyListing
from bcdesk.ui.keys.notices import Notices, StaleLine
from bcdesk.ui.keys.side import Side
from bcdesk.ui.keys.states import state_of
from bcdesk.ui.keys.undo import UndoBar
from bcdesk.ui.keys.verbs import KeyVerbs
from bcdesk.ui.menus import menu
from bcdesk.ui.text import tr
from bcdesk.ui.times import Ticker
from bcdesk.ui.widgets import EmptyState

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from bcdesk.store.store import Change
    from bcdesk.ui.commands import Registry
    from bcdesk.ui.desk import Desk
    from bcdesk.ui.keys.recogniser import Recognised


class KeysPage(QWidget):
    """Composes the page; what a key can undergo is in `commands`, what it does in `verbs`."""

    def __init__(self, desk: Desk, registry: Registry, parent: QWidget | None = None) -> None:
        """Show the keys of the desk's store, and add the page's commands to ``registry``."""
        super().__init__(parent)
        self.setObjectName("page")
        self.setAccessibleName(tr("API keys"))
        self._desk, self._registry = desk, registry
        self.listing = KeyListing(desk.store, now=desk.now, parent=self)
        self.table = self.listing.view
        self.undo = UndoBar(desk.now, self)
        self.verbs = KeyVerbs(desk, self, self.undo, failed=self.tell, select=self.reveal_row)
        self.commands = KeyCommands(desk, self.verbs)
        self.filters = FilterBar()
        registry.add(*self.commands.all(), *self._page_commands())
        registry.set_context(self.context)
        self.head = Head(registry.button("keys.new", "primary", parent=self), self.filters)
        self.filters.add_clear(registry.button("keys.clear_filters", "quiet", text=tr("Clear"), parent=self.filters))
        self.identified = IdentifyLine(desk, self)
        self.notices = Notices(registry, self.identified, self)
        self.stale = StaleLine(registry, self)
        self.inspector = Inspector(desk, registry, self.listing.moment, self.commands.knows_secret, self)
        self._stack = QStackedWidget()
        self._stack.setObjectName("panel")
        self._stack.addWidget(self.table)
        self._instead: EmptyState | None = None
        self._instead_of: object = None
        self._chosen_once = False
        self._compose()
        self._connect()
        self.setFocusProxy(self.table)
        self._ticker = Ticker(self)
        self._ticker.ticked.connect(self._tick)
        self._stop_listening = desk.store.listen(self._store_changed)
        self._counts()
        self._refresh()

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

    # ------------------------------------------------------------------ building

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
        self.filters.searched.connect(self._search)
        self.filters.changed.connect(self._filter)
        self.filters.search.recognised.connect(self._recognised)
        self.filters.search.returnPressed.connect(self.table.setFocus)
        self.identified.found.connect(self.reveal_row)
        self.table.current_changed.connect(self._select)
        self.table.row_activated.connect(lambda _key_id: self._activate())
        self.table.menu_requested.connect(self._open_menu)
        self.table.columns_menu_requested.connect(self._open_columns_menu)
        self.table.clicked.connect(lambda _index: self.side.open() if self.side.over else None)
        self.listing.model.stale_order.connect(self.stale.tell)
        self.listing.model.shown_changed.connect(lambda _shown: self._refresh())
        self.listing.counts_changed.connect(self._counts)
        self.inspector.follow.connect(self.reveal_row)
        self.inspector.close_asked.connect(self._close_details)
        self._desk.gate.changed.connect(self._registry.refresh)

    def _page_commands(self) -> tuple[Command, ...]:
        group = tr("Keys")
        return (
            Command("keys.search", tr("Search keys"), lambda _context: self._focus_search(), shortcut="Ctrl+F",
                    icon="search", group=group, aliases=(tr("find"), tr("identify a key"))),
            Command("keys.clear_filters", tr("Clear filters"), lambda _context: self._clear_filters(), icon="close",
                    group=group, enabled=lambda _context: None if self.filters.narrows else tr("Nothing is set.")),
            Command("keys.sort_again", tr("Sort again"), lambda _context: self.listing.model.sort_again(),
                    icon="refresh", group=group,
                    enabled=lambda _context: None if self.listing.model.stale else tr("The rows are in order.")),
            Command("keys.details", tr("Details"), lambda _context: self._show_details(), icon="info", group=group,
                    enabled=self._details_reason, shown=lambda _context: self.side.over),
            Command("keys.reset_columns", tr("Reset columns"), lambda _context: self.table.columns.reset(),
                    group=group),
            Command("sync.now", tr("Sync now"), lambda _context: self._desk.sync_now(), shortcut="F5", icon="refresh",
                    group=tr("Desk"), aliases=(tr("refresh"), tr("retry"), tr("reload"))),
        )  # fmt: skip

    # ------------------------------------------------------------------ what commands are about

    def context(self) -> Context:
        """Return the selected key's id."""
        return Context(self.table.current_id(), self)

    def tell(self, error: BaseException) -> None:
        """Say an error that no dialog is there for."""
        self.notices.tell(problems.explain(error))

    def reveal_row(self, key_id: str) -> None:
        """Select a key, and clear the filters where they hide it."""
        if self.table.select_id(key_id) or key_id not in self._desk.store.keys:
            return
        self.filters.reset(keep_search=self.filters.search.holds_key)
        self.listing.model.sort_again()
        if not self.table.select_id(key_id):  # it was over long enough to hide
            self.filters.show_ended()
            self.table.select_id(key_id)

    # ------------------------------------------------------------------ narrowing

    def _search(self, text: str) -> None:
        if not self.filters.search.holds_key:
            self.identified.forget()
        self.listing.model.set_search(text)
        self._refresh()

    def _filter(self) -> None:
        self.listing.set_filters(*self.filters.values())
        self._counts()
        self._refresh()

    def _recognised(self, key: Recognised) -> None:
        self.identified.identify(key)

    def _focus_search(self) -> None:
        self.filters.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filters.search.selectAll()

    def _clear_filters(self) -> None:
        self.filters.reset()
        self.identified.forget()
        self.table.setFocus()

    def _counts(self) -> None:
        tally = self.listing.tally
        self.filters.set_counts(tally.needing(), tally.ended(), tally.hidden())

    # ------------------------------------------------------------------ following

    def _store_changed(self, change: Change) -> None:
        shown = self.inspector.key_id
        if shown is not None and (shown in change.keys_changed or change.link or change.session):
            self.inspector.show_row(self._desk.store.keys.get(shown))
        if change.link or change.session:
            self._registry.refresh()
        self._refresh()

    def _tick(self) -> None:
        self.listing.tick()
        self._counts()
        key_id = self.table.current_id()
        if key_id:
            self.inspector.show_row(self._desk.store.keys.get(key_id))
        self._registry.refresh()
        self._refresh()

    def _refresh(self) -> None:
        store, model = self._desk.store, self.listing.model
        state = state_of(
            store.link,
            known=len(store.keys),
            shown=model.rowCount(),
            narrowed=self.filters.words(),
            manages=access.may_manage(store),
            now=self._desk.now(),
        )
        self.notices.set_state(state.banner)
        if state.place == "table":
            self._stack.setCurrentWidget(self.table)
        else:
            self._show_instead(state.title, state.sentence, state.commands, state.icon)
        self._choose_first()
        self.side.set_wanted(state.place in ("table", "no_match"))
        self.inspector.set_any(bool(store.keys))

    def _choose_first(self) -> None:
        """Choose the first row once the first load is over, so that the inspector has something to say."""
        model = self.listing.model
        if self._chosen_once or self._desk.store.link.state != "online" or not model.rowCount():
            return
        self._chosen_once = True
        if self.table.current_id() is None:
            self.table.select_id(model.id_at(0))

    def _show_instead(self, title: str, sentence: str, commands: tuple[str, ...], icon: str) -> None:
        wanted = (title, sentence, commands)
        if wanted != self._instead_of:
            self._instead_of = wanted
            old, self._instead = self._instead, EmptyState(title, sentence, icon=icon)
            for command_id in commands:
                text = {"sync.now": tr("Retry"), "keys.clear_filters": tr("Clear")}.get(command_id, "")
                self._instead.add_button(self._registry.button(command_id, text=text))
            self._stack.addWidget(self._instead)
            if old is not None:
                self._stack.removeWidget(old)
                old.deleteLater()
        if self._instead is not None:
            self._stack.setCurrentWidget(self._instead)

    # ------------------------------------------------------------------ the selected row

    def _select(self, key_id: str) -> None:
        self.inspector.show_row(self._desk.store.keys.get(key_id) if key_id else None)
        self._registry.refresh()
        if not key_id:
            self.side.close()

    def _details_reason(self, context: Context) -> str | None:
        return None if self.commands.row(context) is not None else tr("Choose a key first.")

    def _activate(self) -> None:
        """Open the inspector where it is closed; where it is open already, *Edit…* is the next thing."""
        details = self.side.over and not self.side.is_open
        self._registry.run("keys.details" if details else "keys.edit")

    def _show_details(self) -> None:
        self.side.open()
        self.inspector.close_button.setFocus()

    def _close_details(self) -> None:
        self.side.close()
        self.table.setFocus()

    def _open_menu(self, key_id: str, at: QPoint) -> None:
        menu(self._registry, ROW_MENU, Context(key_id, self), self, title=tr("Actions")).popup(at)

    def _open_columns_menu(self, at: QPoint) -> None:
        menu(self._registry, ("keys.reset_columns", "keys.sort_again"), self.context(), self).popup(at)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the inspector beside the table, or over it where the window is narrow."""
        super().resizeEvent(event)
        self.side.fit(self.window().width())
