"""What the contract's tests share: a clock they move, a server in this process, and one caller for each role."""

import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from bcdesk.server import consents, members, users
from bcdesk.server.app import create_app
from bcdesk.server.database import Database, sqlite_url
from bcdesk.server.limits import Limits
from bcdesk.server.schema import prepare
from bcdesk.server.server_secret import ServerSecret
from bcdesk.server.state import ServerState
from bcdesk.server.usage import Usage

START = 1_790_000_000.0
"""The moment at which the tests' clock starts: 2026-09-21."""
ROLES = ("owner", "manager", "viewer")
SECRET = bytes(range(32))
KEY = {"name": "Shop", "environment": "live", "scopes": ["beats.read"]}
WEB = {"name": "Shop", "type": "web", "redirect_uris": ["https://shop.example/back"], "scopes": ["beats.read"]}
MOBILE = {**WEB, "type": "mobile", "redirect_uris": ["shop.example.app:/back"]}
SERVICE = {"name": "Nightly", "type": "service", "scopes": ["beats.read"]}


class Clock:
    """Seconds since the epoch that move only when told to."""

    def __init__(self) -> None:
        self.moment = START

    def __call__(self) -> float:
        return self.moment

    def advance(self, seconds: float) -> None:
        self.moment += seconds


def open_state(folder: Path, clock: Clock) -> ServerState:
    """Open the server whose database lies in ``folder``, creating it where there is none."""
    database = Database(sqlite_url(folder / "server.db"))
    server_id = prepare(database, clock())
    state = ServerState(
        database=database,
        secret=ServerSecret(SECRET),
        server_id=server_id,
        version="1.2.3",
        data_dir=folder,
        base_url="http://127.0.0.1:8765",
        issuer="http://127.0.0.1:8765",
        clock=clock,
        limiter=Limits(),
    )
    state.usage = Usage(database, state.now)
    return state


def seed_members(state: ServerState) -> dict[str, str]:
    """Add one member of each role and return a token for each."""
    tokens = {}
    with state.database.write() as connection:
        for role in ROLES:
            member = members.add(
                state, connection, actor="test", name=role.title(), role=role, email=f"{role}@studio.example",
                now=state.now(),
            )  # fmt: skip
            tokens[role] = members.issue_token(
                state, connection, member.id, actor="test", expires_at=None, now=state.now()
            )
    return tokens


class Caller:
    """Somebody who calls the server: a member of some role, a key, or nobody."""

    def __init__(self, http: httpx.AsyncClient, token: str | None) -> None:
        self._http = http
        self.token = token

    async def request(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
    ) -> httpx.Response:
        sent = dict(headers or {})
        if self.token is not None:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        content = raw if raw is not None else None if body is None else json.dumps(body).encode()
        if content is not None:
            sent.setdefault("Content-Type", "application/json")
        return await self._http.request(method, path, content=content, headers=sent)

    async def get(self, path: str, **more: Any) -> httpx.Response:
        return await self.request("GET", path, **more)

    async def post(self, path: str, body: object = None, **more: Any) -> httpx.Response:
        return await self.request("POST", path, body=body, **more)

    async def secret_post(self, path: str, body: object = None, *, key: str | None = None) -> httpx.Response:
        """Post what makes a secret, with an Idempotency-Key that is fresh unless given."""
        return await self.post(path, body, headers={"Idempotency-Key": key or secrets.token_urlsafe(32)})

    async def patch(self, path: str, body: object, revision: int | str | None) -> httpx.Response:
        match = {} if revision is None else {"If-Match": f'"{revision}"' if isinstance(revision, int) else revision}
        return await self.request("PATCH", path, body=body, headers=match)


