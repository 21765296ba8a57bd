"""The sync of applications beside keys: by pages, by changes, and with servers that cannot tell them."""

import pytest

from bcdesk.actions import sync as sync_module
from bcdesk.actions.sync import SyncLoop
from bcdesk.client.errors import Unreachable
from bcdesk.client.values import AppDraft
from bcdesk.store.store import Change, Store
from tests.unit.actions.conftest import Bench
from tests.unit.actions.registering import known, register, taken
from tests.unit.client.answering import answer, answering, problem


async def test_that_a_first_sync_loads_apps_page_by_page_beside_keys(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_module, "PAGE", 2)
    await bench.create()
    for place in range(5):
        await register(bench, AppDraft(f"App {place}", "web", ("user.profile",), ("https://shop.example/cb",)))
    store = Store()
    await SyncLoop(bench.client, store).once()
    assert store.apps == await known(bench)
    assert len(store.apps) == 5
    assert len(store.keys) == 1
    assert (store.link.state, store.link.apps, store.link.progress) == ("online", True, 6)


async def test_that_later_syncs_bring_changed_and_deleted_apps(bench: Bench) -> None:
    kept, gone = await taken(bench), await taken(bench)
    store = Store()
    loop = SyncLoop(bench.client, store)
    await loop.once()
    changes: list[Change] = []
    store.listen(changes.append)
    await bench.client.apps.disable(kept.app.id)
    await bench.client.apps.delete(gone.app.id)
    await loop.once()
    assert [(change.apps_changed, change.apps_removed) for change in changes if change.apps] == [
        ((kept.app.id,), (gone.app.id,))
    ]
    assert store.apps == await known(bench)
    changes.clear()
    await loop.once()
    assert not any(change.apps or change.keys for change in changes)
    await bench.client.apps.restore(gone.app.id)
    await loop.once()
    assert store.apps == await known(bench)


async def test_that_a_since_of_another_database_reloads_the_apps_alone(bench: Bench) -> None:
    made = await taken(bench)
    bench.store.apply_apps([bench.store.apps[made.app.id]._replace(id="app_gone")])
    bench.store.set_link(apps_since="01k00000000000000000000000-7")
    before = len(bench.line.carried)
    await SyncLoop(bench.client, bench.store).once()
    assert bench.store.apps == await known(bench)
    asked = [request.url for request in bench.line.carried[before:] if request.url.path.endswith("/keys")]
    assert [url.params.get("since") is not None for url in asked] == [True]


async def test_that_another_server_at_the_address_brings_its_own_apps(bench: Bench) -> None:
    made = await taken(bench)
    assert bench.store.session is not None
    bench.store.set_session(bench.store.session._replace(server_id="another"))
    bench.store.apply_apps([bench.store.apps[made.app.id]._replace(id="app_other")])
    await SyncLoop(bench.client, bench.store).once()
    assert bench.store.apps == await known(bench)


@pytest.mark.parametrize("missing", [problem(404, "not_found"), answer({"detail": "Not Found"}, 404)])
async def test_that_a_server_without_applications_still_syncs(bench: Bench, missing: bytes) -> None:
    made = await taken(bench)
    session = await bench.api.manager.get("/manage/v1/session")
    keys = await bench.api.manager.get("/manage/v1/keys")
    script = [answer(session.json()), answer(keys.json()), missing, answer(keys.json())]
    from bcdesk.client.bearer import Bearer
    from bcdesk.client.client import Client
    from bcdesk.client.transport import Transport

    async with answering(*script) as server:
        client = Client(Transport(server.url, Bearer("x")))
        store = Store()
        store.apply_apps([bench.store.apps[made.app.id]])
        loop = SyncLoop(client, store)
        await loop.once()
        await loop.once()
        await client.aclose()
    assert (store.link.state, store.link.apps, store.apps, store.link.error) == ("online", False, {}, None)
    assert sum(b"/manage/v1/apps" in asked for asked in server.asked) == 1


async def test_that_apps_the_server_fails_to_tell_stay_and_the_link_says_why(bench: Bench) -> None:
    made = await taken(bench)
    loop = SyncLoop(bench.client, bench.store)
    await loop.once()
    since, apps_since = bench.store.link.since, bench.store.link.apps_since
    await bench.create()
    bench.line.breaks = ["", "before"]
    with pytest.raises(Unreachable):
        await loop.once()
    assert (bench.store.link.since, bench.store.link.apps_since) == (since, apps_since)
    assert list(bench.store.apps) == [made.app.id]
