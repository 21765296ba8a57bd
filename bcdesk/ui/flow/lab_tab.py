"""The tab *Redirect lab*: any URI beside the registered ones of the chosen app, with the reason."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from bcdesk.contract import app_rules
from bcdesk.contract.redirects import LENGTH_MAX, judge
from bcdesk.flow.lab import by_type, compare, is_invisible
from bcdesk.flow.receivers import receivers
from bcdesk.ui import problems
from bcdesk.ui.access import change_reason, link_reason
from bcdesk.ui.applications.redirect_words import refusal
from bcdesk.ui.flow.candidate_edit import CandidateEdit
from bcdesk.ui.flow.lab_cards import FindingCard, ReceiversCard
from bcdesk.ui.flow.lab_verdict import ServerSays, VerdictCard, server_words
from bcdesk.ui.flow.lab_words import note_words, short
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Button, Field, Label, Scroll, clear

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance

    from bcdesk.contract.redirects import Verdict
    from bcdesk.contract.rows import AppRow
    from bcdesk.flow.lab import Finding
    from bcdesk.store.store import Change
    from bcdesk.ui.commands import Registry
    from bcdesk.ui.desk import Desk

PAUSE_MS: Final = 250
"""How long typing rests before the server is asked."""
ASKED: Final = 4000
"""Characters that the server takes at most."""


class TabPage(Protocol):
    """What a tab needs of the page that it stands on."""

    app_id: str | None

    @property
    def app_changed(self) -> SignalInstance:
        """Tell that another app, or none, was chosen."""

    def show_run_with(self, redirect_uri: str) -> None:
        """Show the Run tab with ``redirect_uri``, changed for the next run where it is not registered."""


class LabTab(QWidget):
    """Compares while one types; nothing leaves the machine but the question to the desk's own server."""

    def __init__(self, desk: Desk, registry: Registry, page: TabPage, parent: QWidget | None = None) -> None:
        """Compare with the app that ``page`` has chosen."""
        super().__init__(parent)
        self.setObjectName("lab")
        self.setAccessibleName(tr("Redirect lab"))
        self._desk, self._page = desk, page
        self._asked = 0
        self._asking = False
        self._build()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self.box.changed.connect(self._refresh)
        page.app_changed.connect(self._app_changed)
        self._deaf = desk.store.listen(self._store_changed)
        self._app_changed()

    def close_down(self) -> None:
        """Listen no more."""
        self._pause.stop()
        self._deaf()

    def _build(self) -> None:
        self.box = CandidateEdit(placeholder=tr("https://…  or a line of a log"), name="lab_candidate")
        self.field = Field(tr("Address to compare"), self.box, name="field.lab_candidate")
        self._intro = Label("", "muted", wrap=True, name="lab_intro")
        self._examples = QWidget()
        self._examples.setObjectName("lab_examples")
        self._example_column = QVBoxLayout(self._examples)
        self._example_column.setContentsMargins(0, 0, 0, 0)
        self._example_column.setSpacing(Space.XS)
        self.verdict = VerdictCard(add=self._add, test=self._test)
        self._title = Label("", "section", name="lab_registered")
        self.cards: list[FindingCard] = []
        self._column = QVBoxLayout()
        self._column.setSpacing(Space.M)
        self.received = ReceiversCard()
        scroll = Scroll(margins=(Space.XL, Space.L, Space.XL, Space.XL), spacing=Space.M, parent=self)
        scroll.column.addWidget(self.field)
        scroll.column.addWidget(self._intro)
        scroll.column.addWidget(self._examples)
        scroll.column.addWidget(self.verdict)
        scroll.column.addWidget(self._title)
        scroll.column.addLayout(self._column)
        scroll.column.addWidget(self.received)
        scroll.column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    # ------------------------------------------------------------------ what it is about

    @property
    def _row(self) -> AppRow | None:
        return self._desk.store.apps.get(self._page.app_id) if self._page.app_id is not None else None

    def _app_changed(self, *_: object) -> None:
        row = self._row
        self.box.registered = row.redirect_uris if row is not None else ()
        self._show_examples()
        self._refresh()

    def _store_changed(self, change: Change) -> None:
        if change.apps and self._page.app_id is not None:
            self._app_changed()
        elif change.link or change.session:
            self._refresh()

    def _show_examples(self) -> None:
        clear(self._example_column)
        row = self._row
        for uri in row.redirect_uris if row is not None else ():
            line = QHBoxLayout()
            take = Button(short(uri), "link", name="lab_take", on_click=partial(self._take, uri))
            take.setAccessibleName(tr("Begin with {uri}", uri=short(uri)))
            line.addWidget(take)
            line.addStretch(1)
            self._example_column.addLayout(line)

    def _take(self, uri: str) -> None:
        self.box.take(uri)
        self.box.setFocus()

    # ------------------------------------------------------------------ comparing

    def _refresh(self) -> None:
        uri, row = self.box.candidate(), self._row
        self._asked += 1
        self._show_hint(uri)
        shown: tuple[tuple[QWidget, bool], ...] = (
            (self.verdict, bool(uri)), (self._title, bool(uri)), (self._intro, not uri), (self._examples, not uri),
        )  # fmt: skip
        for one, wanted in shown:
            one.setVisible(wanted)
        if not uri:
            self._show_findings("", ())
            self.received.hide()
            self._say_intro(row)
            return
        self.received.show_received(receivers(uri))
        if row is None:
            self.verdict.show_types(uri, by_type(uri))
            self._show_findings("", ())
            self._title.hide()
            return
        ours = judge(uri, app_type=row.type, registered=row.redirect_uris)
        found = compare(uri, row.redirect_uris, row.type)
        self.verdict.show_verdict(uri, ours, found[0] if found else None, row.type)
        self._title.setText(tr("Beside each registered URI of {name}", name=row.name))
        self._title.setVisible(bool(found))
        self._show_findings(uri, found)
        self._show_reasons(uri, row, ours)
        self._expect_server(uri)

    def _say_intro(self, row: AppRow | None) -> None:
        said = tr("Paste an address, a whole callback, an authorization URL or a line of a log. An answer in it is cut "
                  "off and kept nowhere.")  # fmt: skip
        begin = tr("Or begin with what is registered:") if row is not None and row.redirect_uris else ""
        self._intro.setText(f"{said} {begin}".strip())

    def _show_hint(self, uri: str) -> None:
        notes = [note_words(note) for note in self.box.notes] if uri else []
        if uri and uri != self.box.text() and not notes:
            notes = [tr("Compared without the answer in it.")]
        if len(uri) > 60:
            notes.append(tr("{n} characters.", n=f"{len(uri):,}"))
        self.field.set_hint(" ".join(notes), "info" if self.box.notes else "muted")

    def _show_findings(self, uri: str, found: tuple[Finding, ...]) -> None:
        while len(self.cards) < len(found):
            card = FindingCard()
            self.cards.append(card)
            self._column.addWidget(card)
        for place, card in enumerate(self.cards):
            if place < len(found):
                card.show_finding(uri, found[place], nearest=place == 0)
            card.setVisible(place < len(found))

    def _show_reasons(self, uri: str, row: AppRow, ours: Verdict) -> None:
        allowed = judge(uri, app_type=row.type)
        why = None
        if uri in row.redirect_uris:
            why = tr("It is registered already.")
        elif not allowed.ok:
            why = refusal(allowed, uri)
        elif len(row.redirect_uris) >= app_rules.REDIRECTS_MAX:
            why = tr("There can be {n} at most.", n=app_rules.REDIRECTS_MAX)
        self.verdict.add_it.set_reason(why or change_reason(self._desk.store))
        odd = len(uri) > LENGTH_MAX or any(map(is_invisible, uri))
        self.verdict.test_it.set_reason(tr("No browser would carry this address as it is.") if odd else None)

    # ------------------------------------------------------------------ the server's answer

    def _expect_server(self, uri: str) -> None:
        reason = link_reason(self._desk.store)
        self._pause.stop()
        if reason is not None or self._desk.client is None:
            self.verdict.show_server(ServerSays(tr("Judged here alone: the server cannot be asked now.")))
        elif len(uri) > ASKED:
            self.verdict.show_server(ServerSays(tr("Judged here alone: it is too long to ask the server.")))
        else:
            self.verdict.show_server(ServerSays(tr("Asking the server…")))
            self._pause.start()

    def _ask(self) -> None:
        uri, row, client = self.box.candidate(), self._row, self._desk.client
        if uri and row is not None and client is not None:
            self._desk.scope.start(self._check(self._asked, uri, row), name="redirect check", on_error=self._failed)

    async def _check(self, asked: int, uri: str, row: AppRow) -> None:
        from bcdesk.actions.applications import check_redirect

        client = self._desk.client
        if client is None:
            return
        theirs = await check_redirect(client=client, app_id=row.id, uri=uri)
        if asked == self._asked:
            ours = judge(uri, app_type=row.type, registered=row.redirect_uris)
            self.verdict.show_server(server_words(ours, theirs, uri))

    def _failed(self, error: BaseException) -> None:
        words = problems.explain(error)
        self.verdict.show_server(ServerSays(tr("The server could not be asked: {what}", what=words.what), "warn"))

    # ------------------------------------------------------------------ what can be done

    def _test(self) -> None:
        self._page.show_run_with(self.box.candidate())

    def _add(self) -> None:
        row = self._row
        if row is not None and not self._asking:
            self._asking = True
            task = self._desk.scope.start(self._edit(row, self.box.candidate()), name="edit app")
            task.add_done_callback(lambda _task: self._edited())

    async def _edit(self, row: AppRow, uri: str) -> None:
        from dataclasses import replace

        from bcdesk.ui.applications.draft import AppValues
        from bcdesk.ui.applications.edit import EditAppDialog
        from bcdesk.ui.dialogs import ask

        dialog = EditAppDialog(self, self._desk, row)
        dialog.refill(replace(AppValues.of(row), redirect_uris=(*row.redirect_uris, uri)))
        dialog.form.changed.emit()
        await ask(dialog)

    def _edited(self) -> None:
        self._asking = False
