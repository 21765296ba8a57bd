"""Applications in the desk, on a real server: actions, the hand-over of client secrets, the sync of both lists."""

import json
from typing import Any

import pytest

from bcdesk.actions import applications as apps
from bcdesk.actions import handovers
from bcdesk.actions import sync as sync_module
from bcdesk.actions.handing import Handing
from bcdesk.actions.reveal import State
from bcdesk.actions.secret_file import Form
from bcdesk.actions.sync import SyncLoop
from bcdesk.client.errors import Conflict, Garbled, InvalidValues, NotFound, Stale, Unreachable
from bcdesk.client.values import AppDraft, MadeApp, MadeSecret
from bcdesk.contract.redirects import Reason
from bcdesk.contract.rows import AppRow
from bcdesk.store.store import Change, Store
from tests.unit.actions.conftest import Bench
from tests.unit.client.answering import answer, answering, problem

WEB = AppDraft("Market", "web", ("user.profile",), ("https://shop.example/cb",))
SPA = AppDraft("Page", "spa", ("beats.read",), ("https://page.example/cb",))
DAY = 24 * 3600.0


async def register(bench: Bench, draft: AppDraft = WEB) -> MadeApp:
    made = await apps.register_app(**bench.parts, draft=draft, clock=bench.clock)
    assert isinstance(made, MadeApp)
    return made


async def taken(bench: Bench, draft: AppDraft = WEB) -> MadeApp:
    """Register an application and hand its secret over."""
    made = await register(bench, draft)
    await handovers.acknowledge(**bench.parts, made=made, how="copy")
    return made


async def add(bench: Bench, app_id: str, **more: Any) -> MadeSecret:
    return await apps.add_secret(**bench.parts, app_id=app_id, clock=bench.clock, **more)


def quiet(bench: Bench) -> dict[str, Any]:
    """Return what actions without a secret take."""
    return {"client": bench.client, "store": bench.store}


def live(bench: Bench, app_id: str) -> list[str]:
    return [secret.last4 for secret in bench.store.apps[app_id].secrets]


async def known(bench: Bench) -> dict[str, AppRow]:
    page = await bench.client.apps.list(limit=1000)
    return {row.id: row for row in page.items if isinstance(row, AppRow)}


# ------------------------------------------------------------------ registering, editing, ending


async def test_that_a_registered_app_is_in_the_store_with_its_secret_waiting(bench: Bench) -> None:
    made = await register(bench)
    assert made.secret.prefix == "bcs_"
    row = bench.store.apps[made.app.id]
    assert row == made.app
    assert row.handover is not None
    assert (made.version_id, made.secret.last4) == (row.secrets[0].id, row.secrets[0].last4)
    (entry,) = bench.journal.pending()
    assert (entry.kind, entry.about, entry.state, entry.key_id) == ("app", "app", "waiting", row.id)
    assert entry.masked == f"bcs_*************{made.secret.last4}"
    assert made.secret.show() not in repr(made) + repr(entry) + repr(row)
    assert all(text in row.haystack for text in ("market", row.client_id, "https://shop.example/cb", row.id.casefold()))


async def test_that_a_public_app_has_no_secret_and_leaves_nothing_to_hand_over(bench: Bench) -> None:
    made = await apps.register_app(**bench.parts, draft=SPA, clock=bench.clock)
    assert isinstance(made, AppRow)
    assert bench.store.apps == {made.id: made}
    assert (made.secrets, made.handover, made.token_endpoint_auth_method) == ((), None, "none")
    assert bench.journal.pending() == ()


async def test_that_a_lost_reply_to_a_public_registration_makes_no_second_app(bench: Bench) -> None:
    bench.line.breaks = ["after"] * 4
    with pytest.raises(Unreachable):
        await apps.register_app(**bench.parts, draft=SPA, clock=bench.clock)
    await bench.restart()
    (entry,) = await bench.journal.load()
    assert await handovers.recover(**bench.parts, clock=bench.clock) == []
    assert bench.journal.pending() == ()
    assert bench.journal.made == {entry.id: next(iter(bench.store.apps))}
    assert [row.name for row in (await known(bench)).values()] == ["Page"]
    assert len(bench.store.apps) == 1


