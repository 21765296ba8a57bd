"""A server on a real socket that gives sessions as the contract has it: one successor, and that one again."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from bcdesk.client.errors import ClientError
from bcdesk.client.session_bearer import SessionBearer
from bcdesk.client.transport import Transport
from tests.unit.client.answering import answer, problem

FIRST = "bcr_canary-canary-canary-canary-canary-first"
LIMIT = 20
STREAM = b"HTTP/1.1 200 X\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\nid: 1\ndata: {}\n\n"


async def until(condition: Callable[[], bool]) -> None:
    """Wait until a condition holds that others bring about on this loop."""
    async with asyncio.timeout(LIMIT):
        while not condition():  # noqa: ASYNC110 - it is a condition of many kinds, and none of them has an event
            await asyncio.sleep(0)


def access_of(number: int) -> str:
    return f"bct_canary-canary-canary-canary-canary-a{number:04}"


def refresh_of(number: int) -> str:
    return f"bcr_canary-canary-canary-canary-canary-r{number:04}"


@dataclass
class Renewing:
    """What the server holds and was asked; the test changes it as it likes."""

    port: int = 0
    known: set[str] = field(default_factory=set)
    """Access tokens that it takes."""
    refresh: str = FIRST
    successors: dict[str, tuple[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """The paths, in their order."""
    forms: list[dict[str, str]] = field(default_factory=list)
    cut: int = 0
    """How many of the next token answers never arrive although they count."""
    says: bytes | None = None
    """What the token endpoint answers instead."""
    forgetful: bool = False
    """Whether it does not know the tokens that it gives."""
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    """Token answers wait for it."""
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def renewals(self) -> int:
        return self.asked.count("/oauth/token")

    def judge(self, head: str, body: str) -> bytes | None:
        """Return the answer; None for one that is cut."""
        path = head.split(" ")[1]
        self.asked.append(path)
        if path.startswith("/oauth/"):
            assert "authorization:" not in head.lower()
            self.forms.append(dict(parse_qsl(body)))
        if path == "/oauth/token":
            return self.renewed(self.forms[-1])
        if path == "/oauth/revoke":
            self.known.clear()
            return b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"  # RFC 7009 §2.2
        token = next((line[22:] for line in head.split("\r\n") if line.startswith("Authorization: Bearer ")), "")
        if token not in self.known:
            return problem(401, "invalid_token")
        if path == "/events":
            return STREAM
        return problem(403, "forbidden_role") if path == "/forbidden" else answer({"path": path})

    def renewed(self, form: dict[str, str]) -> bytes | None:
        if self.says is not None:
            return self.says
        assert (form["grant_type"], form["client_id"]) == ("refresh_token", "bcdesk")
        given = form["refresh_token"]
        if given not in self.successors:
            if given != self.refresh:
                return answer({"error": "invalid_grant"}, 400)
            number = next(self.numbers)
            self.successors = {given: (access_of(number), refresh_of(number))}
        access, self.refresh = self.successors[given]
        if not self.forgetful:
            self.known.add(access)
        if self.cut:
            self.cut -= 1
            return None
        return answer(
            {"access_token": access, "refresh_token": self.refresh, "token_type": "Bearer", "expires_in": 3600}
        )


@contextlib.asynccontextmanager
async def renewing(server: Renewing | None = None) -> AsyncIterator[Renewing]:
    """Serve until the block ends."""
    server = server or Renewing()
    server.gate.set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            lengths = [int(line[15:]) for line in head.lower().split("\r\n") if line.startswith("content-length:")]
            body = (await reader.readexactly(lengths[0] if lengths else 0)).decode()
            told = server.judge(head, body)
            if server.asked[-1] == "/oauth/token":
                server.arrived.set()
                await server.gate.wait()
            if told is None:
                writer.transport.abort()
            else:
                writer.write(told)
                await writer.drain()
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        server.gate.set()
        listening.close()
        await listening.wait_closed()


@dataclass
class Kept:
    """A session on such a server, and what was done for it in which order."""

    server: Renewing
    access: str = ""
    refresh: str = FIRST
    done: list[str] = field(default_factory=list)
    ends: int = 0
    keeping: asyncio.Event = field(default_factory=asyncio.Event)
    """Storing waits for it."""

    def __post_init__(self) -> None:
        self.keeping.set()
        self.bearer = SessionBearer(self.refresh, keep=self.keep, on_ended=self.ended, access=self.access)
        self.transport = Transport(self.server.url, self.bearer)

    async def keep(self, refresh: str) -> None:
        self.done.append(f"keeping {refresh}")
        await self.keeping.wait()
        self.done.append(f"kept {refresh}")

    async def ended(self) -> None:
        self.ends += 1

    async def told(self, path: str = "/a") -> object:
        """Return the answer's JSON, or the error."""
        try:
            return (await self.transport.send("GET", path, attempts=1)).json()
        except ClientError as error:
            return error


@contextlib.asynccontextmanager
async def session(*, known: bool = False, **more: str) -> AsyncIterator[Kept]:
    """Open a session; ``known`` begins with an access token that the server takes."""
    async with renewing() as server:
        if known:
            server.known.add(more.setdefault("access", access_of(0)))
        kept = Kept(server, **more)  # type: ignore[arg-type]  # texts only
        try:
            yield kept
        finally:
            await kept.transport.aclose()
