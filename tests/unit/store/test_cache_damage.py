"""Whatever becomes of the file, the next desk has the rows of a whole round or none, and no error."""

import logging
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bcdesk.actions.offline import restore
from bcdesk.store.cache import Cache
from bcdesk.store.cache_state import CopyState, Known
from bcdesk.store.store import Store
from bcdesk.store.vault import Vault
from tests.unit.store.sample_rows import SESSION, key

ROWS = {f"key_{place:05d}": key(place, description="x" * 200) for place in range(120)}


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.WARNING)  # each set-aside file is told of: hundreds here
    yield
    logging.disable(logging.NOTSET)


async def whole(folder: Path, vault: Vault) -> tuple[Path, bytes]:
    """Write a copy of `ROWS` and return its file with what is in it."""
    cache = Cache(folder, vault)
    await cache.attach(SESSION)
    await cache.begin_anew()
    await cache.put("keys", list(ROWS.values()))
    await cache.commit(Known(SESSION, 10.0, {"keys": "db-7", "apps": "db-7"}))
    await cache.close()
    (file,) = folder.glob("*.db")
    return file, file.read_bytes()


async def outcome(folder: Path, vault: Vault, file: Path, content: bytes) -> CopyState:
    """Open ``content`` as the next desk does, and check that it is all there or set aside."""
    for beside in folder.glob("*.db*"):
        beside.unlink()
    file.write_bytes(content)
    cache, store = Cache(folder, vault), Store()
    state = await restore(cache=cache, store=store)
    await cache.close()
    if state is CopyState.READY:
        assert store.keys == ROWS
        assert (store.link.state, store.link.since) == ("cached", "db-7")
    else:
        assert (store.keys, store.session) == ({}, None)
        assert (store.link.state, store.link.since, store.link.as_of) == ("starting", None, None)
        assert len(list(folder.glob("*.set-aside-*"))) == (state is not CopyState.NONE)
    return state


async def test_that_a_file_cut_anywhere_is_set_aside(tmp_path: Path, ready_vault: Vault) -> None:
    folder = tmp_path / "cache"
    file, content = await whole(folder, ready_vault)
    assert await outcome(folder, ready_vault, file, content) is CopyState.READY
    dice = random.Random(5)
    lengths = [0, 1, 15, 16, 100, 4095, 4096, 4097, len(content) - 4096, len(content) - 1]
    lengths += [dice.randrange(len(content)) for _ in range(60)]
    for length in lengths:
        state = await outcome(folder, ready_vault, file, content[:length])
        if length >= 4096:
            assert state is CopyState.UNREADABLE, length
        else:  # of less than a page SQLite makes a new file
            assert state in (CopyState.NONE, CopyState.UNREADABLE), length


async def test_that_a_flipped_bit_anywhere_is_found(tmp_path: Path, ready_vault: Vault) -> None:
    folder = tmp_path / "cache"
    file, content = await whole(folder, ready_vault)
    dice = random.Random(6)
    pages = len(content) // 4096
    for place in [page * 4096 + dice.randrange(4096) for page in range(pages) for _ in range(4)]:
        damaged = bytearray(content)
        damaged[place] ^= 1 << dice.randrange(8)
        assert await outcome(folder, ready_vault, file, bytes(damaged)) is CopyState.UNREADABLE, place


async def test_that_bytes_of_anything_are_set_aside(tmp_path: Path, ready_vault: Vault) -> None:
    folder = tmp_path / "cache"
    file, content = await whole(folder, ready_vault)
    dice = random.Random(7)
    foreign: list[Any] = [
        b"SQLite format 3\0" + content[16:], dice.randbytes(len(content)), b"\0" * 8192, content + dice.randbytes(5000),
        content[4096:] + content[:4096], content[:4096] * 8,
    ]  # fmt: skip
    for one in foreign:
        await outcome(folder, ready_vault, file, one)


async def test_that_a_damaged_log_brings_the_round_before_or_nothing(tmp_path: Path, ready_vault: Vault) -> None:
    folder = tmp_path / "cache"
    file, content = await whole(folder, ready_vault)
    cache = Cache(folder, ready_vault)
    await cache.open()
    cache.follows = True
    await cache.put("keys", [key(5, name="Renamed")])
    await cache.commit(Known(SESSION, 20.0, {"keys": "db-8", "apps": "db-8"}))
    log = file.with_name(f"{file.name}-wal").read_bytes()
    await cache.close()
    after = {**ROWS, "key_00005": key(5, name="Renamed")}
    dice = random.Random(8)
    for _ in range(40):
        damaged = bytearray(log[: dice.randrange(len(log) + 1)])
        if damaged:
            damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
        for beside in folder.glob("*.db*"):
            beside.unlink()
        file.write_bytes(content)
        file.with_name(f"{file.name}-wal").write_bytes(damaged)
        later, store = Cache(folder, ready_vault), Store()
        if await restore(cache=later, store=store) is CopyState.READY:
            assert (store.link.since, store.keys) in [("db-7", ROWS), ("db-8", after)]
        else:
            assert store.keys == {}
        await later.close()
