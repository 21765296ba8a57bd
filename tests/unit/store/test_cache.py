"""The offline copy gives back what the last whole round left, and nothing of it can be read without the key."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from bcdesk.store.cache import Cache
from bcdesk.store.cache_file import CacheFile
from bcdesk.store.cache_state import CopyState, Known
from bcdesk.store.vault import Vault
from tests.unit.store.copies import KNOWN, filled, held
from tests.unit.store.sample_rows import SESSION, app, key


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


async def test_that_the_next_desk_finds_what_the_last_round_left(folder: Path, ready_vault: Vault) -> None:
    cache = Cache(folder, ready_vault)
    assert await cache.open() is CopyState.NONE
    await cache.close()
    await (await filled(folder, ready_vault, 1203)).close()
    later = Cache(folder, ready_vault)
    assert await later.open() is CopyState.READY
    assert later.known == KNOWN
    assert await held(later) == [key(place) for place in range(1203)]
    assert await held(later, "apps") == [app(1)]
    await later.close()


async def test_that_a_round_changes_adds_and_takes_out(folder: Path, ready_vault: Vault) -> None:
    cache = await filled(folder, ready_vault)
    await cache.put("keys", [key(1, name="Renamed"), key(7)], ["key_00000", "key_never"])
    await cache.commit(Known(SESSION, 20.0, {"keys": "db-9", "apps": None}))
    await cache.close()
    later = Cache(folder, ready_vault)
    await later.open()
    assert await held(later) == [key(1, name="Renamed"), key(2), key(7)]
    assert later.known == Known(SESSION, 20.0, {"keys": "db-9", "apps": None})
    await later.close()


async def test_that_a_round_which_failed_leaves_what_was_before(folder: Path, ready_vault: Vault) -> None:
    cache = await filled(folder, ready_vault)
    await cache.clear("keys")
    await cache.put("keys", [key(7)])
    cache.abandon()
    await cache.put("keys", [key(8)])
    await cache.commit(Known(SESSION, 20.0, {"keys": "db-8", "apps": "db-8"}))
    await cache.close()
    later = Cache(folder, ready_vault)
    await later.open()
    assert await held(later) == [*[key(place) for place in range(3)], key(8)]
    await later.close()


async def test_that_a_copy_begun_anew_follows_only_once_it_is_whole(folder: Path, ready_vault: Vault) -> None:
    cache = await filled(folder, ready_vault)
    await cache.begin_anew()
    cache.abandon()
    assert not cache.follows
    await cache.commit(Known(SESSION, 30.0, {"keys": "db-30", "apps": "db-30"}))
    await cache.close()
    later = Cache(folder, ready_vault)
    await later.open()
    assert later.known == KNOWN
    assert len(await held(later)) == 3
    await later.close()


async def test_that_quiet_rounds_are_written_together_and_at_the_end(folder: Path, ready_vault: Vault) -> None:
    cache = await filled(folder, ready_vault)
    (file,) = folder.glob("*.db")
    log = file.with_name(f"{file.name}-wal")
    size = log.stat().st_size
    for second in range(20):
        await cache.commit(Known(SESSION, 11.0 + second, KNOWN.since))
    assert log.stat().st_size == size
    await cache.close()
    later = Cache(folder, ready_vault)
    await later.open()
    assert later.known is not None
    assert later.known.as_of == 30.0
    await later.close()


async def test_that_nothing_on_the_disk_can_be_read(folder: Path, ready_vault: Vault) -> None:
    cache = await filled(folder, ready_vault, 500)
    files = [file for file in folder.iterdir() if file.is_file()]
    assert {file.suffix for file in files} >= {".db", ".db-wal", ".json"}
    words = (b"Unmistakable", b"key_0", b"Application", b"mem_1", b"srv_1", b"a4f2", b"SQLite format", b"CREATE TABLE")
    for file in files:
        for word in words:
            assert word not in file.read_bytes(), (file.name, word)
        assert sys.platform == "win32" or file.stat().st_mode & 0o077 == 0
    assert sys.platform == "win32" or folder.stat().st_mode & 0o077 == 0
    await cache.close()
    (path,) = folder.glob("*.db")
    assert all(word not in path.read_bytes() for word in words)


async def test_that_the_words_looked_for_are_there_without_encryption(tmp_path: Path) -> None:
    from sqlcipher3 import dbapi2

    plain = tmp_path / "plain.db"
    database = dbapi2.connect(plain)
    database.execute("CREATE TABLE list_keys (body TEXT)")
    database.execute("INSERT INTO list_keys VALUES (?)", (repr(key(1)),))
    database.commit()
    database.close()
    for word in (b"Unmistakable", b"key_0", b"SQLite format", b"CREATE TABLE"):
        assert word in plain.read_bytes()


async def test_that_each_member_of_each_server_has_a_file(folder: Path, ready_vault: Vault) -> None:
    cache = await filled(folder, ready_vault)
    for session in (SESSION._replace(server_id="other"), SESSION._replace(member=SESSION.member._replace(id="mem_2"))):
        await cache.attach(session)
        assert not cache.follows
        await cache.begin_anew()
        await cache.commit(Known(session, 11.0, KNOWN.since))
    assert len(list(folder.glob("*.db"))) == 3
    await cache.close()
    later = Cache(folder, ready_vault)
    await later.open()
    assert later.known is not None
    assert later.known.session.member.id == "mem_2"
    assert await held(later) == []
    await later.attach(SESSION)
    assert not later.follows
    await later.close()
    other = Cache(folder, ready_vault, connection="https://elsewhere.example")
    assert await other.open() is CopyState.NONE
    await other.close()


async def test_that_a_server_that_claims_to_be_another_writes_into_no_other_connections_file(
    folder: Path, ready_vault: Vault
) -> None:
    await (await filled(folder, ready_vault, connection="con_1")).close()
    liar = Cache(folder, ready_vault, connection="con_2")
    await liar.open()
    await liar.attach(SESSION)
    await liar.begin_anew()
    await liar.put("keys", [key(9)])
    await liar.commit(KNOWN)
    await liar.close()
    later = Cache(folder, ready_vault, connection="con_1")
    assert await later.open() is CopyState.READY
    assert [one.id for one in await held(later)] == [key(place).id for place in range(3)]
    await later.close()


async def test_that_a_disk_that_fails_stops_the_writing_and_nothing_else(
    folder: Path, ready_vault: Vault, caplog: pytest.LogCaptureFixture
) -> None:
    cache = await filled(folder, ready_vault)
    (path,) = folder.glob("*.db")
    other = CacheFile(path, ready_vault.key_for(f"cache/{path.stem}"))
    other.clear("keys")  # a second writer that never ends its round
    await cache.put("keys", [key(9)])
    await cache.commit(Known(SESSION, 20.0, {"keys": "db-9", "apps": "db-9"}))
    assert cache.state is CopyState.FAILED
    assert "cannot be written" in caplog.text
    await cache.put("keys", [key(10)])
    await cache.commit(KNOWN)
    await cache.attach(SESSION)
    assert not cache.follows
    await cache.close()
    other.close()
    later = Cache(folder, ready_vault)
    assert await later.open() is CopyState.READY
    assert await held(later) == [key(place) for place in range(3)]
    await later.close()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is closed to root")
async def test_that_a_folder_that_is_closed_is_no_error(folder: Path, ready_vault: Vault) -> None:
    await (await filled(folder, ready_vault)).close()
    folder.chmod(0o500)
    cache = Cache(folder, ready_vault)
    await cache.open()
    await cache.close()
    folder.chmod(0o700)


async def test_that_a_cancelled_wait_loses_no_round(folder: Path, ready_vault: Vault) -> None:
    cache = await filled(folder, ready_vault)

    async def write() -> None:
        for place in range(100):
            await cache.put("keys", [key(1000 + place)])

    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(write())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
    cache.abandon()
    await cache.close()
    later = Cache(folder, ready_vault)
    await later.open()
    assert len(await held(later)) == 3
    await later.close()
