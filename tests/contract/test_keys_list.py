"""Lists and changes: pages in order, and with `since` no gap ever, whatever happens meanwhile."""

import asyncio
import json
import time
from typing import Any

import pytest
import sqlalchemy as sa

from bcdesk.contract import wire
from bcdesk.server.changes import take_changes
from bcdesk.server.ids import new_id
from bcdesk.server.keys.render import LISTED
from bcdesk.server.listing import page
from bcdesk.server.tables import key_versions, keys
from tests.contract.support import Api, problem

KEYS = "/manage/v1/keys"


async def told(api: Api, query: str = "") -> dict[str, Any]:
    reply = await api.viewer.get(f"{KEYS}{query}")
    assert reply.status_code == 200, reply.text
    wire.KeyPage.model_validate_json(reply.content)
    found: dict[str, Any] = reply.json()
    return found


async def pages(api: Api, query: str) -> list[dict[str, Any]]:
    found = [await told(api, f"?{query}")]
    while found[-1]["next_cursor"]:
        found.append(await told(api, f"?{query}&cursor={found[-1]['next_cursor']}"))
    return found


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [item["id"] for page in found for item in page["items"]]


async def test_that_an_empty_studio_has_an_empty_page(api: Api) -> None:
    page = await told(api)
    assert page["items"] == []
    assert page["next_cursor"] is None
    assert (await told(api, f"?since={page['since']}"))["items"] == []


async def test_that_pages_hold_each_key_once_in_order(api: Api) -> None:
    made = [(await api.make_key(name=f"Key {number}"))["key"] for number in range(7)]
    found = await pages(api, "limit=3")
    assert [len(page["items"]) for page in found] == [3, 3, 1]
    assert ids(found) == sorted(key["id"] for key in made)
    assert [item for page in found for item in page["items"]] == sorted(made, key=lambda key: str(key["id"]))
    assert len(await pages(api, "limit=7")) == 1


async def test_that_changes_during_paging_come_with_the_next_since(api: Api) -> None:
    made = [(await api.make_key())["key"]["id"] for _ in range(4)]
    first = await told(api, "?limit=2")
    await api.act(f"keys/{made[0]}/disable")
    new = (await api.make_key())["key"]["id"]
    second = await told(api, f"?limit=50&cursor={first['next_cursor']}")
    assert second["since"] == first["since"]
    changes = await told(api, f"?since={second['since']}")
    assert [item["id"] for item in changes["items"]] == [made[0], new]
    assert changes["items"][0]["status"] == "disabled"


async def test_that_changes_come_in_their_order_with_what_ended_and_what_is_gone(api: Api) -> None:
    one, two, three = [await api.make_key() for _ in range(3)]
    since = (await told(api))["since"]
    await api.act(f"keys/{two['key']['id']}/revoke")
    await api.act(f"handovers/{one['handover']['id']}/discard")
    await api.act(f"keys/{three['key']['id']}/disable")
    await api.act(f"keys/{two['key']['id']}/restore")
    changes = await pages(api, f"since={since}&limit=1")
    assert ids(changes) == [one["key"]["id"], three["key"]["id"], two["key"]["id"]]
    assert changes[0]["items"][0].keys() == {"id", "deleted_at"}
    assert [page["since"] for page in changes[:2]] == [since, since]
    assert (await told(api, f"?since={changes[2]['since']}"))["items"] == []


async def test_that_use_comes_with_the_changes(api: Api) -> None:
    made = await api.make_key()
    since = (await told(api))["since"]
    assert await api.use(made["secret"]) == 200
    changes = await told(api, f"?since={since}")
    assert changes["items"][0]["last_used_at"] is not None
    api.clock.advance(10)
    assert await api.use(made["secret"]) == 200
    api.state.usage.flush()
    later = await told(api, f"?since={changes['since']}")
    assert later["items"][0]["last_used_at"] > changes["items"][0]["last_used_at"]
    assert later["items"][0]["revision"] == made["key"]["revision"]


async def test_that_an_acknowledged_hand_over_comes_with_the_changes(api: Api) -> None:
    made = await api.make_key()
    since = (await told(api))["since"]
    await api.act(f"handovers/{made['handover']['id']}/ack", {"how": "copy"})
    assert (await told(api, f"?since={since}"))["items"][0]["handover"] is None


