"""The members page in its window on a real server process, seen by its owner."""

import secrets
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from bcdesk.contract.rows import MemberRow
from bcdesk.ui.members.page import MembersPage
from bcdesk.ui.rail import Page
from bcdesk.ui.tasks import TaskScope
from tests.ui.keys.studio import Served, Studio


class MemberStudio(Studio):
    """A desk whose window shows keys and members."""

    def __init__(self, served: Served, token: str, scope: TaskScope, folder: Path, *, now: Callable[[], float]) -> None:
        """Build it all, offline until `connect`."""
        super().__init__(served, token, scope, folder, now=now)
        self.members = MembersPage(self.desk, self.registry)
        self.window.add_page(Page("members", "Members", "people", self.members))

    async def close(self) -> None:
        """Take everything down, with every task."""
        self.members.close_down()
        await super().close()

    async def invited(self, name: str, role: str = "viewer", email: str = "") -> MemberRow:
        """Invite a member whose link is handed over, and tell the store."""
        made = await self.client.members.create(
            name=name, email=email, role=role, idempotency_key=secrets.token_urlsafe(32)
        )
        await self.client.handovers.ack(made.handover.id, "copy")
        made.secret.discard()
        await self.fresh()
        return self.named(name)

    async def fresh(self) -> None:
        """Tell the store who there is."""
        self.store.replace_members(await self.client.members.list())

    def named(self, name: str) -> MemberRow:
        """Return the member of that name."""
        return next(row for row in self.store.members.values() if row.name == name)

    def choose(self, member_id: str) -> None:
        """Choose a row by a click in its first cell."""
        table, model = self.members.table, self.members.listing.model
        place = model.place_of(member_id)
        assert place >= 0, "the row is not shown"
        table.scrollTo(model.index(place, 0))
        at = table.visualRect(model.index(place, 0)).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
        assert self.members.inspector.row_id == member_id

    def shown_names(self) -> list[str]:
        """Return the names of the rows in the table."""
        model = self.members.listing.model
        return [model.row_at(place).name for place in range(model.rowCount())]
