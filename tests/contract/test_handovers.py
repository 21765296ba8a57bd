"""The one hand-over of a secret: replayed until it ends, and gone for good after."""

import asyncio
import secrets
from typing import Any

import pytest

from bcdesk.server import handovers
from tests.contract.support import KEY, Api, problem

KEYS = "/manage/v1/keys"


async def make(api: Api, key: str, body: object = None) -> Any:
    return await api.manager.secret_post(KEYS, KEY if body is None else body, key=key)


def sealed(api: Api) -> int:
    with api.state.database.read() as connection:
        query = "SELECT count(*) FROM idempotency WHERE sealed_reply IS NOT NULL"
        return int(connection.exec_driver_sql(query).scalar_one())


async def test_that_a_repeated_request_gets_the_very_same_reply_and_makes_one_key(api: Api) -> None:
    key = secrets.token_urlsafe(32)
    first = await make(api, key)
    api.clock.advance(3600)
    second = await make(api, key, dict(reversed(list(KEY.items()))))
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert len((await api.viewer.get(KEYS)).json()["items"]) == 1


async def test_that_parallel_repetitions_make_one_key(api: Api) -> None:
    key = secrets.token_urlsafe(32)
    replies = await asyncio.gather(*(make(api, key) for _ in range(12)))
    made = [reply for reply in replies if reply.status_code == 201]
    assert len({reply.content for reply in made}) == 1
    for reply in replies:
        if reply.status_code != 201:
            assert problem(reply)[:2] == (409, "idempotency_in_flight")
            assert reply.headers["retry-after"] == "1"
    assert len((await api.viewer.get(KEYS)).json()["items"]) == 1


async def test_that_the_same_key_with_another_body_is_refused(api: Api) -> None:
    key = secrets.token_urlsafe(32)
    await make(api, key)
    assert problem(await make(api, key, {**KEY, "name": "Other"}))[:2] == (422, "idempotency_key_reused")


async def test_that_the_key_is_the_members_own_and_the_routes_own(api: Api) -> None:
    key = secrets.token_urlsafe(32)
    mine = (await make(api, key)).json()
    theirs = (await api.owner.secret_post(KEYS, KEY, key=key)).json()
    assert theirs["key"]["id"] != mine["key"]["id"]
    for made in (mine, theirs):
        rotated = await api.manager.secret_post(f"{KEYS}/{made['key']['id']}/rotate", {}, key=key)
        assert rotated.status_code == 201


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "idempotency_key_missing"),
        ("short", "idempotency_key_invalid"),
        ("x" * 31, "idempotency_key_invalid"),
        ("x" * 129, "idempotency_key_invalid"),
        ("x" * 40 + "!", "idempotency_key_invalid"),
        ("", "idempotency_key_invalid"),
    ],
)
async def test_that_a_wrong_key_is_refused(api: Api, key: str | None, code: str) -> None:
    headers = {} if key is None else {"Idempotency-Key": key}
    assert problem(await api.manager.post(KEYS, KEY, headers=headers))[:2] == (400, code)
    assert (await api.viewer.get(KEYS)).json()["items"] == []


async def test_that_a_refused_request_leaves_the_key_free(api: Api) -> None:
    key = secrets.token_urlsafe(32)
    assert (await make(api, key, {**KEY, "name": ""})).status_code == 422
    assert (await make(api, key)).status_code == 201


@pytest.mark.parametrize("end", ["ack", "discard"])
async def test_that_the_secret_never_comes_again_after_the_end(api: Api, end: str) -> None:
    key = secrets.token_urlsafe(32)
    made = (await make(api, key)).json()
    assert sealed(api) == 1
    body = {"how": "file"} if end == "ack" else None
    ended = await api.act(f"handovers/{made['handover']['id']}/{end}", body)
    assert ended["state"] == {"ack": "handed_over", "discard": "discarded"}[end]
    assert sealed(api) == 0
    reply = await make(api, key)
    assert problem(reply)[:2] == (409, "handover_ended")
    assert reply.json()["key_id"] == made["key"]["id"]
    assert reply.json()["handover"] == ended
    assert made["secret"] not in reply.text


async def test_that_each_end_may_be_repeated_and_excludes_the_other(api: Api) -> None:
    taken, dropped = await api.make_key(), await api.make_key()
    ack = f"handovers/{taken['handover']['id']}/ack"
    discard = f"handovers/{dropped['handover']['id']}/discard"
    assert await api.act(ack, {"how": "copy"}) == await api.act(ack, {"how": "file"})
    assert await api.act(discard) == await api.act(discard)
    for path, body in (
        (f"handovers/{taken['handover']['id']}/discard", None),
        (f"handovers/{dropped['handover']['id']}/ack", {"how": "copy"}),
    ):
        assert problem(await api.manager.post(f"/manage/v1/{path}", body))[:2] == (409, "handover_ended")


