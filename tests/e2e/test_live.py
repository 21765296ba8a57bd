"""The sync loop of a desk on a real server: changes arrive by themselves, and every kind of loss mends by itself."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from bcdesk.actions import following as following_module
from bcdesk.actions.sync import SyncLoop
from bcdesk.client.bearer import Bearer
from bcdesk.client.client import Client
from bcdesk.client.transport import Transport
from bcdesk.store.store import Store
from tests.e2e.serving import Served, make_key, serving

NEVER = 3_600.0
"""Polls of this distance bring nothing within a test: what comes was told."""
CHANGES = 100


class Counted(httpx.AsyncHTTPTransport):
    """Counts what is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path.removeprefix("/manage/v1/"))
        return await super().handle_async_request(request)


class Line:
    """A desk's loop on a server, and what it asked."""

    def __init__(self, base_url: str, token: str, poll_seconds: float) -> None:
        self.store, self.counted = Store(), Counted()
        self.client = Client(Transport(base_url, Bearer(token), inner=self.counted))
        self.loop = SyncLoop(self.client, self.store, poll_seconds=poll_seconds)

    async def until(self, wanted: Callable[[], Any], seconds: float = 20.0) -> float:
        """Wait for a change of the store after which ``wanted`` holds; return how long that took."""
        begun, reached = time.monotonic(), asyncio.Event()
        stop = self.store.listen(lambda _change: reached.set() if wanted() else None)
        if not wanted():
            async with asyncio.timeout(seconds):
                await reached.wait()
        stop()
        return time.monotonic() - begun

    async def follows(self) -> None:
        """Wait until the stream is open."""
        async with asyncio.timeout(20):
            await self.loop._following.live.wait()


@asynccontextmanager
async def line(served: Served, poll_seconds: float = NEVER) -> AsyncIterator[Line]:
    """Run the loop, in sync and following."""
    made = Line(served.base_url, str(served.ready["owner_token"]), poll_seconds)
    try:
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(made.loop.run())
            await made.until(lambda: made.store.link.state == "online")
            await made.follows()
            try:
                yield made
            finally:
                task.cancel()
    finally:
        await made.client.aclose()


@pytest.fixture
def served(folder: Path) -> Iterator[Served]:
    with serving(folder) as served:
        yield served


async def test_that_a_change_of_somebody_else_arrives_within_a_second(served: Served) -> None:
    async with line(served) as desk:
        took: list[float] = []
        for _ in range(5):
            id = await _made(served)
            took.append(await desk.until(lambda: id in desk.store.keys))  # noqa: B023
            await asyncio.to_thread(_revoke, served, id)
            took.append(await desk.until(lambda: desk.store.keys[id].status == "revoked"))  # noqa: B023
        assert sorted(took)[len(took) // 2] < 1.0, took


async def test_that_a_storm_of_changes_is_few_requests(served: Served) -> None:
    async with line(served) as desk:
        before = len(desk.counted.asked)
        begun = time.monotonic()

        def storm() -> str:
            with served.client() as client:
                return str([make_key(client, name=f"Key {place}") for place in range(CHANGES)][-1]["key"]["id"])

        last = await asyncio.to_thread(storm)
        await desk.until(lambda: last in desk.store.keys)
        took = time.monotonic() - begun
        asked = desk.counted.asked[before:]
        assert len(desk.store.keys) == CHANGES
        assert len(asked) <= 2 * (took / following_module.GATHER_SECONDS + 2), asked
        assert asked.count("keys") < CHANGES / 2


async def test_that_the_role_follows_the_server(served: Served) -> None:
    with served.client() as owner:
        rows = owner.get("/manage/v1/members").json()["items"]
        made = owner.get("/manage/v1/session").json()["member"]
        assert [row["id"] for row in rows] == [made["id"]]
    async with line(served) as desk:
        before = len(desk.counted.asked)
        from bcdesk.server.database import Database, sqlite_url
        from bcdesk.server.tables import change_clock, members

        database = Database(sqlite_url(served.folder / "server.sqlite3"))
        with database.write() as connection:  # another process of the same database: `bcdesk member`
            clock = change_clock.update().values(value=change_clock.c.value + 1).returning(change_clock.c.value)
            number = connection.execute(clock).scalar_one()
            connection.execute(members.update().values(role="viewer", changed=number))
        assert await desk.until(lambda: desk.store.session is not None and desk.store.session.role == "viewer") < 2.5
        database.close()
        assert "session" in desk.counted.asked[before:]


async def test_that_a_quiet_server_is_hardly_asked(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    async with line(served, poll_seconds=0.01) as desk:
        before = len(desk.counted.asked)
        await asyncio.to_thread(time.sleep, 1.0)
        assert len(desk.counted.asked) - before <= 2, "without the stream it would be a hundred"


async def test_that_a_server_which_is_started_again_is_in_sync_within_five_seconds(folder: Path) -> None:
    with serving(folder) as first:
        port = str(first.address[1])
        desk = Line(first.base_url, _token(folder), 2.0)
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(desk.loop.run())
            await desk.until(lambda: desk.store.link.state == "online")
            await desk.follows()
            first.process.kill()
            first.process.wait()
            assert await desk.until(lambda: desk.store.link.state == "offline") < 1.0
            as_of = desk.store.link.as_of
            for _ in range(3):
                await asyncio.to_thread(time.sleep, 1.5)  # long enough for the pauses to have grown
                assert (desk.store.link.state, desk.store.link.as_of) == ("offline", as_of)
            with serving(folder, "--port", port) as second:
                id = await _made(second)
                took = await desk.until(lambda: id in desk.store.keys and desk.store.link.state == "online")
                assert took < 5.0
                await desk.follows()
                task.cancel()
        await desk.client.aclose()


async def test_that_a_dead_line_which_says_nothing_is_noticed(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following_module, "SILENT_SECONDS", 1.0)
    async with line(served) as desk:
        os.kill(served.process.pid, signal.SIGSTOP)
        try:
            assert await desk.until(lambda: desk.store.link.state == "offline") < 6.0
        finally:
            os.kill(served.process.pid, signal.SIGCONT)
        assert await desk.until(lambda: desk.store.link.state == "online") < 5.0


def _token(folder: Path) -> str:
    """Return a lasting token of the owner of a server."""
    from tests.e2e.serving import run

    listed = run("member", "list", "--data", str(folder)).stdout
    name = next(line for line in listed.splitlines() if "owner" in line)
    return run("member", "token", name.split()[0], "--data", str(folder)).stdout.strip()


async def _made(served: Served) -> str:
    """Make a key as somebody else would, and return its id."""

    def make() -> str:
        with served.client() as client:
            return str(make_key(client)["key"]["id"])

    return await asyncio.to_thread(make)


def _revoke(served: Served, key_id: str) -> None:
    with served.client() as client:
        reply = client.post(f"/manage/v1/keys/{key_id}/revoke", json={"reason": "", "compromised": False})
    assert reply.status_code == 200, reply.text
