"""The applications page in its window on a real server process, and a browser of someone who signs in."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import httpx
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from bcdesk.actions.applications import register_app
from bcdesk.client.values import AppDraft
from bcdesk.contract.rows import AppRow
from bcdesk.ui.applications.page import AppsPage
from bcdesk.ui.rail import Page
from bcdesk.ui.tasks import TaskScope
from tests.ui.keys.studio import Served, Studio

CALLBACK = "https://app.example.com/cb"


class AppStudio(Studio):
    """A desk whose window shows both pages."""

    def __init__(self, served: Served, token: str, scope: TaskScope, folder: Path, *, now: Callable[[], float]) -> None:
        """Build it all, offline until `connect`."""
        super().__init__(served, token, scope, folder, now=now)
        self.apps = AppsPage(self.desk, self.registry)
        self.window.add_page(Page("apps", "OAuth apps", "apps", self.apps))

    async def close(self) -> None:
        """Take everything down, with every task."""
        self.apps.close_down()
        await super().close()

    async def registered(self, name: str, app_type: str = "web", **more: object) -> AppRow:
        """Register an application whose secret, where it has one, is handed over."""
        values: dict[str, object] = {"scopes": ("user.profile",), "redirect_uris": (CALLBACK,), **more}
        if app_type == "service":
            values["redirect_uris"] = ()
        draft = AppDraft(name=name, type=app_type, **values)  # type: ignore[arg-type]
        made = await register_app(client=self.client, store=self.store, journal=self.journal, draft=draft)
        if isinstance(made, AppRow):
            return made
        await self.client.handovers.ack(made.handover.id, "copy")
        entry = self.journal.find(made.handover.id)
        if entry is not None:
            await self.journal.remove(entry.id)
        made.secret.discard()
        return await self.fresh(made.app.id)

    async def fresh(self, app_id: str) -> AppRow:
        """Return an application as the server has it, having told the store."""
        row = await self.client.apps.get(app_id)
        self.store.apply_apps([row])
        return row

    def app(self, app_id: str) -> AppRow:
        """Return an application as the store has it."""
        return self.store.apps[app_id]

    def named(self, name: str) -> AppRow:
        """Return the application of that name."""
        return next(row for row in self.store.apps.values() if row.name == name)

    def choose(self, app_id: str) -> None:
        """Choose a row by a click in its first cell."""
        table, model = self.apps.table, self.apps.listing.model
        place = model.place_of(app_id)
        assert place >= 0, "the row is not shown"
        table.scrollTo(model.index(place, 0))
        at = table.visualRect(model.index(place, 0)).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
        assert self.apps.inspector.row_id == app_id

    def shown_names(self) -> list[str]:
        """Return the names of the rows in the table."""
        model = self.apps.listing.model
        return [model.row_at(place).name for place in range(model.rowCount())]

    async def allow(self, row: AppRow, user: int = 0) -> None:
        """Sign in as a demo user in a browser, and allow the application what it asks for."""
        challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        asked = {"response_type": "code", "client_id": row.client_id, "redirect_uri": row.redirect_uris[0],
                 "scope": " ".join(row.scopes), "state": "s", "code_challenge": challenge,
                 "code_challenge_method": "S256"}  # fmt: skip
        async with httpx.AsyncClient(base_url=self.served.base_url, trust_env=False) as browser:
            page = await browser.get("/oauth/authorize", params=asked)
            users = re.findall(r'name="user" value="([^"]+)"', page.text)
            page = await _submit(browser, page, user=users[user])
            page = await _submit(browser, page, action="allow")
            assert page.status_code == 303, page.text


async def _submit(browser: httpx.AsyncClient, page: httpx.Response, **fields: str) -> httpx.Response:
    ticket = re.search(r'name="ticket" value="([^"]+)"', page.text)
    assert ticket is not None, page.text
    headers = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    return await browser.post("/oauth/authorize", data={"ticket": unescape(ticket[1]), **fields}, headers=headers)