async def test_that_no_change_is_missed_while_many_write(api: Api) -> None:
    known: dict[str, Any] = {}
    since = (await told(api))["since"]
    done = asyncio.Event()

    async def follow() -> None:
        nonlocal since
        last = False
        while not last:
            last = done.is_set()
            for changes in await pages(api, f"since={since}&limit=3"):
                for item in changes["items"]:
                    if "deleted_at" in item:
                        known.pop(item["id"], None)
                    else:
                        known[item["id"]] = item
                since = changes["since"]

    async def write(number: int) -> None:
        for turn in range(5):
            made = await api.make_key(name=f"{number}.{turn}")
            if turn % 3 == 0:
                await api.act(f"keys/{made['key']['id']}/revoke")
            elif turn % 3 == 1:
                await api.act(f"handovers/{made['handover']['id']}/discard")
            else:
                await api.rotate(made["key"]["id"])

    async with asyncio.TaskGroup() as tasks:
        following = tasks.create_task(follow())
        async with asyncio.TaskGroup() as writers:
            for number in range(6):
                writers.create_task(write(number))
        done.set()
        await following
    assert known == {item["id"]: item for item in (await told(api, "?limit=1000"))["items"]}
    assert len(known) == 18


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?limit=1001", (422, "invalid_values", {"/limit": "out_of_range"})),
        ("?limit=0", (422, "invalid_values", {"/limit": "out_of_range"})),
        ("?limit=-5", (422, "invalid_values", {"/limit": "out_of_range"})),
        ("?limit=ten", (400, "malformed_query", {"/limit": "wrong_type"})),
        ("?limit=", (400, "malformed_query", {"/limit": "wrong_type"})),
        ("?limit=1.5", (400, "malformed_query", {"/limit": "wrong_type"})),
        ("?cursor=nonsense", (400, "malformed_query", {"/cursor": "unknown_value"})),
        ("?cursor=", (400, "malformed_query", {"/cursor": "unknown_value"})),
        ("?cursor=%00%ff", (400, "malformed_query", {"/cursor": "unknown_value"})),
        ("?since=nonsense", (400, "unknown_since", {})),
        ("?since=01m85vh2daykbrhph69se2khd5-1", (400, "unknown_since", {})),
        ("?since=", (400, "unknown_since", {})),
    ],
)
async def test_that_a_wrong_query_is_told(api: Api, query: str, expected: tuple[int, str, dict[str, str]]) -> None:
    assert problem(await api.viewer.get(f"{KEYS}{query}")) == expected


async def test_that_a_since_ahead_of_the_server_is_unknown(api: Api) -> None:
    server_id, _, number = (await told(api))["since"].rpartition("-")
    reply = await api.viewer.get(f"{KEYS}?since={server_id}-{int(number) + 1}")
    assert problem(reply)[:2] == (400, "unknown_since")


async def test_that_a_changed_cursor_is_refused(api: Api) -> None:
    for _ in range(3):
        await api.make_key()
    cursor = (await told(api, "?limit=1"))["next_cursor"]
    for index in (*range(0, len(cursor), 7), len(cursor) - 1):
        other = chr(ord(cursor[index]) ^ 1) if cursor[index] not in "-_" else "A"  # at the end, perhaps a spare bit
        reply = await api.viewer.get(f"{KEYS}?cursor={cursor[:index]}{other}{cursor[index + 1 :]}")
        assert problem(reply)[:2] == (400, "malformed_query")


async def test_that_a_page_of_many_keys_is_quick_and_of_the_contracts_form(api: Api) -> None:
    plant(api, 20_000)
    started = time.perf_counter()
    body = page(api.state, LISTED, 500, None, None)
    first = time.perf_counter() - started
    wire.KeyPage.model_validate_json(body)
    cursor = json.loads(body)["next_cursor"]
    count = 500
    while cursor:
        found = json.loads(page(api.state, LISTED, 1000, cursor, None))
        count, cursor = count + len(found["items"]), found["next_cursor"]
    assert count == 20_000
    assert first < 0.5  # about 15 ms on a quiet machine


def plant(api: Api, count: int) -> None:
    """Put many keys into the database at once."""
    with api.state.database.write() as connection:
        change = take_changes(connection, count)
        rows, versions = [], []
        for number in range(count):
            key_id = new_id("key")
            rows.append(
                {
                    "id": key_id, "name": f"Key {number}", "description": "For a test", "owner": "Platform",
                    "tags": '["a","b"]', "environment": "live", "scopes": '["beats.read"]', "allowed_cidrs": "[]",
                    "created_at": 1.7e9, "created_by": "Owner", "updated_at": 1.7e9, "last_used_at": 1.75e9,
                    "last_used_from": "203.0.113.9", "compromised": False, "revision": 1, "field_revisions": "{}",
                    "changed": change + number,
                }
            )  # fmt: skip
            versions.append(
                {
                    "id": new_id("ver"), "key_id": key_id, "token_hmac": number.to_bytes(32, "big"),
                    "prefix": "bca_live_", "last4": "abcd", "created_at": 1.7e9, "activated_at": 1.7e9,
                    "first_used_at": 1.75e9, "overlap_seconds": 0,
                }
            )  # fmt: skip
        connection.execute(sa.insert(keys), rows)
        connection.execute(sa.insert(key_versions), versions)
