"""The tab *Watch my app*: what any client of the chosen app asks of the server, live, and what to mend in it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from bcdesk.ui.flow.watch_bar import WatchBar
from bcdesk.ui.flow.watch_cards import DiagnosisCards
from bcdesk.ui.flow.watch_columns import columns, kind
from bcdesk.ui.flow.watch_commands import WatchCommands
from bcdesk.ui.flow.watch_detail import HopDetail
from bcdesk.ui.flow.watch_log import WatchLog
from bcdesk.ui.flow.watch_states import Instead, instead_of, note_of
from bcdesk.ui.flow.watch_words import is_problem
from bcdesk.ui.table.model import TableModel
from bcdesk.ui.table.view import TableView
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Banner, Button, EmptyState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bcdesk.contract.rows import AppRow
    from bcdesk.store.store import Change
    from bcdesk.ui.commands import Registry
    from bcdesk.ui.desk import Desk
    from bcdesk.ui.flow.lab_tab import TabPage

_ANY: Final = 16_777_215
NARROW: Final = 900
"""Width in pixels under which a request's details stand beneath the table."""


class WatchTab(QWidget):
    """Keeps a log for each app that was watched; each goes on listening while another is shown."""

    def __init__(self, desk: Desk, registry: Registry, page: TabPage, parent: QWidget | None = None) -> None:
        """Watch the app that ``page`` has chosen, once that is asked for."""
        super().__init__(parent)
        self.setObjectName("watch")
        self.setAccessibleName(tr("Watch my app"))
        self._desk, self._registry, self._page = desk, registry, page
        self.logs: dict[str, WatchLog] = {}
        self._shown: WatchLog | None = None
        self._instead: Instead | None = None
        self._only_problems = False
        self.commands = WatchCommands(desk, self, self)
        registry.add(*self.commands.all(), page="flow")
        self._build()
        page.app_changed.connect(self._app_changed)
        self._deaf = desk.store.listen(self._store_changed)
        self._app_changed()

    def close_down(self) -> None:
        """Listen no more, to anything."""
        self._deaf()
        for log in self.logs.values():
            log.close_down()

    def _build(self) -> None:
        self.bar = WatchBar(self._registry, self)
        self.bar.only.chosen.connect(self._filter)
        self.note = Banner("info", name="watch_note")
        self._told = Banner("ok", name="watch_told")
        self._told.add_button(Button(tr("Dismiss"), "icon", icon="close", name="watch_told.close",
                                     on_click=partial(self.tell, "")))  # fmt: skip
        self._notices = QWidget()
        self._notices.setObjectName("watch_notices")
        strips = QVBoxLayout(self._notices)
        strips.setContentsMargins(Space.XL, Space.M, Space.XL, 0)
        strips.setSpacing(Space.S)
        strips.addWidget(self.note)
        strips.addWidget(self._told)
        self.cards = DiagnosisCards()
        self.cards.wanted.connect(self.show_hop)
        self.model = TableModel(columns(), {}, kind(), self)
        self.table = TableView(self.model, tr("Requests"), self)
        self.table.current_changed.connect(self._chosen)
        self.detail = HopDetail()
        self.detail.left.connect(self._leave_hop)
        self._split = QWidget()
        self._split.setObjectName("watch_split")
        self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._split)
        self._beside.setContentsMargins(0, 0, 0, 0)
        self._beside.setSpacing(0)
        self._beside.addWidget(self.table, 1)
        self._beside.addWidget(self.detail)
        self.place = QStackedWidget()
        self.place.setObjectName("panel")
        self.place.addWidget(self._split)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self._notices)
        column.addWidget(self.cards)
        column.addWidget(self.place, 1)

    # ------------------------------------------------------------------ what it is about

    @property
    def app(self) -> AppRow | None:
        """Return the chosen app."""
        return self._desk.store.apps.get(self._page.app_id) if self._page.app_id is not None else None

    @property
    def log(self) -> WatchLog | None:
        """Return what was heard of the chosen app; None before it was ever watched."""
        return self.logs.get(self._page.app_id or "")

    @property
    def offers_no_start(self) -> bool:
        """Tell whether nothing in the middle of the tab offers to watch."""
        return self._instead is None or "watch.start" not in self._instead.commands

    def start(self) -> None:
        """Listen to the chosen app."""
        row = self.app
        if row is None:
            return
        log = self.logs.get(row.id)
        if log is None:
            log = self.logs[row.id] = WatchLog(self._desk, row.id, row.client_id, self)
            log.came.connect(self._came)
            log.state_changed.connect(self.refresh)
            log.diagnosed.connect(self._diagnosed)
            self._app_changed()
        log.start()

    def _app_changed(self, *_: object) -> None:
        log = self.log
        if log is not self._shown:
            self._shown = log
            self.table.select_id(None)
            self.model.set_rows(log.rows if log is not None else {})
            self._filter(self.bar.only.value)
            self.table.scrollToBottom()
            self._diagnosed()
        self.refresh()

    def _store_changed(self, change: Change) -> None:
        if change.session and self._desk.store.session is None:
            self._forget()
        if change.link or change.session or change.apps:
            self.refresh()

    def _forget(self) -> None:
        """Listen to no app of a server that was left: the next one must not even be asked for it."""
        logs, self.logs = self.logs, {}
        self._app_changed()
        for log in logs.values():
            log.close_down()
            log.deleteLater()

    # ------------------------------------------------------------------ what came

    def _came(self, added: Sequence[str], gone: Sequence[str]) -> None:
        if self.sender() is not self._shown:
            return
        bar = self.table.verticalScrollBar()
        follows = bar.value() >= bar.maximum() - 4
        rows = self.model.total
        self.model.apply(added=added, removed=gone)
        if follows or not rows:
            self.table.scrollToBottom()
        self.refresh()

    def _diagnosed(self) -> None:
        log = self.log
        self.cards.show_diagnoses(log.diagnoses if log is not None else (), log.rows if log is not None else {})
        self._make_room()
        self.refresh()

    def _filter(self, which: str) -> None:
        self._only_problems = which == "problems"
        log = self.log
        if not self._only_problems or log is None:
            self.model.set_filter(None)
        else:
            rows = log.rows
            self.model.set_filter(lambda ids: [one for one in ids if one in rows and is_problem(rows[one])])
        self.refresh()

    # ------------------------------------------------------------------ showing

    def show_hop(self, hop_id: str) -> None:
        """Choose a request, also where only problems are shown and it is none."""
        if self.model.place_of(hop_id) < 0:
            self.bar.only.choose("all")
            self._filter("all")
        self.table.select_id(hop_id)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _chosen(self, hop_id: str) -> None:
        log = self.log
        self.detail.show_hop(log.rows.get(hop_id) if log is not None else None)
        self._make_room()

    def _make_room(self) -> None:
        """Let the cards go where a request stands beneath the table: it says the same of itself."""
        beneath = self.width() < NARROW and not self.detail.isHidden()
        self.cards.setVisible(self.cards.holds_any and not beneath)

    def _leave_hop(self) -> None:
        self.table.select_id(None)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def tell(self, what: str, why: str = "", tone: str = "ok") -> None:
        """Say what was done, until it is dismissed; empty words take it away."""
        self._told.set_text(what, why, tone=tone)
        self._fit_notices()

    def _fit_notices(self) -> None:
        self._notices.setVisible(not (self.note.isHidden() and self._told.isHidden()))

    def refresh(self) -> None:
        """Say how it stands."""
        log, row = self.log, self.app
        self.bar.show_state(row, log, self._desk.now())
        note = note_of(log, self._desk.now())
        self.note.set_text(note.what, note.why, tone=note.tone)
        self._fit_notices()
        shown = self.model.rowCount()
        wanted = instead_of(self._desk, row, log, shown=shown, only_problems=self._only_problems)
        if wanted != self._instead:
            self._instead = wanted
            self._show_instead(wanted)
        self._registry.refresh()

    def _show_instead(self, wanted: Instead | None) -> None:
        old = self.place.widget(1)
        if old is not None:
            self.place.removeWidget(old)
            old.deleteLater()
        if wanted is None:
            return
        empty = EmptyState(wanted.title, wanted.sentence, icon=wanted.icon)
        for command_id in wanted.commands:
            kinds = "primary" if command_id == "watch.start" else "plain"
            empty.add_button(self._registry.button(command_id, kinds))  # type: ignore[arg-type]  # one of two kinds
        self.place.addWidget(empty)
        self.place.setCurrentIndex(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = event.size().width() < NARROW
        self._beside.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
        beneath = max(130, event.size().height() * 2 // 5)
        self.detail.setMinimumSize(0 if narrow else 340, beneath if narrow else 0)
        self.detail.setMaximumSize(_ANY if narrow else 340, beneath if narrow else _ANY)
        self.cards.set_room(event.size().height())
        self._make_room()
        self._registry.refresh()
