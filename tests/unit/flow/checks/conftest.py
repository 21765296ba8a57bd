"""A suite of checks in front of a real server whose clock moves, and a management client for its twins."""

import secrets
from collections.abc import AsyncIterator

import httpx
import pytest

from bcdesk.client.bearer import Bearer
from bcdesk.client.client import Client
from bcdesk.client.transport import Transport
from bcdesk.client.values import AppDraft, MadeApp
from bcdesk.contract.rows import AppRow
from bcdesk.flow.checks.runner import Context
from bcdesk.flow.values import Setup, TlsProfile
from bcdesk.flow.wire import Wire
from tests.contract.conftest import api as api
from tests.contract.conftest import clock as clock
from tests.contract.conftest import oauth as oauth
from tests.contract.conftest import server_state as server_state
from tests.contract.conftest import template as template
from tests.contract.conftest import tokens as tokens
from tests.contract.oauth_support import OAuth
from tests.contract.support import Api, Clock

REDIRECTS = {
    "web": ("https://shop.example/callback",),
    "mobile": ("beatfusion://callback",),
    "spa": ("https://app.example/",),
    "service": (),
}


class Studio:
    """A manager's client, and what checks need to run on one of the applications."""

    def __init__(self, api: Api, clock: Clock) -> None:
        self.api = api
        self.clock = clock
        self._inner = httpx.ASGITransport(api.app)
        self.wires: list[Wire] = []
        self.client = self.calling("manager")

    def calling(self, role: str) -> Client:
        return Client(Transport(self.api.state.base_url, Bearer(self.api.tokens[role]), inner=self._inner))

    async def app(self, kind: str = "web", **values: object) -> AppRow:
        draft = AppDraft(
            name=f"The {kind} app",
            type=kind,
            scopes=("user.profile", "beats.read"),
            redirect_uris=REDIRECTS[kind],
            **values,  # type: ignore[arg-type]
        )
        made = await self.client.apps.create(draft, secrets.token_urlsafe(32))
        return made.app if isinstance(made, MadeApp) else made

    def context(self, app: AppRow, *, clock: bool = True) -> Context:
        wire = Wire(TlsProfile(), inner=self._inner)
        self.wires.append(wire)
        setup = Setup(
            self.api.state.issuer, app.client_id, app.redirect_uris[0] if app.redirect_uris else "", app.scopes
        )
        return Context(setup, wire, app, self.client, clock=self.clock.advance if clock else None, now=self.clock)

    async def close(self) -> None:
        for wire in self.wires:
            await wire.aclose()
        await self.client.aclose()


@pytest.fixture
async def studio(oauth: OAuth, api: Api, clock: Clock) -> AsyncIterator[Studio]:
    studio = Studio(api, clock)
    yield studio
    await studio.close()
