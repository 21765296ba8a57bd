"""Applications in the desk, on a real server: registering, editing, ending, further secrets and the contract."""

import json
from typing import Any

import pytest

from bcdesk.actions import applications as apps
from bcdesk.actions import handovers
from bcdesk.client.errors import Conflict, Garbled, InvalidValues, NotFound, Stale, Unreachable
from bcdesk.client.values import AppDraft
from bcdesk.contract.redirects import Reason
from bcdesk.contract.rows import AppRow
from bcdesk.store.store import Change
from tests.unit.actions.conftest import Bench
from tests.unit.actions.registering import SPA, WEB, add, known, live, quiet, register, taken
from tests.unit.client.answering import answer, answering

DAY = 24 * 3600.0


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


# ------------------------------------------------------------------ answers off the contract


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
    from bcdesk.client.replies import Reply
    from bcdesk.client.resource import page_rows
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
