"""A full sync of recorded pages into store and offline copy, beside its floor, in turn: ``URL FILE ROUNDS``."""

import asyncio
import gc
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bcdesk.actions.sync import SyncLoop
from bcdesk.client.bearer import Bearer
from bcdesk.client.client import Client
from bcdesk.client.transport import Transport
from bcdesk.store.cache import Cache
from bcdesk.store.cache_file import CacheFile
from bcdesk.store.store import Store
from bcdesk.store.vault import Vault, VaultState
from tests.bench.fixed_keyring import KEY
from tests.bench.replay import pages


def main() -> None:
    """Do both in turn and print seconds, and how many requests a sync of nothing took."""
    base_url, file, rounds = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    recorded = pages(file)
    ours, floors, requests = [], [], 0
    for number in range(rounds + 1):
        mine, requests = asyncio.run(_sync(base_url))
        floor = _floor(recorded)
        if number:  # the first one warms what both use
            ours.append(mine)
            floors.append(floor)
    print(json.dumps({"ours": ours, "floors": floors, "requests": requests, "keys": _count(recorded)}))


async def _sync(base_url: str) -> tuple[float, int]:
    asked = 0

    class Counting(Transport):
        async def send(self, *parts: Any, **more: Any) -> Any:
            nonlocal asked
            asked += 1
            return await super().send(*parts, **more)

    with tempfile.TemporaryDirectory() as folder:
        vault = Vault(Path(folder))
        vault._key, vault.state = KEY, VaultState.READY
        client, store, cache = Client(Counting(base_url, Bearer("bench"))), Store(), Cache(Path(folder), vault)
        loop = SyncLoop(client, store, cache=cache)
        gc.collect()
        started = time.perf_counter()
        await loop.once()
        spent = time.perf_counter() - started
        asked = 0
        await loop.once()
        await cache.close()
        await client.aclose()
    return spent, asked


def _floor(recorded: list[bytes]) -> float:
    """Decode each page and put its items into a file encrypted as ours is, a page at a time, in one transaction."""
    with tempfile.TemporaryDirectory() as folder:
        database = CacheFile(Path(folder) / "floor.db", KEY)._db
        gc.collect()
        started = time.perf_counter()
        database.execute("BEGIN")
        for page in recorded:
            items = json.loads(page)["items"]
            rows = [(item["id"], json.dumps(item, separators=(",", ":"))) for item in items]
            database.executemany("INSERT INTO list_keys VALUES (?, ?)", rows)
        database.execute("COMMIT")
        spent = time.perf_counter() - started
        database.close()
    return spent


def _count(recorded: list[bytes]) -> int:
    return sum(len(json.loads(page)["items"]) for page in recorded)


if __name__ == "__main__":
    main()
