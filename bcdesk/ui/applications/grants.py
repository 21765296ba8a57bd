"""GRANTS: who allowed the application what, fetched when it is looked at; revoked one by one or all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout

from bcdesk.ui import problems, times
from bcdesk.ui.applications.sections import Section, chips
from bcdesk.ui.commands import Context
from bcdesk.ui.text import counted, tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Card, Label, Skeleton, clear

if TYPE_CHECKING:
    from collections.abc import Callable

    from bcdesk.client.values import GrantPageRows
    from bcdesk.contract.rows import AppRow, GrantRow
    from bcdesk.ui.commands import Registry
    from bcdesk.ui.desk import Desk
    from bcdesk.ui.page.moment import Moment

SHOWN = 5


class GrantsSection(Section):
    """Shows the grants of one application at a time; an answer for another one that comes late is dropped."""

    def __init__(
        self, desk: Desk, registry: Registry, context: Callable[[], Context], moment: Callable[[], Moment]
    ) -> None:
        """Fetch through ``desk``; make buttons of ``registry`` that act on ``context``."""
        super().__init__(tr("Who allowed it"), "grants")
        self._desk, self._registry, self._context, self._moment = desk, registry, context, moment
        self._wanted = ""
        self.known: tuple[GrantRow, ...] | None = None

    def seen(self, row: AppRow) -> object:
        """Return whose grants these are, and what tells that they may have changed."""
        return (row.id, row.revision, row.last_used_at, row.status, self._desk.client is not None)

    def build(self, row: AppRow) -> None:
        """Ask the server for the grants, and show bars meanwhile where nothing is known."""
        if "authorization_code" not in row.grant_types:
            self._wanted = ""
            self._say(tr("Nobody is asked: it calls for itself."))
            return
        if self._wanted != row.id:
            self.known = None
        self._wanted = row.id
        if self._desk.client is None:
            self._say(tr("Not known offline."))
            return
        self.column.addWidget(Skeleton((0.7, 0.5), label=tr("Loading grants…")))
        self._desk.scope.start(self._fetch(row), name="grants")

    def again(self, row: AppRow) -> None:
        """Ask anew."""
        clear(self.column)
        self.build(row)

    async def _fetch(self, row: AppRow) -> None:
        from shiboken6 import isValid

        from bcdesk.actions.applications import list_grants
        from bcdesk.client.errors import ClientError

        client = self._desk.client
        if client is None:
            return
        try:
            page = await list_grants(client=client, app_id=row.id)
        except ClientError as error:
            if isValid(self) and self._wanted == row.id:
                self._say(problems.explain(error).what)
            return
        if isValid(self) and self._wanted == row.id:
            self._show(row, page)

    def _say(self, words: str) -> None:
        clear(self.column)
        self.column.addWidget(Label(words, "muted", wrap=True, name="grants_said"))

    def _show(self, row: AppRow, page: GrantPageRows) -> None:
        self.known = page.items
        if not page.items:
            self._say(tr("Nobody yet. Who signs in with it is listed here."))
            return
        clear(self.column)
        for grant in page.items[:SHOWN]:
            self.column.addWidget(self._card(row, grant))
        more = len(page.items) - SHOWN
        if more > 0 or page.next_cursor is not None:
            words = counted(max(more, 1), "And {n} more.", "And {n} more.")
            if page.next_cursor is not None:
                words = tr("And more than {n} others.", n=more)
            self.column.addWidget(Label(words, "muted", name="grants_more"))
        if self._registry.command("apps.revoke_grants").shown(self._context()):
            button = self._registry.button("apps.revoke_grants", "danger", context=self._context, parent=self)
            self.column.addWidget(button)

    def _card(self, row: AppRow, grant: GrantRow) -> Card:
        now, as_of = self._moment()
        card = Card(name=f"grant.{grant.id}")
        card.setAccessibleName(tr("{user} allowed {scopes}", user=grant.user_name, scopes=", ".join(grant.scopes)))
        top = QHBoxLayout()
        top.setSpacing(Space.S)
        top.addWidget(Label(grant.user_name, "strong", elide=True, name="grant_user"), 1)
        target = Context((row.id, grant.id), self)
        command = self._registry.command("apps.revoke_grant")
        if command.shown(target):
            button = self._registry.button("apps.revoke_grant", "link", text=command.brief, context=lambda: target)
            top.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        card.body.addLayout(top)
        card.body.addWidget(chips(grant.scopes))
        used = times.ago(grant.last_used_at, now, as_of=as_of)
        since = tr("Since {day} · last used {when}", day=times.day(grant.created_at), when=used.lower())
        line = Label(since, "muted", wrap=True, name="grant_since")
        line.setToolTip(times.exact(grant.created_at))
        card.body.addWidget(line)
        return card
