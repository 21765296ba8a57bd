"""What the tests of the authorization server share: applications put into the database, and a browser of sorts."""

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from bcdesk.contract.app_rules import DEFAULT_GRANTS, TYPES
from bcdesk.server import users
from bcdesk.server.changes import next_change
from bcdesk.server.ids import new_id
from bcdesk.server.state import ServerState
from bcdesk.server.tables_apps import app_secrets, applications
from tests.contract.support import Api

REDIRECT = "https://shop.example/callback"
FORM = "application/x-www-form-urlencoded"
ALL_SCOPES = ("user.profile", "beats.read", "purchases.write", "user.subscription")


class TestApp:
    """An application as its developer knows it."""

    __test__ = False

    def __init__(self, row: Mapping[str, Any], secret: str | None) -> None:
        self.id: str = row["id"]
        self.client_id: str = row["client_id"]
        self.secret = secret
        self.auth_method: str = row["token_endpoint_auth_method"]

    @property
    def basic(self) -> dict[str, str]:
        """Return the headers with which a confidential client authenticates."""
        pair = f"{self.client_id}:{self.secret}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}

    @property
    def proof(self) -> tuple[dict[str, str], dict[str, str]]:
        """Return the headers and the form members by which this client says who it is."""
        if self.auth_method == "client_secret_basic":
            return self.basic, {}
        if self.auth_method == "client_secret_post":
            return {}, {"client_id": self.client_id, "client_secret": self.secret or ""}
        return {}, {"client_id": self.client_id}


def put_app(state: ServerState, app_type: str = "web", **values: Any) -> TestApp:
    """Store an application, as the management routes would."""
    method = TYPES[app_type].auth_methods[0]
    row = {
        "id": new_id("app"),
        "client_id": f"client_{secrets.token_hex(9)}",
        "name": f"Test {app_type}",
        "description": "",
        "owner": "Platform",
        "tags": [],
        "type": app_type,
        "redirect_uris": [REDIRECT] if TYPES[app_type].redirects else [],
        "scopes": list(ALL_SCOPES),
        "grant_types": list(DEFAULT_GRANTS[app_type]),
        "token_endpoint_auth_method": method,
        "pkce_required": True,
        "access_token_ttl": 3600,
        "refresh_token_ttl": 30 * 86_400,
        "contacts": [],
        "client_uri": "",
        "created_at": state.now(),
        "created_by": "Test",
        "updated_at": state.now(),
        "revision": 1,
        "field_revisions": "{}",
        **values,
    }
    stored = {name: json.dumps(value) if isinstance(value, list) else value for name, value in row.items()}
    with state.database.write() as connection:
        connection.execute(applications.insert().values(**stored, changed=next_change(connection)))
    secret = put_secret(state, row["id"]) if row["token_endpoint_auth_method"] != "none" else None
    return TestApp(row, secret)


def put_secret(state: ServerState, app_id: str, **values: Any) -> str:
    """Store a client secret and return it."""
    secret = f"bcs_{secrets.token_urlsafe(32)}"
    row = {"id": new_id("sec"), "app_id": app_id, "secret_hmac": state.secret.token_hmac(secret), "last4": secret[-4:],
           "created_at": state.now(), **values}  # fmt: skip
    with state.database.write() as connection:
        connection.execute(app_secrets.insert().values(row))
    return secret


class Pkce:
    """A verifier and its challenge."""

    def __init__(self) -> None:
        self.verifier = secrets.token_urlsafe(48)
        digest = hashlib.sha256(self.verifier.encode("ascii")).digest()
        self.challenge = base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")

    @property
    def asked(self) -> dict[str, str]:
        return {"code_challenge": self.challenge, "code_challenge_method": "S256"}


