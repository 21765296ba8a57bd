"""The sync engine is killed while it writes: the next one opens a copy whose rows fit its ``since``, each time."""

import asyncio
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from bcdesk.actions.offline import restore
from bcdesk.actions.sync import SyncLoop
from bcdesk.client.bearer import Bearer
from bcdesk.client.client import Client
from bcdesk.client.transport import Transport
from bcdesk.contract.rows import KeyRow
from bcdesk.store.cache import Cache
from bcdesk.store.cache_state import CopyState
from bcdesk.store.store import Store
from tests.bench.plant import plant
from tests.e2e.cache_engine import vault_of
from tests.e2e.serving import Served, serving

KEYS = 300
TOP = Path(__file__).resolve().parents[2]


@pytest.mark.timeout(300)
def test_that_fifty_kills_leave_a_copy_that_fits(tmp_path: Path) -> None:
    killed(tmp_path, 50)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_that_five_hundred_kills_leave_a_copy_that_fits(tmp_path: Path) -> None:
    killed(tmp_path, 500)


def killed(tmp_path: Path, rounds: int) -> None:
    """Kill an engine ``rounds`` times and check after each kill; the copy is begun anew every tenth time."""
    plant(tmp_path / "server", KEYS)
    folder, key, dice = tmp_path / "cache", os.urandom(32), random.Random(rounds)
    states: list[CopyState] = []
    with serving(tmp_path / "server") as served, served.client() as http:
        ids = [item["id"] for item in http.get("/manage/v1/keys", params={"limit": 1000}).json()["items"]]
        for number in range(rounds):
            if number % 10 == 0:
                for file in folder.glob("*.db*"):
                    file.unlink()
            engine(served, folder, key, http, ids, dice)
            states.append(asyncio.run(after(served, folder, key)))
    assert not list(folder.glob("*.set-aside-*"))
    assert states.count(CopyState.READY) > rounds * 0.7


def engine(served: Served, folder: Path, key: bytes, http: httpx.Client, ids: list[str], dice: random.Random) -> None:
    """Let an engine sync while keys change, and kill it at a moment that nobody chose."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.cache_engine", str(folder), served.base_url],
        cwd=TOP, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{key.hex()}\n{served.ready['owner_token']}\n")
        process.stdin.flush()
        for _ in range(dice.randrange(3)):
            assert process.stdout.readline() == "round\n"
        for _ in range(dice.randrange(1, 6)):
            verb = dice.choice(("disable", "enable"))
            assert http.post(f"/manage/v1/keys/{dice.choice(ids)}/{verb}").status_code in (200, 409)
        time.sleep(dice.uniform(0.0, 0.06))  # the moment of the kill, not a condition
        assert process.poll() is None, "the engine ended by itself"
        process.kill()


async def after(served: Served, folder: Path, key: bytes) -> CopyState:
    """Open the copy as the next desk does: with what changed since, it is all that the server has."""
    cache, store = Cache(folder, vault_of(folder, key)), Store()
    client = Client(Transport(served.base_url, Bearer(str(served.ready["owner_token"]))))
    try:
        state = await restore(cache=cache, store=store)
        assert state in (CopyState.READY, CopyState.NONE)
        if state is CopyState.READY:
            assert store.link.state == "cached"
            assert len(store.keys) == KEYS
        await SyncLoop(client, store).once()
        page = await client.keys.list(limit=1000)
        assert store.keys == {row.id: row for row in page.items if isinstance(row, KeyRow)}
    finally:
        await cache.close()
        await client.aclose()
    return state
