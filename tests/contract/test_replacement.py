"""Taking a secret back, or putting another in its place: what was before is there again, whole."""

import pytest

from tests.contract.support import START, Api, at, problem


@pytest.mark.parametrize("starts", ["first_use", "now"])
async def test_that_a_discarded_rotation_leaves_the_key_as_it_was(api: Api, starts: str) -> None:
    made = await api.make_key()
    assert await api.use(made["secret"]) == 200
    rotated = await api.rotate(made["key"]["id"], starts=starts, overlap_seconds=10)
    api.clock.advance(100)  # past the overlap of the one that started at once
    await api.act(f"handovers/{rotated['handover']['id']}/discard")

    key = await api.key(made["key"]["id"])
    assert key["rotation"] is None
    assert [version["state"] for version in key["versions"]] == ["current", "revoked"]
    assert key["versions"][0]["retires_at"] is None
    assert key["masked"] == made["key"]["masked"]
    assert await api.use(made["secret"]) == 200
    assert await api.use(rotated["secret"]) == 401


async def test_that_a_version_in_use_is_not_discarded(api: Api) -> None:
    made = await api.make_key()
    rotated = await api.rotate(made["key"]["id"])
    assert await api.use(rotated["secret"]) == 200
    reply = await api.manager.post(f"/manage/v1/handovers/{rotated['handover']['id']}/discard")
    assert problem(reply)[:2] == (409, "version_used")
    assert await api.use(rotated["secret"]) == 200


async def test_that_a_lost_secret_is_replaced_in_one_step(api: Api) -> None:
    made = await api.make_key()
    first = await api.rotate(made["key"]["id"])
    await api.act(f"handovers/{first['handover']['id']}/ack", {"how": "copy"})
    second = await api.rotate(made["key"]["id"], replaces_version=first["version"]["id"])

    assert [version["state"] for version in second["key"]["versions"]] == ["current", "revoked", "pending"]
    assert await api.use(first["secret"]) == 401
    assert await api.use(made["secret"]) == 200
    assert await api.use(second["secret"]) == 200
    assert [version["state"] for version in (await api.key(made["key"]["id"]))["versions"]] == [
        "retiring", "revoked", "current",
    ]  # fmt: skip


async def test_that_the_only_secret_of_a_key_is_replaced_in_one_step(api: Api) -> None:
    made = await api.make_key()
    await api.act(f"handovers/{made['handover']['id']}/ack", {"how": "copy"})
    version = made["key"]["versions"][0]["id"]
    second = await api.rotate(made["key"]["id"], replaces_version=version)
    assert second["version"]["state"] == "current"
    assert second["key"]["rotation"] is None
    assert await api.use(made["secret"]) == 401
    assert await api.use(second["secret"]) == 200


async def test_that_discarding_a_replacement_brings_back_what_was_handed_over(api: Api) -> None:
    made = await api.make_key()
    await api.act(f"handovers/{made['handover']['id']}/ack", {"how": "copy"})
    second = await api.rotate(made["key"]["id"], replaces_version=made["key"]["versions"][0]["id"])
    await api.act(f"handovers/{second['handover']['id']}/discard")
    assert [version["state"] for version in (await api.key(made["key"]["id"]))["versions"]] == ["current", "revoked"]
    assert await api.use(made["secret"]) == 200


async def test_that_discarding_the_replacement_of_what_nobody_got_leaves_no_key(api: Api) -> None:
    made = await api.make_key()
    second = await api.rotate(made["key"]["id"], replaces_version=made["key"]["versions"][0]["id"])
    reply = await api.manager.post(f"/manage/v1/handovers/{made['handover']['id']}/ack", {"how": "copy"})
    assert problem(reply)[:2] == (409, "handover_ended")
    await api.act(f"handovers/{second['handover']['id']}/discard")
    assert (await api.viewer.get(f"/manage/v1/keys/{made['key']['id']}")).status_code == 404


@pytest.mark.parametrize("starts", ["first_use", "now"])
async def test_that_discarding_a_replaced_rotation_leaves_the_old_version(api: Api, starts: str) -> None:
    made = await api.make_key()
    assert await api.use(made["secret"]) == 200
    first = await api.rotate(made["key"]["id"], starts=starts)
    second = await api.rotate(made["key"]["id"], replaces_version=first["version"]["id"])
    await api.act(f"handovers/{second['handover']['id']}/discard")
    key = await api.key(made["key"]["id"])
    assert [version["state"] for version in key["versions"]] == ["current", "revoked", "revoked"]
    assert key["versions"][0]["retires_at"] is None


async def test_that_a_used_version_is_not_replaced(api: Api) -> None:
    made = await api.make_key()
    assert await api.use(made["secret"]) == 200
    path = f"/manage/v1/keys/{made['key']['id']}/rotate"
    reply = await api.manager.secret_post(path, {"replaces_version": made["key"]["versions"][0]["id"]})
    assert problem(reply)[:2] == (409, "version_used")


async def test_that_an_ended_version_is_not_replaced_again(api: Api) -> None:
    made = await api.make_key()
    version = made["key"]["versions"][0]["id"]
    await api.rotate(made["key"]["id"], replaces_version=version)
    reply = await api.manager.secret_post(f"/manage/v1/keys/{made['key']['id']}/rotate", {"replaces_version": version})
    assert problem(reply)[:2] == (409, "version_not_retirable")


async def test_that_what_was_retired_on_purpose_stays_so_when_the_rotation_is_discarded(api: Api) -> None:
    made = await api.make_key()
    assert await api.use(made["secret"]) == 200
    key_id, old = made["key"]["id"], made["key"]["versions"][0]["id"]
    rotated = await api.rotate(key_id, starts="now")
    await api.act(f"keys/{key_id}/versions/{old}/retire")
    await api.act(f"handovers/{rotated['handover']['id']}/discard")
    key = await api.key(key_id)
    assert [version["state"] for version in key["versions"]] == ["retired", "revoked"]
    third = await api.rotate(key_id)
    assert third["version"]["state"] == "current"
    assert await api.use(third["secret"]) == 200


async def test_that_what_comes_back_takes_the_place_of_what_is_gone(api: Api) -> None:
    made = await api.make_key()
    assert await api.use(made["secret"]) == 200
    second = await api.rotate(made["key"]["id"], starts="now", overlap_seconds=0)
    third = await api.rotate(made["key"]["id"], starts="now", overlap_seconds=60)
    await api.act(f"handovers/{second['handover']['id']}/discard")
    key = await api.key(made["key"]["id"])
    assert [version["state"] for version in key["versions"]] == ["retiring", "revoked", "current"]
    assert at(key["rotation"]["old_retires_at"]) == START + 60
    await api.act(f"handovers/{third['handover']['id']}/discard")
    key = await api.key(made["key"]["id"])
    assert [version["state"] for version in key["versions"]] == ["current", "revoked", "revoked"]
    assert await api.use(made["secret"]) == 200