async def test_that_a_discarded_create_leaves_no_key_but_an_audit_row_and_a_tombstone(api: Api) -> None:
    old = await api.make_key(name="Old")
    before = (await api.viewer.get(KEYS)).json()["since"]
    made = await api.make_key(replaces=old["key"]["id"])
    await api.act(f"handovers/{made['handover']['id']}/discard")

    assert (await api.viewer.get(f"{KEYS}/{made['key']['id']}")).status_code == 404
    assert await api.use(made["secret"]) == 401
    changes = (await api.viewer.get(f"{KEYS}?since={before}")).json()["items"]
    assert {"id": made["key"]["id"], "deleted_at": "2026-09-21T14:13:20.000Z"} in changes
    assert (await api.key(old["key"]["id"]))["replaced_by"] is None
    assert "handover.discarded" in [action for action, _, _ in api.audit()]
    with api.state.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM key_versions").scalar_one() == 1


async def test_that_a_created_key_in_use_is_not_discarded(api: Api) -> None:
    made = await api.make_key()
    assert await api.use(made["secret"]) == 200
    reply = await api.manager.post(f"/manage/v1/handovers/{made['handover']['id']}/discard")
    assert problem(reply)[:2] == (409, "version_used")


async def test_that_after_24_hours_a_secret_is_discarded(api: Api) -> None:
    key = secrets.token_urlsafe(32)
    made = (await make(api, key)).json()
    api.clock.advance(86_399.999)
    assert (await make(api, key)).status_code == 201
    api.clock.advance(0.001)
    assert problem(await make(api, key))[:2] == (409, "handover_ended")
    assert (await api.viewer.get(f"{KEYS}/{made['key']['id']}")).status_code == 404
    assert sealed(api) == 0


async def test_that_after_24_hours_a_used_secret_counts_as_handed_over(api: Api) -> None:
    made = await api.make_key()
    assert await api.use(made["secret"]) == 200
    api.clock.advance(86_400)
    assert handovers.settle(api.state, api.state.now()) == 1
    assert handovers.settle(api.state, api.state.now()) == 0
    assert (await api.key(made["key"]["id"]))["handover"] is None
    assert await api.use(made["secret"]) == 200
    again = await api.act(f"handovers/{made['handover']['id']}/ack", {"how": "copy"})
    assert again["state"] == "handed_over"
    assert sealed(api) == 0


async def test_that_after_24_hours_a_rotation_nobody_took_is_undone(api: Api) -> None:
    made = await api.make_key()
    assert await api.use(made["secret"]) == 200
    rotated = await api.rotate(made["key"]["id"], starts="now", overlap_seconds=3600)
    api.clock.advance(86_400)
    key = await api.key(made["key"]["id"])
    assert [version["state"] for version in key["versions"]] == ["current", "revoked"]
    assert await api.use(made["secret"]) == 200
    assert await api.use(rotated["secret"]) == 401


async def test_that_a_replay_asks_again_who_may(api: Api, tokens: dict[str, str]) -> None:
    key = secrets.token_urlsafe(32)
    await make(api, key)
    manager = next(m for m in (await api.owner.get("/manage/v1/members")).json()["items"] if m["role"] == "manager")
    reply = await api.owner.patch(f"/manage/v1/members/{manager['id']}", {"role": "viewer"}, manager["revision"])
    assert reply.status_code == 200
    assert problem(await make(api, key))[:2] == (403, "forbidden_role")


async def test_that_the_database_alone_opens_no_reply(api: Api) -> None:
    key = secrets.token_urlsafe(32)
    made = (await make(api, key)).json()
    assert api.state.data_dir is not None
    written = b"".join(file.read_bytes() for file in api.state.data_dir.iterdir())
    assert key.encode() not in written
    assert made["secret"].encode() not in written


async def test_that_a_reply_moved_to_another_row_does_not_open(api: Api) -> None:
    key = secrets.token_urlsafe(32)
    one = (await make(api, key)).json()
    two = await api.manager.secret_post(f"{KEYS}/{one['key']['id']}/rotate", {}, key=key)
    with api.state.database.write() as connection:
        connection.exec_driver_sql(
            "UPDATE idempotency SET sealed_reply = (SELECT sealed_reply FROM idempotency WHERE route LIKE '%/keys')"
        )
    replayed = await api.manager.secret_post(f"{KEYS}/{one['key']['id']}/rotate", {}, key=key)
    assert two.status_code == 201
    assert problem(replayed)[:2] == (500, "internal")
    assert one["secret"] not in replayed.text


async def test_that_an_unknown_handover_is_not_found(api: Api) -> None:
    for handover_id in ("hnd_01M85VH2HSPGWN3889WGM8YH4S", "nonsense", "%00", "key_01M85VH2HSPGWN3889WGM8YH4S"):
        reply = await api.manager.post(f"/manage/v1/handovers/{handover_id}/discard")
        assert problem(reply)[:2] == (404, "not_found")
    reply = await api.manager.post("/manage/v1/handovers/hnd_01M85VH2HSPGWN3889WGM8YH4S/ack", {"how": "print"})
    assert problem(reply) == (422, "invalid_values", {"/how": "unknown_value"})
