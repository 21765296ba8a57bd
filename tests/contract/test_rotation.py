"""Rotation: nothing breaks until the new version is used, two versions at most, and a discard undoes it whole."""

import asyncio
from typing import Any

import pytest

from tests.contract.support import START, Api, at, problem

DAY = 86_400


def states(key: dict[str, Any]) -> dict[str, str]:
    return {version["id"]: version["state"] for version in key["versions"]}


async def test_that_a_rotation_nobody_took_breaks_nothing(api: Api) -> None:
    made = await api.make_key()
    assert await api.use(made["secret"]) == 200
    old = made["key"]["versions"][0]["id"]
    rotated = await api.rotate(made["key"]["id"])

    assert rotated["version"]["state"] == "pending"
    assert rotated["key"]["id"] == made["key"]["id"]
    assert rotated["key"]["status"] == "active"
    assert rotated["key"]["masked"] == made["key"]["masked"]
    assert rotated["key"]["rotation"] == {
        "state": "waiting",
        "old_version": old,
        "new_version": rotated["version"]["id"],
        "overlap_seconds": DAY,
        "old_retires_at": None,
    }
    await api.manager.post(f"/manage/v1/handovers/{rotated['handover']['id']}/ack", {"how": "copy"})
    api.clock.advance(400 * DAY)
    assert await api.use(made["secret"]) == 200
    assert (await api.key(made["key"]["id"]))["rotation"]["state"] == "waiting"


async def test_that_the_overlap_starts_at_the_first_use_of_the_new_version(api: Api) -> None:
    made = await api.make_key()
    key_id, old = made["key"]["id"], made["key"]["versions"][0]["id"]
    rotated = await api.rotate(key_id, overlap_seconds=3600)
    new = rotated["version"]["id"]
    api.clock.advance(5000)
    assert await api.use(rotated["secret"]) == 200

    key = await api.key(key_id)
    assert states(key) == {old: "retiring", new: "current"}
    assert key["rotation"]["state"] == "overlapping"
    assert at(key["rotation"]["old_retires_at"]) == START + 5000 + 3600
    assert key["masked"].endswith(rotated["secret"][-4:])
    api.clock.advance(3599)
    assert await api.use(made["secret"]) == 200
    assert await api.use(rotated["secret"]) == 200
    assert at((await api.key(key_id))["rotation"]["old_retires_at"]) == START + 5000 + 3600
    api.clock.advance(1)
    assert await api.use(made["secret"]) == 401
    assert await api.use(rotated["secret"]) == 200
    key = await api.key(key_id)
    assert states(key) == {old: "retired", new: "current"}
    assert key["rotation"] is None


async def test_that_starting_now_starts_the_overlap_now(api: Api) -> None:
    made = await api.make_key()
    rotated = await api.rotate(made["key"]["id"], starts="now", overlap_seconds=60)
    assert rotated["version"]["state"] == "current"
    assert at(rotated["key"]["rotation"]["old_retires_at"]) == START + 60
    api.clock.advance(60)
    assert await api.use(made["secret"]) == 401
    assert await api.use(rotated["secret"]) == 200


async def test_that_no_overlap_ends_the_old_version_at_once(api: Api) -> None:
    made = await api.make_key()
    rotated = await api.rotate(made["key"]["id"], starts="now", overlap_seconds=0)
    assert rotated["key"]["rotation"] is None
    assert await api.use(made["secret"]) == 401


async def test_that_an_overlap_never_passes_the_keys_expiry(api: Api) -> None:
    made = await api.make_key(expires_at="2026-09-21T15:00:00Z")  # within an hour of the start
    expires = at(made["key"]["expires_at"])
    rotated = await api.rotate(made["key"]["id"], starts="now", overlap_seconds=90 * DAY)
    assert at(rotated["key"]["rotation"]["old_retires_at"]) == expires
    other = await api.make_key(expires_at="2026-09-21T15:00:00Z")
    rotated = await api.rotate(other["key"]["id"], overlap_seconds=90 * DAY)
    assert await api.use(rotated["secret"]) == 200
    assert at((await api.key(other["key"]["id"]))["rotation"]["old_retires_at"]) == expires


