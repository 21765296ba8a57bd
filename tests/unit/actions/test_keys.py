"""Each action asks the server, puts its answer into the store, and returns it."""

import hashlib
from typing import Any

import pytest

from bcdesk.actions import handovers, keys
from bcdesk.client.errors import Conflict, Forbidden, InvalidValues, NotFound, Stale
from bcdesk.client.values import KeyDraft
from tests.contract.support import START
from tests.unit.actions.conftest import Bench


async def test_that_a_key_is_made_with_everything_it_was_asked_for(bench: Bench) -> None:
    made = await bench.create(
        name="Storefront",
        description="Of the shop",
        owner="Web",
        tags=("a", "b"),
        scopes=("beats.read", "purchases.write"),
        expires_at=START + 86_400.0,
        allowed_cidrs=("127.0.0.0/8", "2001:db8::/32"),
    )
    row = bench.store.keys[made.key.id]
    assert row == made.key
    assert row.haystack == f"storefront\nof the shop\nweb\na b\n{made.secret.last4.casefold()}\n{row.id.casefold()}"
    assert row[1:6] == ("Storefront", "Of the shop", "Web", ("a", "b"), "live")
    assert row.scopes == ("beats.read", "purchases.write")
    assert row.allowed_cidrs == ("127.0.0.0/8", "2001:db8::/32")
    assert row.expires_at == START + 86_400.0
    assert row.handover is not None
    assert row.handover.state == "waiting"
    assert made.version_id == row.versions[0].id
    assert await bench.api.use(made.secret.take()) == 200


async def test_that_faults_come_back_at_their_fields_and_leave_no_entry(bench: Bench) -> None:
    with pytest.raises(InvalidValues) as refused:
        await bench.create(name="", environment="sandbox", scopes=("beats.read", "purchases.write"))
    assert {(fault.pointer, fault.code) for fault in refused.value.faults} == {
        ("/name", "empty"),
        ("/scopes/1", "scope_not_in_sandbox"),
    }
    assert bench.journal.pending() == ()
    assert bench.journal.claimed == set()
    assert bench.store.keys == {}


async def test_that_a_rotation_lets_both_versions_work(bench: Bench) -> None:
    first = await bench.create()
    old = first.secret.take()
    await handovers.acknowledge(**bench.parts, made=first, how="copy")
    second = await bench.rotate(first.key.id, overlap_seconds=3600)
    row = bench.store.keys[first.key.id]
    assert row.rotation is not None
    assert (row.rotation.state, row.rotation.overlap_seconds) == ("waiting", 3600)
    assert second.version_id == row.rotation.new_version
    assert await bench.api.use(old) == 200
    assert await bench.api.use(second.secret.take()) == 200
    assert (await keys.refresh_key(client=bench.client, store=bench.store, key_id=row.id)).rotation is not None
    assert bench.store.keys[row.id].rotation.state == "overlapping"  # type: ignore[union-attr]


async def test_that_the_life_of_a_key_shows_in_the_store(bench: Bench) -> None:
    made = await bench.create()
    parts: dict[str, Any] = {"client": bench.client, "store": bench.store, "key_id": made.key.id}

    def status() -> str:
        return bench.store.keys[made.key.id].status

    assert (await keys.disable_key(**parts)).status == status() == "disabled"
    assert (await keys.enable_key(**parts)).status == status() == "active"
    assert (await keys.revoke_key(**parts, reason="Old", compromised=False)).revoked_reason == "Old"
    assert status() == "revoked"
    assert (await keys.restore_key(**parts)).status == status() == "active"
    await keys.revoke_key(**parts, reason="", compromised=True)
    with pytest.raises(Conflict) as refused:
        await keys.restore_key(**parts)
    assert refused.value.code == "key_compromised"
    assert bench.store.keys[made.key.id].compromised


