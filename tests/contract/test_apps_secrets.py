"""Client secrets: two at most, an overlap that discarding calls off, and never none by accident."""

import asyncio
import sqlite3
from typing import Any

import pytest

from tests.contract.support import MOBILE, Api, at, problem

DAY = 86_400


def live(app: dict[str, Any]) -> dict[str, float | None]:
    return {one["last4"]: at(one["expires_at"]) for one in app["secrets"]}


async def acknowledged(api: Api, made: dict[str, Any]) -> dict[str, Any]:
    await api.act(f"handovers/{made['handover']['id']}/ack", {"how": "copy"})
    return made


async def with_two(api: Api, **values: object) -> tuple[dict[str, Any], dict[str, Any]]:
    first = await acknowledged(api, await api.make_app())
    return first, await api.make_secret(first["app"]["id"], **values)


async def remove(api: Api, made: dict[str, Any], secret: dict[str, Any]) -> Any:
    return await api.manager.request("DELETE", f"/manage/v1/apps/{made['app']['id']}/secrets/{secret['id']}")


async def test_that_a_new_secret_leaves_the_old_one_its_overlap(api: Api) -> None:
    first, second = await with_two(api, overlap_seconds=600)
    assert second["version"]["last4"] == second["secret"][-4:]
    assert live(second["app"]) == {first["secret"][-4:]: api.clock() + 600, second["secret"][-4:]: None}
    api.clock.advance(600)
    assert live(await api.app_row(first["app"]["id"])) == {second["secret"][-4:]: None}


async def test_that_a_passing_secret_ends_by_itself_and_leaves_the_other_one_alone(api: Api) -> None:
    first, second = await with_two(api, lasts_seconds=600)
    endless = {first["secret"][-4:]: None}
    assert live(second["app"]) == {**endless, second["secret"][-4:]: api.clock() + 600}
    api.clock.advance(600)
    assert live(await api.app_row(first["app"]["id"])) == endless
    third = await api.make_secret(first["app"]["id"], lasts_seconds=600)
    assert (await remove(api, first, third["version"])).status_code == 204
    assert live(await api.app_row(first["app"]["id"])) == endless


async def test_that_the_overlap_is_a_day_unless_told(api: Api) -> None:
    first = await api.make_app()
    reply = await api.manager.secret_post(f"/manage/v1/apps/{first['app']['id']}/secrets")
    assert reply.status_code == 201
    assert live(reply.json()["app"])[first["secret"][-4:]] == api.clock() + DAY


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"overlap_seconds": -1}, {"/overlap_seconds": "out_of_range"}),
        ({"overlap_seconds": 7_776_001}, {"/overlap_seconds": "out_of_range"}),
        ({"lasts_seconds": 3_601}, {"/lasts_seconds": "out_of_range"}),
        ({"overlap_seconds": "60"}, {"/overlap_seconds": "wrong_type"}),
        ({"starts": "now"}, {"/starts": "unknown_field"}),
        ({"replaces_secret": "sec_1"}, {"/replaces_secret": "unknown_value"}),
    ],
)
async def test_that_a_value_is_refused_at_its_field(api: Api, body: dict[str, Any], faults: dict[str, str]) -> None:
    made = await api.make_app()
    reply = await api.manager.secret_post(f"/manage/v1/apps/{made['app']['id']}/secrets", body)
    assert problem(reply) == (422, "invalid_values", faults)


async def test_that_there_are_two_at_most(api: Api) -> None:
    first, second = await with_two(api, overlap_seconds=600)
    path = f"/manage/v1/apps/{first['app']['id']}/secrets"
    refusal = await api.manager.secret_post(path, {})
    assert problem(refusal)[:2] == (409, "too_many_secrets")
    assert "delete one" in refusal.json()["detail"]
    api.clock.advance(600)
    third = await api.make_secret(first["app"]["id"], overlap_seconds=60)
    assert set(live(third["app"])) == {second["secret"][-4:], third["secret"][-4:]}