@pytest.mark.parametrize("starts", ["first_use", "now"])
async def test_that_a_third_version_is_refused_with_what_to_do(api: Api, starts: str) -> None:
    made = await api.make_key()
    await api.rotate(made["key"]["id"], starts=starts)
    reply = await api.manager.secret_post(f"/manage/v1/keys/{made['key']['id']}/rotate", {"starts": starts})
    assert problem(reply)[:2] == (409, "too_many_versions")
    assert "retire the old one" in reply.json()["detail"]


async def test_that_a_key_rotates_again_once_the_old_version_is_gone(api: Api) -> None:
    made = await api.make_key()
    await api.rotate(made["key"]["id"], starts="now", overlap_seconds=10)
    api.clock.advance(10)
    third = await api.rotate(made["key"]["id"])
    assert third["key"]["rotation"]["state"] == "waiting"
    assert [version["state"] for version in third["key"]["versions"]] == ["retired", "current", "pending"]


async def test_that_of_parallel_rotations_one_wins(api: Api) -> None:
    made = await api.make_key()
    path = f"/manage/v1/keys/{made['key']['id']}/rotate"
    replies = await asyncio.gather(*(api.manager.secret_post(path) for _ in range(12)))
    assert sorted(reply.status_code for reply in replies) == [201] + [409] * 11
    assert len((await api.key(made["key"]["id"]))["versions"]) == 2


async def test_that_parallel_first_uses_start_one_overlap(api: Api) -> None:
    made = await api.make_key()
    rotated = await api.rotate(made["key"]["id"])
    assert set(await asyncio.gather(*(api.use(rotated["secret"]) for _ in range(10)))) == {200}
    assert [action for action, _, _ in api.audit()].count("key.version.first_used") == 1


@pytest.mark.parametrize(
    ("path", "body"), [("revoke", {}), ("revoke", {"compromised": True})], ids=["revoked", "leaked"]
)
async def test_that_a_revoked_key_never_rotates(api: Api, path: str, body: dict[str, object]) -> None:
    made = await api.make_key()
    await api.act(f"keys/{made['key']['id']}/{path}", body)
    reply = await api.manager.secret_post(f"/manage/v1/keys/{made['key']['id']}/rotate")
    assert problem(reply)[:2] == (409, "key_ended")


async def test_that_an_expired_key_never_rotates(api: Api) -> None:
    made = await api.make_key(expires_at="2026-09-22T00:00:00Z")
    await api.act(f"handovers/{made['handover']['id']}/ack", {"how": "copy"})
    api.clock.advance(DAY)
    assert (await api.key(made["key"]["id"]))["status"] == "expired"
    reply = await api.manager.secret_post(f"/manage/v1/keys/{made['key']['id']}/rotate")
    assert problem(reply)[:2] == (409, "key_ended")


async def test_that_a_disabled_key_rotates_and_its_new_secret_waits_for_it(api: Api) -> None:
    made = await api.make_key()
    await api.act(f"keys/{made['key']['id']}/disable")
    rotated = await api.rotate(made["key"]["id"])
    assert rotated["key"]["status"] == "disabled"
    assert await api.use(rotated["secret"]) == 401
    await api.act(f"keys/{made['key']['id']}/enable")
    assert await api.use(rotated["secret"]) == 200


@pytest.mark.parametrize(
    ("body", "pointer", "fault"),
    [
        ({"overlap_seconds": -1}, "/overlap_seconds", "out_of_range"),
        ({"overlap_seconds": 7_776_001}, "/overlap_seconds", "out_of_range"),
        ({"overlap_seconds": "60"}, "/overlap_seconds", "wrong_type"),
        ({"overlap_seconds": 10**30}, "/overlap_seconds", "out_of_range"),
        ({"overlap_seconds": True}, "/overlap_seconds", "wrong_type"),
        ({"starts": "later"}, "/starts", "unknown_value"),
        ({"replaces_version": "ver_01M85VH2HSPGWN3889WGM8YH4S"}, "/replaces_version", "unknown_value"),
        ({"why": ""}, "/why", "unknown_field"),
    ],
)
async def test_that_a_wrong_rotation_is_told(api: Api, body: dict[str, object], pointer: str, fault: str) -> None:
    made = await api.make_key()
    reply = await api.manager.secret_post(f"/manage/v1/keys/{made['key']['id']}/rotate", body)
    assert problem(reply) == (422, "invalid_values", {pointer: fault})
    assert await api.key(made["key"]["id"]) == made["key"]


