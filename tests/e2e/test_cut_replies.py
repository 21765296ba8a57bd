"""The answer to *create* is cut at every byte by a real proxy: one key each time, its secret delivered, none twice."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import stamina

from bcdesk.actions import handovers, keys
from bcdesk.actions.sync import SyncLoop
from bcdesk.client.bearer import Bearer
from bcdesk.client.client import Client
from bcdesk.client.errors import InvalidValues, Refused, Unreachable
from bcdesk.client.transport import Transport
from bcdesk.client.values import KeyDraft, MadeKey
from bcdesk.contract.rows import KeyRow
from bcdesk.store.journal import Journal
from bcdesk.store.store import Store
from bcdesk.store.vault import Vault
from tests.e2e.cutting import Cutting, cutting, through
from tests.e2e.serving import Served, serving

LANES = 4
"""Desks that create at the same time, each with a line of its own, while one would wait for the server."""


@dataclass
class Desk:
    """A desk without windows behind the proxy, and the server beyond it."""

    client: Client
    store: Store
    journal: Journal
    proxy: Cutting
    served: Served

    @property
    def parts(self) -> dict[str, Any]:
        return {"client": self.client, "store": self.store, "journal": self.journal}

    async def create(self, name: str) -> MadeKey:
        return await keys.create_key(**self.parts, draft=KeyDraft(name, "live", ("beats.read",)))

    async def recover(self) -> MadeKey:
        """Return the one secret that recovery finds."""
        (found,) = await handovers.recover(**self.parts)
        assert isinstance(found.made, MadeKey)
        return found.made

    async def names(self) -> list[str]:
        names: list[str] = []
        cursor: str | None = None
        while True:
            page = await self.client.keys.list(limit=1000, cursor=cursor)
            names += [row.name for row in page.items if isinstance(row, KeyRow)]
            cursor = page.next_cursor
            if cursor is None:
                return sorted(names)


@contextlib.asynccontextmanager
async def joined(served: Served, folder: Path) -> AsyncIterator[Desk]:
    """Give a desk whose line to the server is a proxy of its own."""
    async with cutting(served.address) as proxy:
        # The server takes its own Host only, as it must; the proxy stands where a broken line would.
        client = Client(Transport(served.base_url, Bearer(served.ready["owner_token"]), inner=through(proxy)))
        journal = Journal(folder / "journal", Vault(folder))
        made = Desk(client, Store(), journal, proxy, served)
        await SyncLoop(client, made.store).once()
        yield made
        await client.aclose()
        journal.close()


@pytest.fixture
async def desk(folder: Path, tmp_path: Path) -> AsyncIterator[Desk]:
    with serving(folder) as served:
        async with joined(served, tmp_path / "desk") as made:
            yield made


async def opens(served: Served, secrets: list[str]) -> list[int]:
    """Call the API with each secret and return the statuses."""
    gate = asyncio.Semaphore(8)
    async with httpx.AsyncClient(base_url=served.base_url, trust_env=False, timeout=60) as client:

        async def call(secret: str) -> int:
            async with gate:
                reply = await client.get("/v1/beats?limit=1", headers={"Authorization": f"Bearer {secret}"})
                return reply.status_code

        async with asyncio.TaskGroup() as tasks:
            calls = [tasks.create_task(call(secret)) for secret in secrets]
        return [one.result() for one in calls]


async def create_cut(desk: Desk, offsets: Iterable[int], length: int) -> dict[str, str]:
    """Create a key for each offset, its answer cut there, and recover it; return the secrets by the keys' names."""
    made_here: dict[str, str] = {}
    for offset in offsets:
        name = f"Key {offset:05}"  # as long as the first one's, so that the answer is as long
        desk.proxy.cut_after, desk.proxy.hard = offset, bool(offset // LANES % 2)
        if offset < length:
            with pytest.raises(Unreachable) as cut:
                await desk.create(name)
            assert (cut.value.reason, cut.value.uncertain) == ("cut", True)
            desk.proxy.cut_after = None
            made = await desk.recover()
        else:
            made = await desk.create(name)
            desk.proxy.cut_after = None
        assert made.key.name == name
        assert desk.proxy.passed[-1] == length
        made_here[name] = made.secret.take()
    assert {entry.state for entry in desk.journal.pending()} == {"waiting"}
    assert await handovers.recover(**desk.parts) == []
    return made_here


async def test_that_a_create_reply_cut_at_any_byte_gives_one_key_and_its_secret(desk: Desk, tmp_path: Path) -> None:
    whole = await desk.create("Key whole")
    length = desk.proxy.passed[-1]
    assert length > 500
    secrets = {"Key whole": whole.secret.take()}
    async with contextlib.AsyncExitStack() as stack:
        desks = [
            await stack.enter_async_context(joined(desk.served, tmp_path / f"lane{lane}")) for lane in range(LANES)
        ]
        with stamina.set_testing(True, attempts=1):
            async with asyncio.TaskGroup() as lanes:
                cut = [
                    lanes.create_task(create_cut(one, range(lane, length + 1, LANES), length))
                    for lane, one in enumerate(desks)
                ]
    for lane in cut:
        secrets |= lane.result()
    assert len(secrets) == len(set(secrets.values())) == length + 2
    assert await desk.names() == sorted(secrets)
    assert set(await opens(desk.served, list(secrets.values()))) == {200}


async def test_that_the_transport_itself_repeats_a_cut_create(desk: Desk) -> None:
    desk.proxy.cut_after, desk.proxy.once = 700, True
    made = await desk.create("Shop")
    assert await opens(desk.served, [made.secret.take()]) == [200]
    assert await desk.names() == ["Shop"]
    assert desk.proxy.passed.count(max(desk.proxy.passed)) == 2


async def test_that_the_same_key_with_another_body_is_refused(desk: Desk) -> None:
    await desk.create("Shop")
    (entry,) = desk.journal.pending()
    with pytest.raises(InvalidValues) as refused:
        await desk.client.keys.create_from({**entry.body, "name": "Till"}, entry.idempotency_key)
    assert refused.value.code == "idempotency_key_reused"
    with pytest.raises(Refused) as missing:
        await desk.client.keys.create_from(entry.body, "short")
    assert (missing.value.status, missing.value.code) == (400, "idempotency_key_invalid")
    assert await desk.names() == ["Shop"]