async def test_that_an_edit_of_a_stale_row_names_what_changed(bench: Bench) -> None:
    made = await bench.create()
    parts: dict[str, Any] = {"client": bench.client, "store": bench.store, "key_id": made.key.id}
    row = await keys.edit_key(**parts, changes={"name": "Till", "tags": ["x"]}, revision=made.key.revision)
    assert (row.name, row.tags, bench.store.keys[row.id]) == ("Till", ("x",), row)
    with pytest.raises(Stale) as stale:
        await keys.edit_key(**parts, changes={"name": "Shop 2"}, revision=made.key.revision)
    assert set(stale.value.fields) == {"name", "tags"}
    assert bench.store.keys[row.id].name == "Till"


async def test_that_versions_are_extended_and_retired(bench: Bench) -> None:
    made = await bench.create()
    await handovers.acknowledge(**bench.parts, made=made, how="file")
    await bench.rotate(made.key.id, starts="now", overlap_seconds=600)
    parts: dict[str, Any] = {
        "client": bench.client,
        "store": bench.store,
        "key_id": made.key.id,
        "version_id": made.version_id,
    }
    until = bench.clock() + 7200.0
    row = await keys.extend_version(**parts, retires_at=until)
    assert next(one for one in row.versions if one.id == made.version_id).retires_at == until
    row = await keys.retire_version(**parts)
    assert next(one for one in row.versions if one.id == made.version_id).state == "retired"
    assert bench.store.keys[row.id] == row


async def test_that_a_pasted_key_is_known_by_its_hash(bench: Bench) -> None:
    made = await bench.create()
    digest = hashlib.sha256(made.secret.show().encode()).hexdigest()
    found = await keys.identify_key(client=bench.client, token_sha256=digest)
    assert found is not None
    assert (found.key_id, found.version_id, found.sha256) == (made.key.id, made.version_id, digest)
    assert await keys.identify_key(client=bench.client, token_sha256="0" * 64) is None


async def test_that_callers_are_counted(bench: Bench) -> None:
    made = await bench.create()
    await bench.api.use(made.secret.take())
    bench.api.state.usage.flush()
    found = await keys.key_callers(client=bench.client, key_id=made.key.id)
    assert (found.requests_24h, found.requests_7d, len(found.items)) == (1, 1, 1)
    assert found.items[0].requests_24h == 1


async def test_that_a_key_that_is_gone_is_not_found(bench: Bench) -> None:
    with pytest.raises(NotFound):
        await keys.disable_key(client=bench.client, store=bench.store, key_id="key_../../session")
    with pytest.raises(NotFound):
        await keys.refresh_key(client=bench.client, store=bench.store, key_id="key_01GZNWH1G0A0PDNXXYEST2Z8XH")


async def test_that_a_viewer_gets_no_path_to_a_secret(bench: Bench) -> None:
    from bcdesk.client.bearer import Bearer
    from bcdesk.client.client import Client
    from bcdesk.client.transport import Transport

    made = await bench.create()
    client = Client(Transport(bench.api.state.base_url, Bearer(bench.api.tokens["viewer"]), inner=bench.line))
    with pytest.raises(Forbidden):
        await client.keys.rotate(made.key.id, overlap_seconds=0, starts="now", idempotency_key="k" * 43)
    with pytest.raises(Forbidden):
        await client.keys.create(KeyDraft("x", "live", ("beats.read",)), "k" * 43)
    assert (await client.session()).role == "viewer"
    assert (await client.scopes())[0].name == "user.profile"
    assert {member.role for member in await client.members.list()} == {"owner", "manager", "viewer"}
    await client.aclose()


async def test_that_a_replacement_names_what_it_replaces(bench: Bench) -> None:
    old = await bench.create()
    await keys.revoke_key(client=bench.client, store=bench.store, key_id=old.key.id, reason="", compromised=True)
    new = await bench.create(replaces=old.key.id)
    assert new.key.replaces == old.key.id
    row = await keys.refresh_key(client=bench.client, store=bench.store, key_id=old.key.id)
    assert row.replaced_by == new.key.id