async def test_that_a_stale_public_registration_is_forgotten_without_a_word(bench: Bench) -> None:
    bench.line.breaks = ["before"] * 4
    with pytest.raises(Unreachable):
        await apps.register_app(**bench.parts, draft=SPA, clock=bench.clock)
    bench.clock.advance(DAY)
    await bench.restart()
    assert await handovers.recover(**bench.parts, clock=bench.clock) == []
    assert (bench.journal.pending(), await known(bench)) == ((), {})


async def test_that_refused_values_come_with_their_pointers(bench: Bench) -> None:
    draft = AppDraft("", "web", ("nope",), ("https://shop.example/cb", "http://shop.example/cb"))
    with pytest.raises(InvalidValues) as refused:
        await apps.register_app(**bench.parts, draft=draft, clock=bench.clock)
    assert {fault.pointer for fault in refused.value.faults} >= {"/name", "/scopes/0", "/redirect_uris/1"}
    assert (bench.journal.pending(), bench.store.apps) == ((), {})


async def test_that_an_edit_applies_the_answer_and_a_stale_one_changes_nothing(bench: Bench) -> None:
    made = await taken(bench)
    row = bench.store.apps[made.app.id]
    edited = await apps.edit_app(**quiet(bench), app_id=row.id, changes={"name": "Shop"}, revision=row.revision)
    assert bench.store.apps[row.id] == edited
    assert edited.name == "Shop"
    with pytest.raises(Stale) as stale:
        await apps.edit_app(**quiet(bench), app_id=row.id, changes={"name": "Other"}, revision=row.revision)
    assert stale.value.fields == ("name",)
    assert await apps.refresh_app(**quiet(bench), app_id=row.id) == edited


async def test_that_an_app_is_turned_off_and_on_deleted_and_restored(bench: Bench) -> None:
    made = await taken(bench)
    id = made.app.id
    assert (await apps.disable_app(**quiet(bench), app_id=id)).status == "disabled"
    assert (await apps.enable_app(**quiet(bench), app_id=id)).status == "active"
    changes: list[Change] = []
    bench.store.listen(changes.append)
    await apps.delete_app(**quiet(bench), app_id=id)
    assert (bench.store.apps, [change.apps_removed for change in changes]) == ({}, [(id,)])
    with pytest.raises(NotFound):
        await apps.refresh_app(**quiet(bench), app_id=id)
    restored = await apps.restore_app(**quiet(bench), app_id=id)
    assert bench.store.apps == {id: restored}
    assert [secret.id for secret in restored.secrets] == [made.version_id]


async def test_that_a_restore_after_an_hour_is_refused(bench: Bench) -> None:
    made = await taken(bench)
    await apps.delete_app(**quiet(bench), app_id=made.app.id)
    bench.clock.advance(3600.0)
    with pytest.raises((Conflict, NotFound)):
        await apps.restore_app(**quiet(bench), app_id=made.app.id)


async def test_that_the_server_judges_a_redirect_as_the_form_does(bench: Bench) -> None:
    made = await taken(bench)
    check: dict[str, Any] = {"client": bench.client, "app_id": made.app.id}
    exact = await apps.check_redirect(**check, uri="https://shop.example/cb")
    assert (exact.ok, exact.reason, exact.registered) == (True, Reason.EXACT, "https://shop.example/cb")
    other = await apps.check_redirect(**check, uri="https://shop.example/c")
    assert (other.ok, other.reason, other.differs_at) == (False, Reason.DIFFERS, 22)


async def test_that_grants_are_listed_and_revoked(bench: Bench) -> None:
    made = await taken(bench)
    page = await apps.list_grants(client=bench.client, app_id=made.app.id)
    assert (page.items, page.next_cursor, page.as_of) == ((), None, bench.clock())
    with pytest.raises(NotFound):
        await apps.revoke_grant(**quiet(bench), app_id=made.app.id, grant_id="gra_01GZNWH1G0A0PDNXXYEST2Z8XH")
    await apps.revoke_grants(**quiet(bench), app_id=made.app.id)


