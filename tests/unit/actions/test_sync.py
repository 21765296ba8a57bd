"""The sync loop makes the store equal to the server, says how fresh it is, and survives every kind of failure."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from bcdesk.actions import sync as module
from bcdesk.actions.sync import SyncLoop
from bcdesk.client.bearer import Bearer
from bcdesk.client.client import Client
from bcdesk.client.errors import Forbidden, Garbled, RateLimited, SignInNeeded, Unreachable
from bcdesk.client.transport import Transport
from bcdesk.contract.rows import KeyRow
from bcdesk.store.store import Change, Link, Store
from tests.unit.actions.conftest import Bench
from tests.unit.client.answering import answer, answering, problem


@contextlib.asynccontextmanager
async def running(loop: SyncLoop) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(loop.run())
        yield
        task.cancel()


async def until(store: Store, wanted: Callable[[], bool]) -> None:
    """Wait for a change of the store after which ``wanted`` holds."""
    reached = asyncio.Event()
    stop = store.listen(lambda change: reached.set() if wanted() else None)
    if not wanted():
        async with asyncio.timeout(20):
            await reached.wait()
    stop()


async def known(bench: Bench) -> dict[str, KeyRow]:
    page = await bench.client.keys.list(limit=1000)
    return {row.id: row for row in page.items if isinstance(row, KeyRow)}


async def test_that_a_first_sync_loads_everything_page_by_page(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAGE", 3)
    monkeypatch.setattr(module, "SLICE", 2)
    for place in range(8):
        await bench.api.make_key(name=f"Key {place}")
    store = Store()
    progress: list[tuple[str, int]] = []
    store.listen(lambda change: progress.append((store.link.state, len(store.keys))))
    await SyncLoop(bench.client, store).once()
    assert store.keys == await known(bench)
    assert progress == [
        ("starting", 0), ("loading", 0), ("loading", 2), ("loading", 3), ("loading", 3), ("loading", 5),
        ("loading", 6), ("loading", 6), ("loading", 8), ("loading", 8), ("online", 8),
    ]  # fmt: skip
    assert store.link.progress == 8
    assert store.link.as_of == bench.clock()
    assert store.session is not None
    assert store.session.server_id == bench.api.state.server_id


async def test_that_later_syncs_ask_only_for_what_changed(bench: Bench) -> None:
    made = await bench.api.make_key(name="One")
    gone = await bench.api.make_key(name="Two")
    loop = SyncLoop(bench.client, bench.store)
    await loop.once()
    changes: list[Change] = []
    bench.store.listen(changes.append)
    await bench.api.act(f"keys/{made['key']['id']}/disable")
    await bench.api.act(f"handovers/{gone['handover']['id']}/discard")
    bench.clock.advance(5.0)
    before = len(bench.line.carried)
    await loop.once()
    assert [(request.url.path[-5:], "since" in request.url.params) for request in bench.line.carried[before:]] == [
        ("/keys", True),
        ("/apps", True),
    ]
    ids = (made["key"]["id"], gone["key"]["id"])
    assert changes == [Change(keys_changed=ids[:1], keys_removed=ids[1:]), Change(link=True)]
    assert bench.store.keys == await known(bench)
    assert bench.store.link.as_of == bench.clock()


async def test_that_changes_made_while_a_load_runs_come_with_the_next(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 2)
    keys = [await bench.api.make_key(name=f"Key {place}") for place in range(4)]
    store = Store()
    loop = SyncLoop(bench.client, store)
    asked = 0

    def watch(request: Any) -> None:
        nonlocal asked
        asked += request.url.path.endswith("/keys")
        if asked == 2:  # between two pages, at the server
            with bench.api.state.database.write() as connection:
                connection.exec_driver_sql("UPDATE keys SET name = 'Renamed', revision = revision + 1, changed = 1000")
                connection.exec_driver_sql("UPDATE change_clock SET value = 1000")

    bench.line.watch = watch
    await loop.once()
    assert {row.name for row in store.keys.values()} != {"Renamed"}
    bench.line.watch = None
    await loop.once()
    assert {row.name for row in store.keys.values()} == {"Renamed"}
    assert len(store.keys) == len(keys)


async def test_that_a_key_made_here_while_a_load_runs_is_not_taken_out_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 1)
    for place in range(3):
        await bench.api.make_key(name=f"Key {place}")
    bench.store.set_link(since=None)
    stale = await bench.client.keys.list(limit=1)
    bench.store.apply_keys([row._replace(id="key_gone") for row in stale.items if isinstance(row, KeyRow)])
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(SyncLoop(bench.client, bench.store).once())
        made = tasks.create_task(bench.create(name="New"))
    assert made.result().key.id in bench.store.keys
    assert "key_gone" not in bench.store.keys
    assert bench.store.keys.keys() == (await known(bench)).keys()


async def test_that_a_since_of_another_database_leads_to_a_full_load(bench: Bench) -> None:
    made = await bench.create()
    newer = bench.store.keys[made.key.id]._replace(revision=99, name="From before the backup")
    bench.store.apply_keys([newer, newer._replace(id="key_gone")])
    bench.store.set_link(since="01k00000000000000000000000-7")
    await SyncLoop(bench.client, bench.store).once()
    assert bench.store.keys == await known(bench)
    assert bench.store.link.since != "01k00000000000000000000000-7"


async def test_that_another_server_at_the_address_leads_to_a_full_load(bench: Bench) -> None:
    assert bench.store.session is not None
    bench.store.set_session(bench.store.session._replace(server_id="another"))
    await bench.api.make_key()
    await SyncLoop(bench.client, bench.store).once()
    assert bench.store.keys == await known(bench)
    assert bench.store.session.server_id == bench.api.state.server_id


async def test_that_since_moves_on_only_once_every_page_is_in(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    loop = SyncLoop(bench.client, bench.store)
    await loop.once()
    monkeypatch.setattr(module, "PAGE", 1)
    for place in range(3):
        await bench.api.make_key(name=f"Key {place}")
    since = bench.store.link.since
    bench.line.breaks = ["", "before"]
    with pytest.raises(Unreachable):
        await loop.once()
    assert bench.store.link.since == since
    assert len(bench.store.keys) == 1
    await loop.once()
    assert bench.store.keys == await known(bench)
    assert bench.store.link.since != since


async def test_that_a_lost_line_keeps_what_is_known_and_when(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BACKOFF_MOST", 0.05)
    await bench.create()
    loop = SyncLoop(bench.client, bench.store, poll_seconds=0.01)
    async with running(loop):
        await until(bench.store, lambda: bench.store.link.state == "online")
        bench.line.down = True
        as_of = bench.store.link.as_of
        bench.clock.advance(60.0)
        await until(bench.store, lambda: bench.store.link.state == "offline")
        assert isinstance(bench.store.link.error, Unreachable)
        assert bench.store.link.as_of == as_of
        assert len(bench.store.keys) == 1
        bench.line.down = False
        await until(bench.store, lambda: bench.store.link.error is None)
        link = bench.store.link
        assert (link.state, link.as_of, link.error) == ("online", bench.clock(), None)


async def test_that_a_nudge_polls_at_once(bench: Bench) -> None:
    loop = SyncLoop(bench.client, bench.store, poll_seconds=3600.0)
    async with running(loop):
        await until(bench.store, lambda: bench.store.link.state == "online")
        made = await bench.api.make_key()
        loop.nudge()
        await until(bench.store, lambda: made["key"]["id"] in bench.store.keys)


@pytest.mark.parametrize(
    ("script", "state", "kind"),
    [
        (problem(401, "invalid_token"), "error", SignInNeeded),
        (problem(403, "member_disabled"), "forbidden", Forbidden),
        (problem(503, "unavailable"), "offline", None),
        (problem(500, "internal"), "error", None),
        (answer(b"<html>", kind="text/html"), "error", Garbled),
        (answer({"member": 3}), "error", Garbled),
        (b"", "offline", Unreachable),
    ],
)
async def test_that_each_failure_has_its_state(script: bytes, state: str, kind: type | None) -> None:
    async with answering(script) as server:
        store = Store()
        store.set_link(as_of=7.0)
        client = Client(Transport(server.url, Bearer("x")))
        async with running(SyncLoop(client, store)):
            await until(store, lambda: store.link.error is not None)
        await client.aclose()
    assert (store.link.state, store.link.as_of) == (state, 7.0)
    assert kind is None or type(store.link.error) is kind


async def test_that_a_limited_sync_waits_and_stays_as_it_was() -> None:
    async with answering(problem(429, "rate_limited", "Retry-After: 30\r\n")) as server:
        store = Store()
        client = Client(Transport(server.url, Bearer("x")))
        loop = SyncLoop(client, store)
        with pytest.raises(RateLimited) as limited:
            await loop.once()
        assert loop._failed(limited.value) == 30.0
        assert store.link == Link()
        await client.aclose()


async def test_that_pauses_grow_at_random_up_to_their_limit() -> None:
    loop = SyncLoop(Client(Transport("http://127.0.0.1:9", Bearer("x"))), Store())
    pauses = [[loop._failed(Unreachable("cut")) for _ in range(12)] for _ in range(50)]
    assert all(0.05 <= pause <= module.BACKOFF_MOST for row in pauses for pause in row)
    assert len({round(pause, 6) for pause in pauses[-1]}) > 6
    fresh = SyncLoop(Client(Transport("http://127.0.0.1:9", Bearer("x"))), Store())
    assert fresh._failed(Unreachable("cut")) <= module.BACKOFF_FIRST


async def test_that_a_stepped_wall_clock_changes_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setattr(time, "time", lambda: 0.0)
    loop = SyncLoop(bench.client, bench.store, poll_seconds=0.01)
    async with running(loop):
        for _ in range(3):
            made = await bench.api.make_key()
            await until(bench.store, lambda: made["key"]["id"] in bench.store.keys)  # noqa: B023


async def test_that_the_error_in_the_link_holds_no_frames(bench: Bench) -> None:
    bench.line.down = True
    async with running(SyncLoop(bench.client, bench.store)):
        await until(bench.store, lambda: bench.store.link.state == "offline")
        assert bench.store.link.error is not None
        assert bench.store.link.error.__traceback__ is None


async def test_that_after_a_sleep_nothing_is_fresh_before_the_server_answered(bench: Bench) -> None:
    states: list[str] = []
    bench.clock.advance(5.0)
    loop = SyncLoop(bench.client, bench.store, poll_seconds=0.3)
    bench.store.listen(lambda change: states.append(bench.store.link.state) if change.link else None)
    async with running(loop):
        await until(bench.store, lambda: bench.store.link.as_of == bench.clock())
        before = bench.line.count("GET", "/session")
        loop._pauses._sleep._ahead -= 3_600.0  # as if the machine had slept an hour
        await until(bench.store, lambda: "cached" in states)
        await until(bench.store, lambda: bench.store.link.state == "online")
        assert bench.line.count("GET", "/session") > before
