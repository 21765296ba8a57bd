"""Pages are checked row by row without holding the loop, and what is off is garbled, never shown."""

import asyncio
import gc
import time
import tracemalloc
from typing import Any

import pytest

from bcdesk.client.bearer import Bearer
from bcdesk.client.client import Client
from bcdesk.client.errors import Garbled
from bcdesk.client.keys import page_rows
from bcdesk.client.replies import Reply
from bcdesk.client.resource import SLICE
from bcdesk.client.transport import Transport
from bcdesk.contract import key_format
from bcdesk.contract.moments import UNKNOWN
from bcdesk.contract.rows import DeletedRow, KeyRow
from tests.unit.client.answering import answer, answering
from tests.unit.client.sample import KEY, page

HANDOVER = {"id": "hnd_1", "state": "waiting", "expires_at": "2026-01-02T00:00:00.000Z"}


async def rows(**changes: Any) -> tuple[KeyRow | DeletedRow, ...]:
    return (await page_rows(Reply(200, page([{**KEY, **changes}]), ""))).items


async def test_that_a_row_comes_out_as_it_went_in() -> None:
    (row,) = await rows()
    assert isinstance(row, KeyRow)
    assert (row.id, row.name, row.tags) == (KEY["id"], "Till ÄÖ", ("a", "b"))
    assert row.created_at == 1683288000.0
    assert row.updated_at is row.created_at
    assert row.versions[0].created_at == row.created_at
    assert row.haystack.startswith("till äö\n")


async def test_that_never_and_unknown_differ() -> None:
    (never,) = await rows(last_used_at=None)
    without = {name: value for name, value in KEY.items() if name != "last_used_at"}
    (unknown,) = (await page_rows(Reply(200, page([without]), ""))).items
    assert isinstance(never, KeyRow)
    assert isinstance(unknown, KeyRow)
    assert (never.last_used_at, unknown.last_used_at) == (None, UNKNOWN)


async def test_that_a_deleted_row_is_told_apart() -> None:
    found = await page_rows(Reply(200, page([{"id": "key_1", "deleted_at": "1970-01-01T00:01:00.000Z"}]), ""))
    assert found.items == (DeletedRow("key_1", 60.0),)
    assert (found.next_cursor, found.since, found.as_of) == (None, "here-1", 1767225600.0)


async def test_that_rows_share_what_they_have_in_common() -> None:
    (one,), (other,) = await rows(), await rows()
    assert isinstance(one, KeyRow)
    assert isinstance(other, KeyRow)
    for name in ("owner", "scopes", "tags", "environment", "status", "created_by", "allowed_cidrs", "description"):
        assert getattr(one, name) is getattr(other, name), name


@pytest.mark.parametrize(
    "changes",
    [
        {"id": 3},
        {"status": "asleep"},
        {"created_at": "yesterday"},
        {"created_at": "2026-01-01T00:00:00"},
        {"created_at": 1e300},
        {"versions": [{}]},
        {"versions": None},
        {"scopes": "beats.read"},
        {"revision": "new"},
        {"deleted_at": None},
    ],
)
async def test_that_a_row_that_is_off_is_garbled_without_being_repeated(changes: dict[str, Any]) -> None:
    with pytest.raises(Garbled) as garbled:
        await rows(**changes)
    assert (garbled.value.what, garbled.value.__context__) == ("shape", None)


@pytest.mark.parametrize(
    "content", [b"[]", b"3", b'{"items": {}}', b'{"items": []}', b'{"items": [3]}', b'{"items": [[]]}']
)
async def test_that_a_page_that_is_off_is_garbled(content: bytes) -> None:
    with pytest.raises(Garbled, match="shape"):
        await page_rows(Reply(200, content, ""))


async def test_that_members_of_a_newer_server_are_ignored() -> None:
    (row,) = await rows(later={"a": 1})
    assert isinstance(row, KeyRow)


async def test_that_a_large_page_lets_the_loop_turn() -> None:
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    content = page([{**KEY, "id": f"key_{place}"} for place in range(500)])
    async with asyncio.TaskGroup() as tasks:
        counting = tasks.create_task(count())
        found = await page_rows(Reply(200, content, ""))
        counting.cancel()
    assert len(found.items) == 500
    assert turns >= 500 // SLICE


def secret_of(environment: str) -> str:
    return key_format.generate(environment)


async def made(body: object) -> Any:
    async with answering(answer(body, 201)) as server:
        client = Client(Transport(server.url, Bearer("x")))
        try:
            return await client.keys.create_from({}, "k" * 43)
        finally:
            await client.aclose()


async def test_that_a_secret_goes_into_its_carrier_and_nowhere_else() -> None:
    value = secret_of("live")
    found = await made({"key": KEY, "handover": HANDOVER, "secret": value})
    assert value not in repr(found)
    assert found.secret.take() == value


@pytest.mark.parametrize("secret", [None, 3, "", "short", "bca_live_" + "0" * 36, "bca_live_é" + "0" * 35])
async def test_that_a_reply_without_a_well_formed_secret_is_garbled(secret: object) -> None:
    with pytest.raises(Garbled) as garbled:
        await made({"key": KEY, "handover": HANDOVER, "secret": secret})
    assert garbled.value.what == "secret"
    assert garbled.value.uncertain


async def test_that_a_garbled_reply_with_a_secret_does_not_repeat_it() -> None:
    value = secret_of("live")
    with pytest.raises(Garbled) as garbled:
        await made({"key": {**KEY, "name": value, "status": value}, "handover": HANDOVER, "secret": value})
    assert value not in str(garbled.value) + repr(vars(garbled.value))
    assert garbled.value.__context__ is None


async def test_that_a_page_of_500_is_read_in_small_steps() -> None:
    content = page([{**KEY, "id": f"key_{place}", "name": f"Key {place}"} for place in range(500)])
    longest = min([await longest_step(content) for _ in range(5)])
    assert longest < 0.016


async def longest_step(content: bytes) -> float:
    """Return the longest time in seconds for which reading ``content`` held the loop."""
    longest, last = 0.0, time.perf_counter()

    async def beat() -> None:
        nonlocal longest, last
        while True:
            now = time.perf_counter()
            longest, last = max(longest, now - last), now
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as tasks:
        beating = tasks.create_task(beat())
        await asyncio.sleep(0)
        await page_rows(Reply(200, content, ""))
        beating.cancel()
    return longest


async def test_that_a_key_costs_well_under_a_kibibyte() -> None:
    count = 2000
    kept: list[KeyRow | DeletedRow] = []
    pages = [
        page(
            [
                {**KEY, "id": f"key_{n:026}", "name": f"Key number {n}", "versions": [version(n)]}
                for n in range(s, s + 500)
            ]
        )
        for s in range(0, count, 500)
    ]
    await page_rows(Reply(200, pages[0], ""))
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for content in pages:
        kept.extend((await page_rows(Reply(200, content, ""))).items)
    gc.collect()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert len(kept) == count
    assert (after - before) / count < 900


def version(number: int) -> dict[str, Any]:
    return {**KEY["versions"][0], "id": f"ver_{number:026}", "last4": f"{number:04}"}