# ------------------------------------------------------------------ client secrets


async def test_that_a_further_secret_overlaps_and_the_old_one_can_be_deleted(bench: Bench) -> None:
    made = await taken(bench)
    new = await add(bench, made.app.id, overlap_seconds=600)
    old, current = bench.store.apps[made.app.id].secrets
    assert (old.expires_at, current.expires_at) == (bench.clock() + 600, None)
    assert new.version == current
    with pytest.raises(Conflict) as third:
        await add(bench, made.app.id)
    assert third.value.code == "too_many_secrets"
    await handovers.acknowledge(**bench.parts, made=new, how="copy")
    await apps.delete_secret(**quiet(bench), app_id=made.app.id, secret_id=old.id)
    assert live(bench, made.app.id) == [new.secret.last4]
    with pytest.raises(Conflict) as last:
        await apps.delete_secret(**quiet(bench), app_id=made.app.id, secret_id=current.id)
    assert last.value.code == "last_secret"
    assert bench.journal.pending() == ()


async def test_that_a_public_app_gets_no_secret(bench: Bench) -> None:
    made = await apps.register_app(**bench.parts, draft=SPA, clock=bench.clock)
    assert isinstance(made, AppRow)
    with pytest.raises(Conflict) as refused:
        await add(bench, made.id)
    assert refused.value.code == "no_secrets"
    assert bench.journal.pending() == ()


@pytest.mark.parametrize("cut", ["before", "after", "garbled"])
async def test_that_a_registration_cut_on_its_way_comes_back_once(bench: Bench, cut: str) -> None:
    bench.line.breaks = [cut] * 4
    with pytest.raises((Unreachable, Garbled)):
        await register(bench)
    bench.line.breaks = []
    await bench.restart()
    (found,) = await handovers.recover(**bench.parts, clock=bench.clock)
    assert isinstance(found.made, MadeApp)
    assert (found.kind, found.pending.about) == ("waiting", "app")
    assert len(await known(bench)) == 1
    await handovers.acknowledge(**bench.parts, made=found.made, how="copy")
    assert bench.journal.pending() == ()
    assert bench.store.apps[found.made.app.id].handover is None


async def test_that_a_new_secret_cut_on_its_way_comes_back_once(bench: Bench) -> None:
    made = await taken(bench)
    bench.line.breaks = ["after"] * 4
    with pytest.raises(Unreachable):
        await add(bench, made.app.id)
    await bench.restart()
    (found,) = await handovers.recover(**bench.parts, clock=bench.clock)
    assert isinstance(found.made, MadeSecret)
    assert live(bench, made.app.id) == [made.secret.last4, found.made.secret.last4]


async def test_that_the_same_registration_pressed_again_is_not_doubled(bench: Bench) -> None:
    bench.line.breaks = ["after"] * 4
    with pytest.raises(Unreachable):
        await register(bench)
    made = await register(bench)
    assert list(await known(bench)) == [made.app.id]


async def test_that_a_discarded_registration_leaves_no_app(bench: Bench) -> None:
    made = await register(bench)
    await handovers.discard(**bench.parts, made=made)
    assert made.secret.spent
    assert (bench.store.apps, await known(bench), bench.journal.pending()) == ({}, {}, ())


async def test_that_a_discarded_secret_leaves_the_old_as_it_was(bench: Bench) -> None:
    made = await taken(bench)
    before = bench.store.apps[made.app.id].secrets
    new = await add(bench, made.app.id)
    await handovers.discard(**bench.parts, made=new)
    assert bench.store.apps[made.app.id].secrets == before


async def test_that_an_ended_handover_tells_which_app_it_was(bench: Bench) -> None:
    made = await register(bench)
    (entry,) = bench.journal.pending()
    await handovers.acknowledge(**bench.parts, made=made, how="copy")
    with pytest.raises(Conflict) as over:
        await bench.client.apps.create_from(entry.body, entry.idempotency_key)
    assert over.value.members["app_id"] == made.app.id