class OAuth:
    """Clients and browsers of one server."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.state = api.state
        self.state.demo = True
        with self.state.database.write() as connection:
            users.seed_demo(self.state, connection, self.state.now())
            self.user = users.demo_users(connection)[0]
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(api.app), base_url=self.state.base_url)

    async def close(self) -> None:
        await self.http.aclose()

    def browser(self) -> "Browser":
        return Browser(self)

    async def post(self, path: str, form: Mapping[str, str] | list[tuple[str, str]], **headers: str) -> httpx.Response:
        """Post a form, as clients do."""
        from urllib.parse import urlencode

        content = urlencode(list(form.items()) if isinstance(form, Mapping) else form)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.post(path, content=content, headers={"Content-Type": FORM, **named})

    async def call(self, app: TestApp, path: str, **form: str) -> httpx.Response:
        """Post a form as ``app``, which says who it is by its own method."""
        headers, members = app.proof
        return await self.post(path, {**members, **form}, **headers)

    async def token(self, app: TestApp, **form: str) -> httpx.Response:
        return await self.call(app, "/oauth/token", **form)

    async def consent(self, app: TestApp, pkce: Pkce | None = None, **asked: str) -> str:
        """Go through both pages as the demo user, and return the code."""
        answer = await self.browser().allow(app, pkce, **asked)
        assert "code" in answer, answer
        return answer["code"]

    async def pair(self, app: TestApp, **asked: str) -> dict[str, Any]:
        """Go through the whole flow and return the token reply."""
        pkce = Pkce()
        code = await self.consent(app, pkce, **asked)
        reply = await self.token(
            app, grant_type="authorization_code", code=code, code_verifier=pkce.verifier,
            redirect_uri=asked.get("redirect_uri", REDIRECT),
        )  # fmt: skip
        assert reply.status_code == 200, reply.text
        found: dict[str, Any] = reply.json()
        return found

    async def refresh(self, app: TestApp, refresh_token: str, **more: str) -> httpx.Response:
        return await self.token(app, grant_type="refresh_token", refresh_token=refresh_token, **more)

    async def introspect(self, app: TestApp, token: str) -> dict[str, Any]:
        reply = await self.call(app, "/oauth/introspect", token=token)
        assert reply.status_code == 200, reply.text
        found: dict[str, Any] = reply.json()
        return found

    async def opens(self, token: str, path: str = "/v1/beats?limit=1") -> int:
        return (await self.http.get(path, headers={"Authorization": f"Bearer {token}"})).status_code

    def reasons(self) -> list[str]:
        """Return why each revoked grant was revoked, oldest first."""
        return [detail["reason"] for action, _, detail in self.api.audit() if action == "grant.revoked"]


class Browser:
    """One browser: it keeps cookies, and goes where it is sent."""

    def __init__(self, oauth: OAuth) -> None:
        self.oauth = oauth
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(oauth.api.app), base_url=oauth.state.base_url, follow_redirects=False
        )

    async def get(self, parameters: Mapping[str, str] | list[tuple[str, str]]) -> httpx.Response:
        pairs = tuple(parameters.items() if isinstance(parameters, Mapping) else parameters)
        return await self.http.get("/oauth/authorize", params=pairs)

    async def submit(self, page: httpx.Response, **fields: str) -> httpx.Response:
        """Send the form of a page, as a browser does whose pages send no referrer."""
        ticket = re.search(r'name="ticket" value="([^"]+)"', page.text)
        assert ticket is not None, page.text
        return await self.http.post(
            "/oauth/authorize",
            data={"ticket": unescape(ticket[1]), **fields},
            headers={"Origin": "null", "Sec-Fetch-Site": "same-origin"},
        )

    async def sign_in(self, page: httpx.Response) -> httpx.Response:
        return await self.submit(page, user=self.oauth.user.id)

    async def allow(self, app: TestApp, pkce: Pkce | None = None, **asked: str) -> dict[str, str]:
        """Go through both pages and return what the application is told."""
        consent = await self.sign_in(await self.get(request_of(app, pkce, **asked)))
        assert consent.status_code == 200, consent.text
        return told(await self.submit(consent, action="allow"))


def request_of(app: TestApp, pkce: Pkce | None = None, **asked: str) -> dict[str, str]:
    """Return the parameters of an authorization request; an empty one is left out."""
    wanted = {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": REDIRECT,
        "state": "s-1",
        **(pkce.asked if pkce else {}),
        **asked,
    }
    return {name: value for name, value in wanted.items() if value}


def told(reply: httpx.Response) -> dict[str, str]:
    """Return what a redirect tells the application."""
    assert reply.status_code == 303, (reply.status_code, reply.text)
    return dict(parse_qsl(urlsplit(reply.headers["location"]).query))


def refusal(reply: httpx.Response) -> tuple[int, str]:
    """Return the status and the error of a reply that says no (RFC 6749 §5.2)."""
    assert reply.headers["content-type"] == "application/json", reply.text
    assert reply.headers["cache-control"] == "no-store"
    return reply.status_code, reply.json()["error"]
