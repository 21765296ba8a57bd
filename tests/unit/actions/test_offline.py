"""What a desk knew when it ended, the next one shows before any request, and goes on from there by changes alone."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from bcdesk.actions import sync as sync_module
from bcdesk.actions.offline import restore
from bcdesk.actions.sync import SyncLoop
from bcdesk.client.bearer import Bearer
from bcdesk.client.client import Client
from bcdesk.client.errors import Unreachable
from bcdesk.client.transport import Transport
from bcdesk.store.cache import Cache
from bcdesk.store.cache_shelf import DAY
from bcdesk.store.cache_state import CopyState
from bcdesk.store.store import Change, Store
from bcdesk.store.vault import Vault, VaultState
from tests.unit.actions.conftest import Bench
from tests.unit.actions.registering import taken


class Desks:
    """One desk after another on the same folder, each with a memory of its own."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.open: list[Cache] = []

    async def cache(self, **more: Any) -> Cache:
        vault = Vault(self.bench.folder)
        assert await vault.open() is VaultState.READY
        made = Cache(self.bench.folder / "cache", vault, clock=self.bench.clock, **more)
        self.open.append(made)
        return made

    async def next(self, **more: Any) -> tuple[Cache, Store, SyncLoop]:
        """End the desk before, and start one as the program does, without any request yet."""
        await self.end()
        cache, store = await self.cache(**more), Store()
        await restore(cache=cache, store=store)
        return cache, store, SyncLoop(self.bench.client, store, cache=cache)

    async def end(self) -> None:
        for one in self.open:
            await one.close()
        self.open.clear()


@pytest.fixture
async def desks(bench: Bench) -> AsyncIterator[Desks]:
    made = Desks(bench)
    yield made
    await made.end()


def asked(bench: Bench, since: int) -> list[tuple[str, bool]]:
    return [
        (request.url.path.rpartition("/")[2], "since" in request.url.params) for request in bench.line.carried[since:]
    ]


async def test_that_the_next_desk_shows_everything_before_any_request(bench: Bench, desks: Desks) -> None:
    for place in range(7):
        await bench.api.make_key(name=f"Key {place}")
    await taken(bench)
    _, store, loop = await desks.next()
    assert (store.link.copy, store.link.state, store.keys) == ("none", "starting", {})
    await loop.once()
    requests = len(bench.line.carried)
    bench.line.down = True
    _, again, loop = await desks.next()
    assert len(bench.line.carried) == requests
    assert again.keys == store.keys
    assert len(again.keys) == 7
    assert again.apps == store.apps
    assert again.session == store.session
    assert (again.link.state, again.link.as_of, again.link.since) == ("cached", store.link.as_of, store.link.since)
    assert (again.link.copy, again.link.apps, again.link.apps_since) == ("ready", True, store.link.apps_since)
    with pytest.raises(Unreachable):
        await loop.once()
    assert again.keys == store.keys


async def test_that_it_goes_on_by_changes_and_asks_once_where_there_are_none(bench: Bench, desks: Desks) -> None:
    made = await bench.api.make_key(name="One")
    _, _, loop = await desks.next()
    await loop.once()
    _, store, loop = await desks.next()
    before = len(bench.line.carried)
    await loop.once()
    assert asked(bench, before) == [("session", False), ("keys", True)]
    before = len(bench.line.carried)
    await loop.once()
    assert asked(bench, before) == [("keys", True)]
    assert store.link.state == "online"
    await bench.api.act(f"keys/{made['key']['id']}/disable")
    _, store, loop = await desks.next()
    assert store.keys[made["key"]["id"]].status == "active"
    before = len(bench.line.carried)
    changes: list[Change] = []
    store.listen(changes.append)
    await loop.once()
    assert asked(bench, before) == [("session", False), ("keys", True), ("apps", True)]
    assert store.keys[made["key"]["id"]].status == "disabled"
    assert [change.keys_changed for change in changes if change.keys] == [(made["key"]["id"],)]
    _, store, _ = await desks.next()
    assert store.keys[made["key"]["id"]].status == "disabled"


async def test_that_what_was_deleted_is_gone_for_the_next_desk(bench: Bench, desks: Desks) -> None:
    made = await bench.api.make_key(name="One")
    app = await taken(bench)
    _, _, loop = await desks.next()
    await loop.once()
    await bench.api.act(f"handovers/{made['handover']['id']}/discard")
    await bench.client.apps.delete(app.app.id)
    await loop.once()
    _, store, _ = await desks.next()
    assert (store.keys, store.apps) == ({}, {})


async def test_that_a_change_of_an_application_alone_is_asked_for(bench: Bench, desks: Desks) -> None:
    app = await taken(bench)
    _, store, loop = await desks.next()
    await loop.once()
    await bench.client.apps.disable(app.app.id)
    await loop.once()
    assert store.apps[app.app.id].status == "disabled"