async def test_that_the_old_version_can_be_retired_early(api: Api) -> None:
    made = await api.make_key()
    key_id, old = made["key"]["id"], made["key"]["versions"][0]["id"]
    rotated = await api.rotate(key_id)
    assert await api.use(rotated["secret"]) == 200
    key = await api.act(f"keys/{key_id}/versions/{old}/retire")
    assert states(key)[old] == "retired"
    assert key["rotation"] is None
    assert await api.use(made["secret"]) == 401
    again = await api.act(f"keys/{key_id}/versions/{old}/retire")
    assert again == key


async def test_that_retiring_a_pending_version_calls_its_rotation_off(api: Api) -> None:
    made = await api.make_key()
    rotated = await api.rotate(made["key"]["id"])
    key = await api.act(f"keys/{made['key']['id']}/versions/{rotated['version']['id']}/retire")
    assert [version["state"] for version in key["versions"]] == ["current", "retired"]
    assert await api.use(rotated["secret"]) == 401
    assert await api.use(made["secret"]) == 200
    reply = await api.manager.post(f"/manage/v1/handovers/{rotated['handover']['id']}/ack", {"how": "copy"})
    assert problem(reply)[:2] == (409, "handover_ended")


async def test_that_the_current_version_is_not_retired(api: Api) -> None:
    made = await api.make_key()
    version = made["key"]["versions"][0]["id"]
    reply = await api.manager.post(f"/manage/v1/keys/{made['key']['id']}/versions/{version}/retire")
    assert problem(reply)[:2] == (409, "version_not_retirable")


async def test_that_a_retiring_version_can_live_longer(api: Api) -> None:
    made = await api.make_key()
    key_id, old = made["key"]["id"], made["key"]["versions"][0]["id"]
    await api.rotate(key_id, starts="now", overlap_seconds=60)
    path = f"keys/{key_id}/versions/{old}/extend"
    key = await api.act(path, {"retires_at": "2026-09-30T12:00:00+02:00"})
    assert key["rotation"]["old_retires_at"] == "2026-09-30T10:00:00.000Z"
    api.clock.advance(61)
    assert await api.use(made["secret"]) == 200
    for text, fault in (("2026-09-01T00:00:00Z", "in_the_past"), ("2027-09-01T00:00:00Z", "too_far")):
        reply = await api.manager.post(f"/manage/v1/{path}", {"retires_at": text})
        assert problem(reply) == (422, "invalid_values", {"/retires_at": fault})


async def test_that_an_extension_never_passes_the_keys_expiry(api: Api) -> None:
    made = await api.make_key(expires_at="2026-09-25T00:00:00Z")
    old = made["key"]["versions"][0]["id"]
    await api.rotate(made["key"]["id"], starts="now", overlap_seconds=60)
    path = f"/manage/v1/keys/{made['key']['id']}/versions/{old}/extend"
    reply = await api.manager.post(path, {"retires_at": "2026-09-25T00:00:01Z"})
    assert problem(reply) == (422, "invalid_values", {"/retires_at": "too_far"})


async def test_that_only_a_retiring_version_is_extended(api: Api) -> None:
    made = await api.make_key()
    path = f"/manage/v1/keys/{made['key']['id']}/versions/{made['key']['versions'][0]['id']}/extend"
    reply = await api.manager.post(path, {"retires_at": "2026-09-25T00:00:00Z"})
    assert problem(reply)[:2] == (409, "version_not_retiring")


async def test_that_a_version_is_found_at_its_own_key_alone(api: Api) -> None:
    one, other = await api.make_key(), await api.make_key()
    path = f"/manage/v1/keys/{one['key']['id']}/versions/{other['key']['versions'][0]['id']}/retire"
    assert problem(await api.manager.post(path))[:2] == (404, "not_found")
