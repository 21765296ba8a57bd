"""What the tests of members' sign-in share: a member with a password, and the desk as a client of sorts."""

import re
from html import unescape
from typing import Any

import httpx

from bcdesk.contract.first_party import CLIENT_ID
from bcdesk.server import member_sign_in, members, setups
from tests.contract.oauth_support import OAuth, Pkce, told

MEMBERS = "/manage/v1/members"
SETUP = "/setup"
PASSWORD = "correct horse battery staple"
REDIRECT = "http://127.0.0.1:4711/callback"


class Desk:
    """A desk at which a member signs in, and the browser that it opens."""

    def __init__(self, oauth: OAuth, role: str = "manager") -> None:
        self.oauth, self.role = oauth, role
        self.email = f"{role}@studio.example"
        self.browser = oauth.browser()
        state = oauth.state
        with state.database.write() as connection:
            found = members.find_by_email(connection, self.email)
            assert found is not None
            self.member = found
            made = setups.make(state, connection, found.id, actor="test", now=state.now())
            link = setups.by_token(state, connection, made.token, state.now())
            assert link is not None
            assert setups.set_up(
                state, connection, link, password_hash=member_sign_in.hash_of(PASSWORD), name=found.name,
                email=self.email, now=state.now(),
            )  # fmt: skip

    def asks(self, pkce: Pkce, **asked: str) -> dict[str, str]:
        wanted = {"response_type": "code", "client_id": CLIENT_ID, "redirect_uri": REDIRECT, "state": "s-1",
                  "scope": "manage", **pkce.asked, **asked}  # fmt: skip
        return {name: value for name, value in wanted.items() if value}

    async def try_with(self, password: str, email: str | None = None, pkce: Pkce | None = None) -> httpx.Response:
        page = await self.browser.get(self.asks(pkce or Pkce()))
        assert page.status_code == 200, page.text
        return await self.browser.submit(page, action="sign_in", email=email or self.email, password=password)

    async def code(self, pkce: Pkce) -> str:
        consent = await self.try_with(PASSWORD, pkce=pkce)
        assert consent.status_code == 200, consent.text
        return told(await self.browser.submit(consent, action="allow"))["code"]

    async def redeem(self, code: str, pkce: Pkce, **more: str) -> httpx.Response:
        form = {"grant_type": "authorization_code", "code": code, "code_verifier": pkce.verifier,
                "redirect_uri": REDIRECT, "client_id": CLIENT_ID, **more}  # fmt: skip
        return await self.oauth.post("/oauth/token", form)

    async def pair(self) -> dict[str, Any]:
        """Sign in and return the token reply."""
        pkce = Pkce()
        reply = await self.redeem(await self.code(pkce), pkce)
        assert reply.status_code == 200, reply.text
        found: dict[str, Any] = reply.json()
        return found

    async def refresh(self, refresh_token: str) -> httpx.Response:
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token, "client_id": CLIENT_ID}
        return await self.oauth.post("/oauth/token", form)

    async def revoke(self, token: str) -> httpx.Response:
        return await self.oauth.post("/oauth/revoke", {"token": token, "client_id": CLIENT_ID})

    async def session(self, token: str) -> httpx.Response:
        return await self.oauth.api.calling(token).get("/manage/v1/session")


class SetUp:
    """A browser in which somebody opened a set-up link."""

    def __init__(self, oauth: OAuth) -> None:
        self.http = oauth.browser().http

    async def post(self, **form: str) -> httpx.Response:
        return await self.http.post(SETUP, data=form, headers={"Origin": "null", "Sec-Fetch-Site": "same-origin"})

    async def open(self, token: str) -> httpx.Response:
        return await self.post(action="open", token=token)

    async def set(self, page: httpx.Response, password: str = PASSWORD, **more: str) -> httpx.Response:
        ticket = re.search(r'name="ticket" value="([^"]+)"', page.text)
        assert ticket is not None, page.text
        return await self.post(
            **{"action": "set", "ticket": unescape(ticket[1]), "password": password, "again": password, **more}
        )
