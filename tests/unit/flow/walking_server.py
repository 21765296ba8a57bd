"""A real authorization server in this process, an application on it, and a browser that walks its two pages."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import httpx

from bcdesk.flow.held import Held
from bcdesk.flow.run import Run
from bcdesk.flow.values import Setup
from bcdesk.flow.wire import Wire
from tests.contract.oauth_support import OAuth, TestApp

LOOPBACK = "http://127.0.0.1:9/back"
_OURS = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}


class Counting(httpx.AsyncBaseTransport):
    """The server's own transport, which remembers what it was asked."""

    def __init__(self, app: Any) -> None:
        self._inner = httpx.ASGITransport(app)
        self.asked: list[tuple[str, str]] = []
        self.replies: list[httpx.Response] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append((request.method, request.url.path))
        return await self._inner.handle_async_request(request)

    @property
    def token_requests(self) -> int:
        """Count the requests that the token endpoint got."""
        return self.asked.count(("POST", "/oauth/token"))


class Walk:
    """One server as the flow tester meets it."""

    def __init__(self, oauth: OAuth) -> None:
        self.oauth = oauth
        self.transport = Counting(oauth.api.app)

    def wire(self, setup: Setup) -> Wire:
        return Wire(setup.tls, inner=self.transport)

    def setup(self, app: TestApp, **changes: Any) -> Setup:
        values = {
            "issuer": self.oauth.state.issuer, "client_id": app.client_id, "redirect_uri": LOOPBACK,
            "scopes": ("user.profile", "beats.read"), "auth_method": app.auth_method, **changes,
        }  # fmt: skip
        return Setup(**values)

    def run(self, app: TestApp, **changes: Any) -> Run:
        setup = self.setup(app, **changes)
        secret = None if app.secret is None else Held(app.secret)
        return Run(setup, secret=secret, wire=self.wire(setup), now=self.oauth.state.clock)

    async def consent(self, url: str, action: str = "allow") -> str:
        """Open an authorization URL, sign in, answer; return where that leads."""
        transport = httpx.ASGITransport(self.oauth.api.app)
        async with httpx.AsyncClient(transport=transport, follow_redirects=False) as browser:
            login = await browser.get(url)
            if login.status_code == 303:
                return login.headers["location"]
            assert login.status_code == 200, login.text
            at = url.partition("?")[0]
            form = {"ticket": _ticket(login), "user": self.oauth.user.id}
            page = await browser.post(at, data=form, headers=_OURS)
            answer = await browser.post(at, data={"ticket": _ticket(page), "action": action}, headers=_OURS)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]


def _ticket(page: httpx.Response) -> str:
    found = re.search(r'name="ticket" value="([^"]+)"', page.text)
    assert found is not None, page.text
    return unescape(found[1])


Changed = Callable[[str], str]