async def test_that_of_eight_at_once_one_is_made(api: Api) -> None:
    first = await api.make_app()
    path = f"/manage/v1/apps/{first['app']['id']}/secrets"
    replies = await asyncio.gather(*(api.manager.secret_post(path, {}) for _ in range(8)))
    assert sorted(reply.status_code for reply in replies) == [201] + [409] * 7
    assert {problem(reply)[1] for reply in replies if reply.status_code == 409} == {"too_many_secrets"}
    assert len(live(await api.app_row(first["app"]["id"]))) == 2


async def test_that_of_two_deleted_at_once_one_stays(api: Api) -> None:
    first, second = await with_two(api)
    both = (first["app"]["secrets"][0], second["version"])
    replies = await asyncio.gather(*(remove(api, first, one) for one in both))
    assert sorted(reply.status_code for reply in replies) == [204, 409]
    assert len(live(await api.app_row(first["app"]["id"]))) == 1


async def test_that_a_discarded_secret_leaves_the_old_one_as_it_was(api: Api) -> None:
    first, second = await with_two(api, overlap_seconds=0)
    assert set(live(second["app"])) == {second["secret"][-4:]}
    await api.act(f"handovers/{second['handover']['id']}/discard")
    row = await api.app_row(first["app"]["id"])
    assert live(row) == {first["secret"][-4:]: None}
    assert row["revision"] == second["app"]["revision"] + 1


async def test_that_after_a_day_a_secret_that_nobody_got_is_taken_back(api: Api) -> None:
    first, _ = await with_two(api, overlap_seconds=0)
    api.clock.advance(DAY)
    assert live(await api.app_row(first["app"]["id"])) == {first["secret"][-4:]: None}


async def test_that_a_discard_brings_back_nothing_that_was_deleted_on_purpose(api: Api) -> None:
    first, second = await with_two(api)
    assert (await remove(api, first, first["app"]["secrets"][0])).status_code == 204
    await api.act(f"handovers/{second['handover']['id']}/discard")
    row = await api.app_row(first["app"]["id"])
    assert row["secrets"] == []
    assert row["status"] == "active"
    assert live((await api.make_secret(row["id"]))["app"]) != {}


async def test_that_a_discard_in_the_middle_gives_its_place_to_the_one_before(api: Api) -> None:
    first, second = await with_two(api, overlap_seconds=0)
    third = await api.make_secret(first["app"]["id"], overlap_seconds=600)
    await api.act(f"handovers/{second['handover']['id']}/discard")
    row = await api.app_row(first["app"]["id"])
    assert live(row) == {first["secret"][-4:]: api.clock() + 600, third["secret"][-4:]: None}
    await api.act(f"handovers/{third['handover']['id']}/discard")
    assert live(await api.app_row(first["app"]["id"])) == {first["secret"][-4:]: None}


async def test_that_the_first_secret_of_a_registration_goes_alone_once_there_is_another(api: Api) -> None:
    first = await api.make_app()
    second = await acknowledged(api, await api.make_secret(first["app"]["id"]))
    await api.act(f"handovers/{first['handover']['id']}/discard")
    assert live(await api.app_row(first["app"]["id"])) == {second["secret"][-4:]: None}


async def test_that_the_last_secret_stays(api: Api) -> None:
    first = await api.make_app()
    reply = await remove(api, first, first["app"]["secrets"][0])
    assert problem(reply)[:2] == (409, "last_secret")
    second = await api.make_secret(first["app"]["id"], overlap_seconds=0)
    assert problem(await remove(api, first, second["version"]))[:2] == (409, "last_secret")


async def test_that_a_deleted_secret_is_gone_and_deleting_again_is_harmless(api: Api) -> None:
    first, second = await with_two(api)
    for _ in range(2):
        reply = await remove(api, first, first["app"]["secrets"][0])
        assert (reply.status_code, reply.content) == (204, b"")
    assert live(await api.app_row(first["app"]["id"])) == {second["secret"][-4:]: None}
    assert [action for action, _, _ in api.audit()].count("app.secret.deleted") == 1


async def test_that_deleting_an_unused_new_secret_calls_its_overlap_off(api: Api) -> None:
    first, second = await with_two(api)
    await remove(api, first, second["version"])
    row = await api.app_row(first["app"]["id"])
    assert (live(row), row["handover"]) == ({first["secret"][-4:]: None}, None)


