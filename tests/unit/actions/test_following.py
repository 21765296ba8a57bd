"""What changes on the server is followed while the desk is in sync, and every end of a stream is told once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bcdesk.actions import following as module
from bcdesk.actions.following import Following
from bcdesk.actions.pauses import Pauses, within
from bcdesk.client.bearer import Bearer
from bcdesk.client.client import Client
from bcdesk.client.errors import Unreachable
from bcdesk.client.transport import Transport
from bcdesk.contract.rows import MemberRow, SessionRow
from bcdesk.store.store import Store
from tests.unit.client.answering import Answering, answer, answering, problem


def events(*data: str, since: str = "a-2") -> bytes:
    body = b"".join(f"id: {since}\ndata: {one}\n\n".encode() for one in data)
    return answer(b"retry: 1000\n\n" + body, kind="text/event-stream")


async def silent(writer: asyncio.StreamWriter) -> None:
    """Open a stream and say nothing more."""
    writer.write(b"HTTP/1.1 200 X\r\nContent-Type: text/event-stream\r\n\r\n:\n\n")
    await writer.drain()
    await asyncio.sleep(3600)


class Heard:
    """What a following asks for, each counted as it comes."""

    def __init__(self) -> None:
        self.fetch, self.lost, self.renew = asyncio.Semaphore(0), asyncio.Semaphore(0), asyncio.Semaphore(0)
        self.members = asyncio.Semaphore(0)

    async def one(self, kind: str) -> None:
        async with asyncio.timeout(10):
            await getattr(self, kind).acquire()


@asynccontextmanager
async def following(
    server: Answering, *, capable: bool = True, since: str = "a-1"
) -> AsyncIterator[tuple[Following, Heard]]:
    """Follow a scripted server, in sync from the start."""
    heard, store = Heard(), Store()
    member = MemberRow(**{**dict.fromkeys(MemberRow._fields), "id": "mem_1", "role": "owner"})  # type: ignore[arg-type]
    store.set_session(SessionRow(member, "owner", "a", "1", frozenset({"events"} if capable else ())))
    store.set_link(state="online", since=since)
    client = Client(Transport(server.url, Bearer("bct_x")))
    made = Following(
        client,
        store,
        fetch=heard.fetch.release,
        lost=heard.lost.release,
        renew=heard.renew.release,
        members=heard.members.release,
    )
    made.in_sync()
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(made.run())
        yield made, heard
        task.cancel()
    assert not made.live.is_set()
    await client.aclose()


async def test_that_what_changed_is_fetched_and_an_end_is_told() -> None:
    async with answering(events('{"kind":"keys","ids":["key_1"]}')) as server, following(server) as (_, heard):
        await heard.one("fetch")
        await heard.one("lost")
        assert b"\r\nlast-event-id: a-1\r\n" in server.asked[0].lower()


async def test_that_nothing_is_followed_again_before_the_desk_is_in_sync(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAIT_FIRST", 0.0)
    async with answering(events('{"kind":"keys","ids":[]}')) as server, following(server) as (made, heard):
        await heard.one("lost")
        for _ in range(50):
            await asyncio.sleep(0)
        assert len(server.asked) == 1
        made.in_sync()
        await heard.one("lost")
        assert len(server.asked) == 2
        made.out_of_sync()


async def test_that_what_the_desk_has_is_not_fetched_again() -> None:
    script = events('{"kind":"keys","ids":["key_1"]}')
    async with answering(script) as server, following(server, since="a-2") as (_, heard):
        await heard.one("lost")
        assert heard.fetch.locked()


async def test_that_a_change_of_members_and_of_the_own_session_is_passed_on() -> None:
    script = events('{"kind":"members","ids":["mem_1"]}', '{"kind":"session","ids":["mem_1"]}')
    async with answering(script) as server, following(server) as (_, heard):
        await heard.one("renew")
        await heard.one("fetch")
        await heard.one("members")


async def test_that_a_stream_which_falls_silent_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SILENT_SECONDS", 0.2)
    async with answering(silent) as server, following(server) as (made, heard):
        async with asyncio.timeout(10):
            await made.live.wait()
        await heard.one("lost")
        assert not made.live.is_set()


@pytest.mark.parametrize("script", [problem(404, "not_found"), problem(503, "unavailable", "Retry-After: 30\r\n"), b""])
async def test_that_a_stream_which_never_opened_is_no_loss(script: bytes) -> None:
    async with answering(script) as server, following(server) as (made, heard):
        await asyncio.wait_for(server.heard.wait(), 10)
        for _ in range(200):
            await asyncio.sleep(0)
        assert heard.lost.locked()
        assert not made.live.is_set()
        assert len(server.asked) == 1


async def test_that_a_server_which_tells_nothing_is_not_followed() -> None:
    async with answering(b"") as server, following(server, capable=False):
        for _ in range(50):
            await asyncio.sleep(0)
        assert server.asked == []


# ---------------------------------------------------------------------- pauses


async def test_that_a_nudge_ends_a_pause_and_one_of_before_is_not_forgotten() -> None:
    pauses = Pauses(60.0)
    pauses.begin()
    pauses.nudge()
    async with asyncio.timeout(5):
        await pauses.wait(60.0, longer=lambda: False)
    pauses.begin()
    asyncio.get_running_loop().call_later(0.01, pauses.nudge)
    async with asyncio.timeout(5):
        await pauses.wait(60.0, longer=lambda: True)
    assert not pauses.slept


async def test_that_a_pause_is_longer_only_while_changes_are_told() -> None:
    pauses, live = Pauses(0.05), True
    pauses.begin()

    def lost() -> None:
        nonlocal live
        live = False

    asyncio.get_running_loop().call_later(0.1, lost)
    async with asyncio.timeout(5):
        await pauses.wait(0.01, longer=lambda: live)
    assert not live


async def test_that_a_sleep_of_the_machine_ends_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses = Pauses(0.05)
    pauses.begin()
    monkeypatch.setattr(pauses, "_sleep", lambda: True)
    async with asyncio.timeout(5):
        await pauses.wait(3_600.0, longer=lambda: False)
    assert pauses.slept


async def test_that_an_answer_which_takes_too_long_is_no_answer() -> None:
    with pytest.raises(Unreachable, match="timeout") as caught:
        await within(0.01, asyncio.sleep(60))
    assert caught.value.__cause__ is caught.value.__context__ is None
    assert await within(5.0, asyncio.sleep(0, "answer")) == "answer"