async def test_that_a_secret_that_may_have_been_copied_is_asked_about_and_replaced(bench: Bench) -> None:
    made = await register(bench)
    await handovers.mark_copying(bench.journal, made.handover.id, how="copy", clock=bench.clock)
    await bench.restart()
    (found,) = await handovers.recover(**bench.parts, clock=bench.clock)
    assert (found.kind, found.made) == ("maybe_copied", None)
    new = await handovers.replace_lost(**bench.parts, lost=found.pending)
    assert isinstance(new, MadeSecret)
    assert live(bench, made.app.id) == [new.secret.last4]
    assert [entry.version_id for entry in bench.journal.pending()] == [new.version_id]


# ------------------------------------------------------------------ handing over


def handing(bench: Bench, made: MadeApp | MadeSecret) -> Handing:
    return Handing(made, store=bench.store, journal=bench.journal, client_of=lambda: bench.client, now=bench.clock)


async def test_that_a_client_secret_is_copied_told_and_replaced(bench: Bench) -> None:
    made = await register(bench)
    hand = handing(bench, made)
    assert (hand.about, hand.kind) == ("app", "create")
    placed: list[str] = []

    async def put(value: str) -> bool:
        placed.append(value)
        return True

    assert await hand.copy(put)
    await hand.tell()
    assert (hand.told, hand.state, hand.secret) == ("told", State.HANDED_OVER, None)
    assert placed[0].startswith("bcs_")
    assert bench.store.apps[made.app.id].handover is None
    after = await hand.replace()
    assert (hand.state, after.kind, after.about) == (State.DISCARDED, "rotate", "app")
    assert live(bench, made.app.id) == [after.made.secret.last4]
    await after.discard()
    assert live(bench, made.app.id) == [made.secret.last4]


async def test_that_a_client_secret_is_saved_under_its_own_variable(bench: Bench) -> None:
    made = await register(bench)
    value = made.secret.show()
    file = bench.folder / "market.env"
    await handing(bench, made).save(file, Form.ENV)
    assert file.read_text() == f"BEATCONNECT_CLIENT_SECRET={value}\n"


async def test_that_a_sealed_client_secret_is_asked_for_again(bench: Bench) -> None:
    made = await register(bench)
    value = made.secret.show()
    hand = handing(bench, made)
    hand.seal()
    assert made.secret.spent
    assert await hand.unseal()
    assert hand.secret is not None
    assert hand.secret.show() == value


# ------------------------------------------------------------------ sync


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


@pytest.mark.parametrize(
    "change",
    [
        {"type": "desktop"},
        {"secrets": [{}]},
        {"revision": "first"},
        {"access_token_ttl": None},
    ],
)
async def test_that_an_app_off_the_contract_is_garbled_and_not_repeated(bench: Bench, change: dict[str, Any]) -> None:
    made = await taken(bench)
    told = (await bench.api.manager.get(f"/manage/v1/apps/{made.app.id}")).json()
    from bcdesk.client.convert_apps import app_row
    from bcdesk.client.resource import page_rows
    from bcdesk.client.transport import Reply
    from bcdesk.contract.wire import applications as wire

    page = {"items": [{**told, **change}], "next_cursor": None, "as_of": "2026-01-01T00:00:00.000Z", "since": "x"}
    with pytest.raises(Garbled) as garbled:
        await page_rows(Reply(200, json.dumps(page).encode(), ""), wire.AppPage, wire.App, app_row)
    assert str(garbled.value) == "shape (200)"


async def test_that_a_secret_of_the_wrong_form_is_garbled(bench: Bench) -> None:
    from bcdesk.client.applications import Applications
    from bcdesk.client.bearer import Bearer
    from bcdesk.client.transport import Transport

    reply = await bench.api.manager.secret_post("/manage/v1/apps", WEB.body())
    for change in ({"secret": "bca_live_nonsense"}, {"secret": 3}, {"secret": None}, {"handover": None}):
        async with answering(answer({**reply.json(), **change}, 201)) as server:
            transport = Transport(server.url, Bearer("x"))
            with pytest.raises(Garbled) as garbled:
                await Applications(transport).create(WEB, "k" * 32)
            await transport.aclose()
        assert garbled.value.what == "secret"
