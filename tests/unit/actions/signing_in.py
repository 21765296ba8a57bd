"""A studio's server on a real socket, as whoever signs in meets it, and a browser that answers as a test wants."""

import base64
import contextlib
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from bcdesk.actions.sign_in import Session, sign_in
from bcdesk.store.connections import Connection
from bcdesk.store.session_vault import SessionVault
from bcdesk.store.vault import Vault
from tests.unit.client.answering import answer
from tests.unit.client.renewing import FIRST, Renewing, access_of, renewing

CODE = "bco_canary-canary-canary-canary-canary-code0"


@dataclass
class Studio(Renewing):
    """Gives a session for a code too; ``challenge`` is that of the request the browser brought."""

    challenge: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    description: bytes | None = None
    """What ``/openapi.json`` answers; an answer of its own where there is none."""
    grants: dict[str, Any] = field(default_factory=dict)
    """What stands in the token answer beside or instead of the usual."""

    def judge(self, head: str, body: str) -> bytes | None:
        path = head.split(" ")[1]
        if path == "/.well-known/oauth-authorization-server":
            self.asked.append(path)
            return answer({
                "issuer": self.url, "authorization_endpoint": f"{self.url}/oauth/authorize",
                "token_endpoint": f"{self.url}/oauth/token", "revocation_endpoint": f"{self.url}/oauth/revoke",
                "authorization_response_iss_parameter_supported": True, **self.metadata,
            })  # fmt: skip
        if path == "/openapi.json":
            self.asked.append(path)
            return self.description or answer({"openapi": "3.1.0", "info": {"version": "1.2.3"}})
        return super().judge(head, body)

    def renewed(self, form: dict[str, str]) -> bytes | None:
        if form.get("grant_type") != "authorization_code" or self.says is not None:
            return super().renewed(form)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if form["code"] != CODE or base64.urlsafe_b64encode(digest).decode().rstrip("=") != self.challenge:
            return answer({"error": "invalid_grant"}, 400)
        self.known.add(access_of(0))
        self.refresh = FIRST
        return answer({
            "access_token": access_of(0), "refresh_token": FIRST, "token_type": "Bearer", "expires_in": 3600,
            "scope": "manage", **self.grants,
        })  # fmt: skip


Change = Callable[[dict[str, str]], Mapping[str, str]]


class Browser:
    """Goes where it is sent, says yes, and comes back with the right answer unless told otherwise."""

    def __init__(self, server: Studio, change: Change | None = None) -> None:
        self.server = server
        self.change = change
        self.urls: list[str] = []
        self.pages: list[httpx.Response] = []

    def open(self, url: str) -> None:
        """Note the address; the desk goes on at once, as it does after a real browser was started."""
        self.urls.append(url)
        self.server.challenge = self.asked["code_challenge"]

    @property
    def asked(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.urls[-1]).query))

    async def come_back(self, **instead: str) -> httpx.Response:
        """Return to where the request said."""
        answered = {"code": CODE, "state": self.asked["state"], "iss": self.server.url, **instead}
        async with httpx.AsyncClient(trust_env=False) as browser:
            page = await browser.get(f"{self.asked['redirect_uri']}?{urlencode(answered)}")
        self.pages.append(page)
        return page


@dataclass
class Desk:
    """What signs in, and where it keeps what it got."""

    server: Studio
    browser: Browser
    connection: Connection
    sessions: SessionVault
    folder: Path
    ends: list[str] = field(default_factory=list)

    async def sign_in(self, **more: Any) -> Session:
        return await sign_in(
            connection=self.connection, sessions=self.sessions, open_browser=self.browser.open,
            on_ended=lambda: self.ends.append("ended"), **more,
        )  # fmt: skip

    @property
    def kept(self) -> list[str]:
        return [file.name for file in self.folder.iterdir()] if self.folder.is_dir() else []


@contextlib.asynccontextmanager
async def signing_in(vault: Vault, folder: Path, **more: Any) -> AsyncIterator[Desk]:
    """Run such a server and a desk that knows it."""
    async with renewing(Studio()) as server:
        assert isinstance(server, Studio)
        connection = Connection("con_1", "remote", "Studio", server.url, **more)
        sessions = SessionVault(folder / "sessions", vault)
        yield Desk(server, Browser(server), connection, sessions, folder / "sessions")
        sessions.close()
