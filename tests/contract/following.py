"""Follows a reply that goes on, in this process: what the server sends arrives as it is sent."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tests.contract.support import Api


class Told(NamedTuple):
    """An event: its id, and its data."""

    id: str
    data: dict[str, Any]

    @property
    def what(self) -> tuple[str, list[str]]:
        return self.data["kind"], self.data["ids"]


class Follower:
    """Reads one stream of events; ``ended`` is set once the server has ended it."""

    def __init__(self) -> None:
        self.status = 0
        self.ended = asyncio.Event()
        self._gone = asyncio.Event()
        self._told: asyncio.Queue[Told] = asyncio.Queue()
        self.begun = asyncio.Event()
        self.pinged = asyncio.Semaphore(0)
        self._asked = False

    async def next(self, seconds: float = 10.0) -> Told:
        async with asyncio.timeout(seconds):
            return await self._told.get()

    async def until(self, kind: str, id: str) -> Told:
        """Return the next event that tells of a row."""
        while True:
            told = await self.next()
            if told.what[0] == kind and id in told.what[1]:
                return told

    @property
    def quiet(self) -> bool:
        return self._told.empty()

    async def receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            return
        self.begun.set()
        for part in message.get("body", b"").decode().split("\n\n"):
            fields = dict(line.partition(": ")[::2] for line in part.split("\n"))
            if "data" in fields:
                self._told.put_nowait(Told(fields["id"], json.loads(fields["data"])))
            if part == ":":
                self.pinged.release()
        if not message.get("more_body"):
            self.ended.set()

    def leave(self) -> None:
        self._gone.set()


@asynccontextmanager
async def following(api: Api, token: str, after: str | None = None) -> AsyncIterator[Follower]:
    """Follow the events of a server from ``after``."""
    place = urlsplit(api.state.base_url).netloc
    headers = {"host": place, "authorization": f"Bearer {token}", "accept": "text/event-stream"}
    if after is not None:
        headers["last-event-id"] = after
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": "/manage/v1/events", "raw_path": b"/manage/v1/events", "query_string": b"", "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8765),
    }  # fmt: skip
    follower = Follower()

    async def serve() -> None:
        await api.app(scope, follower.receive, follower.send)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(serve())
        try:
            yield follower
        finally:
            follower.leave()