class Api:
    """One server and its callers."""

    def __init__(self, state: ServerState, clock: Clock, tokens: Mapping[str, str]) -> None:
        self.state = state
        self.clock = clock
        self.tokens = tokens
        self.app = create_app(state)
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=state.base_url)
        self.owner = self.calling(tokens["owner"])
        self.manager = self.calling(tokens["manager"])
        self.viewer = self.calling(tokens["viewer"])
        self.nobody = self.calling(None)

    def calling(self, token: str | None) -> Caller:
        return Caller(self._http, token)

    async def close(self) -> None:
        await self._http.aclose()

    async def make_key(self, **values: object) -> dict[str, Any]:
        """Make a key and return the whole reply: ``key``, ``secret``, ``handover``."""
        return await self._make("keys", {**KEY, **values})

    async def rotate(self, key_id: str, **values: object) -> dict[str, Any]:
        """Rotate a key and return the whole reply: ``version``, ``key``, ``secret``, ``handover``."""
        return await self._make(f"keys/{key_id}/rotate", values)

    async def make_app(self, **values: object) -> dict[str, Any]:
        """Register an application, of the web unless told otherwise: ``app``, ``secret``, ``handover``."""
        return await self._make("apps", {**WEB, **values})

    async def make_secret(self, app_id: str, **values: object) -> dict[str, Any]:
        """Give an application a new secret and return the reply: ``version``, ``app``, ``secret``, ``handover``."""
        return await self._make(f"apps/{app_id}/secrets", values)

    async def _make(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        reply = await self.manager.secret_post(f"/manage/v1/{path}", body)
        assert reply.status_code == 201, reply.text
        found: dict[str, Any] = reply.json()
        return found

    async def app_row(self, app_id: str) -> dict[str, Any]:
        """Return an application as the server tells it now."""
        reply = await self.viewer.get(f"/manage/v1/apps/{app_id}")
        assert reply.status_code == 200, reply.text
        found: dict[str, Any] = reply.json()
        return found

    def make_grant(self, app_id: str, user: str = "Listener") -> str:
        """Let a user, made where there is none of that name, allow an application something; return the grant's id."""
        email = f"{user.lower()}@home.example"
        with self.state.database.write() as connection:
            found = users.find_by_email(connection, email) or users.add(
                self.state, connection, actor="test", name=user, email=email, password="not a secret", now=self.clock()
            )
            return consents.open_(
                self.state, connection, app_id=app_id, user_id=found.id, scopes=["beats.read"], now=self.clock()
            )

    async def key(self, key_id: str) -> dict[str, Any]:
        """Return a key as the server tells it now."""
        reply = await self.viewer.get(f"/manage/v1/keys/{key_id}")
        assert reply.status_code == 200, reply.text
        found: dict[str, Any] = reply.json()
        return found

    async def act(self, path: str, body: object = None) -> dict[str, Any]:
        """Do something as a manager below ``/manage/v1/`` and return the row."""
        reply = await self.manager.post(f"/manage/v1/{path}", body)
        assert reply.status_code == 200, reply.text
        found: dict[str, Any] = reply.json()
        return found

    async def use(self, secret: str) -> int:
        """Call the API with a key and return the status."""
        return (await self.calling(secret).get("/v1/beats?limit=1")).status_code

    def audit(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Return the action, target and detail of every audit row."""
        with self.state.database.read() as connection:
            rows = connection.exec_driver_sql("SELECT action, target, detail FROM audit ORDER BY seq").all()
        return [(row[0], row[1], json.loads(row[2])) for row in rows]


def problem(reply: httpx.Response) -> tuple[int, str, dict[str, str]]:
    """Return the status, code and {pointer: fault} of a problem document."""
    assert reply.headers["content-type"] == "application/problem+json", reply.text
    told = reply.json()
    assert told["status"] == reply.status_code
    assert told["request_id"] == reply.headers["x-request-id"]
    return reply.status_code, told["code"], {error["pointer"]: error["code"] for error in told["errors"]}


def at(moment: str | None) -> float | None:
    """Return the seconds since the epoch of a moment on the wire."""
    from bcdesk.contract.moments import parse_moment

    return None if moment is None else parse_moment(moment)
