"""A studio's members in front of a running server: invited, set up by their link, signed in by a browser."""

import re
import secrets
import ssl
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import httpx
from sqlcipher3 import dbapi2

from tests.e2e.serving import Served

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


@dataclass(frozen=True)
class Member:
    """Who signs in."""

    id: str
    email: str
    role: str
    password: str = field(repr=False)
    link: str = field(repr=False)
    """The token of the set-up link, which is used up."""


class Browser:
    """Walks the server's pages as a person does: fills in what each form asks for, and presses the named button."""

    def __init__(self, served: Served, verify: ssl.SSLContext | bool = True) -> None:
        self._served = served
        address = f"2001:db8::{secrets.token_hex(2)}:{secrets.token_hex(2)}"  # counts where the server trusts us
        headers = {"Accept": "text/html", "X-Forwarded-For": address}
        self._http = httpx.AsyncClient(trust_env=False, timeout=20, headers=headers, verify=verify)
        self.pages: list[str] = []

    async def __aenter__(self) -> "Browser":
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._http.aclose()

    async def open(self, url: str) -> httpx.Response:
        """Open an address, following what leads on."""
        reply = await self._http.get(url)
        return await self._led_on(reply)

    async def press(self, page: httpx.Response, action: str, **filled: str) -> httpx.Response:
        """Send the form of a page."""
        at = re.search(r'<form method="post" action="([^"]+)"', page.text)
        assert at is not None, page.text
        hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text)
        form = {name: unescape(value) for name, value in hidden}
        url = httpx.URL(self._served.base_url).join(unescape(at[1]))
        headers = {**SAME_ORIGIN, "Origin": self._served.base_url}
        reply = await self._http.post(url, data={**form, **filled, "action": action}, headers=headers)
        return await self._led_on(reply)

    async def sign_in(self, url: str, member: Member, *, action: str = "allow") -> httpx.Response:
        """Sign in at an authorization request and answer it; return the page that the desk shows at the end."""
        page = await self.open(url)
        assert page.status_code == 200, page.text
        if 'type="password"' in page.text:
            page = await self.press(page, "sign_in", email=member.email, password=member.password)
            assert page.status_code == 200, page.text
        self.pages.append(page.text)
        return await self.press(page, action)

    async def _led_on(self, reply: httpx.Response) -> httpx.Response:
        while reply.is_redirect:
            assert reply.next_request is not None
            reply = await self._http.get(reply.next_request.url)
        return reply


async def join(served: Served, role: str = "manager", verify: ssl.SSLContext | bool = True) -> Member:
    """Invite a member and let them choose a password by their link."""
    email, password = f"{secrets.token_hex(4)}@studio.example", f"pass phrase {secrets.token_urlsafe(32)}"
    headers = {"Authorization": f"Bearer {served.ready['owner_token']}", "Idempotency-Key": secrets.token_urlsafe(32)}
    async with httpx.AsyncClient(base_url=served.base_url, headers=headers, trust_env=False, verify=verify) as owner:
        body = {"name": "Studio hand", "email": email, "role": role}
        reply = await owner.post("/manage/v1/members", json=body)
    assert reply.status_code == 201, reply.text
    made: dict[str, Any] = reply.json()
    async with Browser(served, verify) as browser:
        page = await browser.press(await browser.open(f"{served.base_url}/setup"), "open", token=made["secret"])
        done = await browser.press(page, "set", password=password, again=password)
    assert "You are set up" in done.text, done.text
    return Member(made["member"]["id"], email, role, password, made["secret"])


async def disable(served: Served, member: Member) -> None:
    """Disable a member, as an owner does."""
    headers = {"Authorization": f"Bearer {served.ready['owner_token']}"}
    async with httpx.AsyncClient(base_url=served.base_url, headers=headers, trust_env=False) as owner:
        found = (await owner.get("/manage/v1/members")).json()["items"]
        revision = next(one["revision"] for one in found if one["id"] == member.id)
        reply = await owner.patch(
            f"/manage/v1/members/{member.id}",
            json={"disabled": True},
            headers={"If-Match": f'"{revision}"', "Content-Type": "application/merge-patch+json"},
        )
    assert reply.status_code == 200, reply.text


def let_access_expire(served: Served) -> None:
    """Let an hour pass for every access token of a sign-in."""
    _change(served, "UPDATE member_tokens SET expires_at = created_at WHERE grant_id IS NOT NULL")


def let_refresh_expire(served: Served) -> None:
    """Let thirty days pass for every session."""
    let_access_expire(served)
    _change(served, "UPDATE member_refresh_tokens SET expires_at = created_at")


def count(served: Served, table: str) -> int:
    """Count the rows of a table."""
    found = _change(served, f"SELECT count(*) FROM {table}")
    assert found is not None
    return int(found[0])


def _change(served: Served, statement: str) -> Any:
    connection = dbapi2.connect(str(served.folder / "server.sqlite3"), timeout=20)
    try:
        row = connection.execute(statement).fetchone()
        connection.commit()
        return row
    finally:
        connection.close()