async def test_that_a_round_which_breaks_leaves_the_copy_as_it_was(
    bench: Bench, desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bench.api.make_key(name="One")
    _, first, loop = await desks.next()
    await loop.once()
    monkeypatch.setattr(sync_module, "PAGE", 1)
    for place in range(3):
        await bench.api.make_key(name=f"Later {place}")
    bench.line.breaks = ["", "before"]
    with pytest.raises(Unreachable):
        await loop.once()
    assert len(first.keys) == 2
    _, store, loop = await desks.next()
    assert [row.name for row in store.keys.values()] == ["One"]
    await loop.once()
    assert len(store.keys) == 4
    _, store, _ = await desks.next()
    assert len(store.keys) == 4


async def test_that_a_first_load_which_breaks_leaves_no_part_of_a_copy(
    bench: Bench, desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_module, "PAGE", 1)
    for place in range(3):
        await bench.api.make_key(name=f"Key {place}")
    cache, _, loop = await desks.next()
    bench.line.breaks = ["", "", "before"]
    with pytest.raises(Unreachable):
        await loop.once()
    assert not cache.follows
    _, store, loop = await desks.next()
    assert (store.keys, store.link.state) == ({}, "starting")
    await loop.once()
    assert len(store.keys) == 3


async def test_that_a_restored_database_is_loaded_whole_and_kept(bench: Bench, desks: Desks) -> None:
    await bench.api.make_key(name="One")
    _, store, loop = await desks.next()
    await loop.once()
    store.apply_keys([next(iter(store.keys.values()))._replace(id="key_gone")])
    store.set_link(since="01k00000000000000000000000-7", apps_since="01k00000000000000000000000-7")
    await loop.once()
    assert len(store.keys) == 1
    kept = store.keys
    _, store, _ = await desks.next()
    assert store.keys == kept


async def test_that_another_member_sees_nothing_of_the_first_ones_copy(bench: Bench, desks: Desks) -> None:
    await bench.api.make_key(name="One")
    _, _, loop = await desks.next()
    await loop.once()
    other = Client(Transport(bench.api.state.base_url, Bearer(bench.api.tokens["viewer"]), inner=bench.line))
    cache, store, _ = await desks.next()
    before = len(bench.line.carried)
    await SyncLoop(other, store, cache=cache).once()
    assert asked(bench, before)[:2] == [("session", False), ("keys", False)]
    assert store.session is not None
    assert store.session.role == "viewer"
    assert len(list((bench.folder / "cache").glob("*.db"))) == 2
    _, store, _ = await desks.next()
    assert store.session is not None
    assert store.session.role == "viewer"
    assert len(store.keys) == 1


async def test_that_a_key_which_comes_late_still_gets_a_copy_of_everything(bench: Bench, desks: Desks) -> None:
    for place in range(5):
        await bench.api.make_key(name=f"Key {place}")
    vault = Vault(bench.folder)
    cache, store = Cache(bench.folder / "cache", vault, clock=bench.clock), Store()
    desks.open.append(cache)
    assert await restore(cache=cache, store=store) is CopyState.OFF
    loop = SyncLoop(bench.client, store, cache=cache)
    await loop.once()
    assert not (bench.folder / "cache").exists()
    assert await vault.open() is VaultState.READY
    await restore(cache=cache, store=store)
    await loop.once()
    _, again, _ = await desks.next()
    assert again.keys == store.keys
    assert len(again.keys) == 5


async def test_that_a_copy_without_contact_for_long_stays_locked_until_there_is(bench: Bench, desks: Desks) -> None:
    await bench.api.make_key(name="One")
    _, _, loop = await desks.next()
    await loop.once()
    await desks.end()
    bench.clock.advance(31 * DAY)
    _, store, _ = await desks.next()
    assert (store.link.copy, store.keys, store.session) == ("too_old", {}, None)


async def test_that_a_known_store_is_not_overwritten(bench: Bench, desks: Desks) -> None:
    await bench.api.make_key(name="One")
    _, _, loop = await desks.next()
    await loop.once()
    await desks.end()
    cache = await desks.cache()
    keys, link = dict(bench.store.keys), bench.store.link
    await restore(cache=cache, store=bench.store)
    assert bench.store.keys == keys
    assert (bench.store.link.state, bench.store.link.as_of) == (link.state, link.as_of)
    assert not cache.follows


async def test_that_rows_come_in_while_the_desk_is_offline_already(bench: Bench, desks: Desks) -> None:
    await bench.api.make_key(name="One")
    _, _, loop = await desks.next()
    await loop.once()
    await desks.end()
    cache, store = await desks.cache(), Store()
    store.set_link(state="offline", error=Unreachable("refused"))
    await restore(cache=cache, store=store)
    assert (store.link.state, len(store.keys)) == ("offline", 1)
    assert store.link.as_of is not None


async def test_that_a_server_which_does_not_answer_is_called_offline_after_a_while(
    bench: Bench, desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, loop = await desks.next()
    await loop.once()
    monkeypatch.setattr(sync_module, "PROBE_SECONDS", 0.01)
    _, store, loop = await desks.next()
    answering = asyncio.Event()
    inner = bench.line.inner.handle_async_request

    async def held(request: Any) -> Any:
        await answering.wait()
        return await inner(request)

    monkeypatch.setattr(bench.line.inner, "handle_async_request", held)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(loop.run())
        await reached(store, lambda: store.link.state == "offline")
        answering.set()
        await reached(store, lambda: store.link.state == "online")
        task.cancel()


async def reached(store: Store, wanted: Callable[[], bool]) -> None:
    """Wait for a change of the store after which ``wanted`` holds."""
    event = asyncio.Event()
    stop = store.listen(lambda _change: event.set() if wanted() else None)
    if not wanted():
        async with asyncio.timeout(20):
            await event.wait()
    stop()


async def test_that_a_disk_which_fails_does_not_stop_the_sync(bench: Bench, desks: Desks, tmp_path: Path) -> None:
    (bench.folder / "cache").write_text("a file where the folder would be")
    cache, store, loop = await desks.next()
    made = await bench.api.make_key(name="One")
    await loop.once()
    assert made["key"]["id"] in store.keys
    assert (store.link.state, store.link.copy, cache.follows) == ("online", "failed", False)