async def test_that_deleting_a_used_new_secret_leaves_the_overlap(api: Api) -> None:
    first, second = await with_two(api)
    api.state.usage.apps.record(first["app"]["id"], second["version"]["id"], None, api.clock())
    await remove(api, first, second["version"])
    assert live(await api.app_row(first["app"]["id"])) == {first["secret"][-4:]: api.clock() + DAY}


async def test_that_an_unused_secret_is_replaced_in_its_place(api: Api) -> None:
    first, second = await with_two(api)
    await acknowledged(api, second)
    third = await api.make_secret(first["app"]["id"], replaces_secret=second["version"]["id"])
    until = api.clock() + DAY
    assert live(third["app"]) == {first["secret"][-4:]: until, third["secret"][-4:]: None}
    await api.act(f"handovers/{third['handover']['id']}/discard")
    assert live(await api.app_row(first["app"]["id"])) == {first["secret"][-4:]: until, second["secret"][-4:]: None}


async def test_that_replacing_what_nobody_got_puts_back_what_was_before_both(api: Api) -> None:
    first, second = await with_two(api, overlap_seconds=0)
    third = await api.make_secret(first["app"]["id"], replaces_secret=second["version"]["id"])
    refusal = await api.manager.post(f"/manage/v1/handovers/{second['handover']['id']}/ack", {"how": "copy"})
    assert problem(refusal)[:2] == (409, "handover_ended")
    await api.act(f"handovers/{third['handover']['id']}/discard")
    assert live(await api.app_row(first["app"]["id"])) == {first["secret"][-4:]: None}


async def test_that_a_replaced_secret_leaves_its_place_to_the_new_one_for_later_discards_too(api: Api) -> None:
    first = await acknowledged(api, await api.make_app())
    second = await api.make_secret(first["app"]["id"], overlap_seconds=600)
    third = await api.make_secret(first["app"]["id"], replaces_secret=first["app"]["secrets"][0]["id"])
    assert live(third["app"]) == {third["secret"][-4:]: api.clock() + 600, second["secret"][-4:]: None}
    await acknowledged(api, third)
    await api.act(f"handovers/{second['handover']['id']}/discard")
    assert live(await api.app_row(first["app"]["id"])) == {third["secret"][-4:]: None}


async def test_that_a_used_or_ended_secret_is_not_replaced(api: Api) -> None:
    first, second = await with_two(api)
    path = f"/manage/v1/apps/{first['app']['id']}/secrets"
    api.state.usage.apps.record(first["app"]["id"], second["version"]["id"], None, api.clock())
    reply = await api.manager.secret_post(path, {"replaces_secret": second["version"]["id"]})
    assert problem(reply)[:2] == (409, "version_used")
    await remove(api, first, first["app"]["secrets"][0])
    reply = await api.manager.secret_post(path, {"replaces_secret": first["app"]["secrets"][0]["id"]})
    assert problem(reply)[2] == {"/replaces_secret": "unknown_value"}


async def test_that_a_public_application_has_none(api: Api) -> None:
    app = (await api.manager.secret_post("/manage/v1/apps", MOBILE)).json()["app"]
    path = f"/manage/v1/apps/{app['id']}/secrets"
    assert problem(await api.manager.secret_post(path, {}))[:2] == (409, "no_secrets")
    assert problem(await api.manager.request("DELETE", f"{path}/sec_0"))[:2] == (409, "no_secrets")


async def test_that_a_secret_of_another_application_is_not_found(api: Api) -> None:
    first, other = await with_two(api), await api.make_app()
    reply = await remove(api, first[0], other["app"]["secrets"][0])
    assert problem(reply)[:2] == (404, "not_found")


async def test_that_a_secret_is_stored_as_a_keyed_hash_alone(api: Api) -> None:
    first, second = await with_two(api)
    state = api.state
    with state.database.read() as connection:
        stored = [bytes(row[0]) for row in connection.exec_driver_sql("SELECT secret_hmac FROM app_secrets")]
    assert sorted(stored) == sorted(state.secret.token_hmac(one["secret"]) for one in (first, second))
    dump = "\n".join(sqlite3.connect(f"{state.data_dir}/server.db").iterdump())
    assert "app_secrets" in dump
    assert not any(one["secret"] in dump for one in (first, second))
