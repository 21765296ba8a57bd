"""The offline copy gives back what the last whole round left, and nothing of it can be read without the key."""

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from keyring.backend import KeyringBackend

from bcdesk.store.cache import DAY, Cache
from bcdesk.store.cache_file import CacheFile
from bcdesk.store.cache_state import CopyState, Known
from bcdesk.store.vault import Vault, VaultState
from tests.unit.store import keyrings
from tests.unit.store.sample_rows import SESSION, app, key

KNOWN = Known(SESSION, 10.0, {"keys": "db-7", "apps": "db-7"})


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


async def filled(folder: Path, vault: Vault, count: int = 3, **more: Any) -> Cache:
    """Return a copy of ``count`` keys and one application, after one round."""
    cache = Cache(folder, vault, **more)
    await cache.open()
    await cache.attach(SESSION)
    await cache.begin_anew()
    await cache.put("keys", [key(place) for place in range(count)])
    await cache.put("apps", [app(1)])
    await cache.commit(KNOWN)
    return cache


async def held(cache: Cache, name: str = "keys") -> list[Any]:
    return [row async for part in cache.parts(name) for row in part]


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


async def test_that_a_key_that_was_lost_sets_the_copy_aside(
    folder: Path, ready_vault: Vault, use_keyring: Callable[[KeyringBackend], None], capfd: pytest.CaptureFixture[str]
) -> None:
    await (await filled(folder, ready_vault)).close()
    use_keyring(keyrings.Working())
    vault = Vault(folder.parent)
    assert await vault.open() is VaultState.READY
    cache = Cache(folder, vault, clock=lambda: 1234.5)
    assert await cache.open() is CopyState.UNREADABLE
    assert [file.name.partition(".db")[2] for file in folder.glob("*.db*")] == [".set-aside-1234"]
    await cache.attach(SESSION)
    await cache.begin_anew()
    await cache.put("keys", [key(5)])
    await cache.commit(KNOWN)
    assert cache.state is CopyState.UNREADABLE
    await cache.close()
    later = Cache(folder, vault, clock=lambda: 1234.5)
    assert await later.open() is CopyState.READY
    assert await held(later) == [key(5)]
    await later.close()
    assert capfd.readouterr().err == ""


async def test_that_one_file_at_most_is_kept_aside(folder: Path, ready_vault: Vault) -> None:
    clock = Clock()
    for _ in range(3):
        await (await filled(folder, ready_vault, clock=clock)).close()
        (file,) = folder.glob("*.db")
        file.write_bytes(b"not it" * 1000)
        clock.now += 1.0
        cache = Cache(folder, ready_vault, clock=clock)
        assert await cache.open() is CopyState.UNREADABLE
        await cache.close()
    (aside,) = folder.glob("*.set-aside-*")
    assert aside.name.endswith(f"-{int(clock.now)}")


async def test_that_a_copy_of_a_newer_bcdesk_is_set_aside(folder: Path, ready_vault: Vault) -> None:
    await (await filled(folder, ready_vault)).close()
    (path,) = folder.glob("*.db")
    file = CacheFile(path, ready_vault.key_for(f"cache/{path.stem}"))
    file._db.execute("PRAGMA user_version = 99")
    file.close()
    cache = Cache(folder, ready_vault)
    assert await cache.open() is CopyState.NEWER
    assert len(list(folder.glob("*.set-aside-*"))) == 1
    await cache.close()


async def test_that_a_copy_with_other_columns_is_made_anew_without_a_word(folder: Path, ready_vault: Vault) -> None:
    await (await filled(folder, ready_vault)).close()
    (path,) = folder.glob("*.db")
    file = CacheFile(path, ready_vault.key_for(f"cache/{path.stem}"))
    file._db.execute("UPDATE facts SET value = '{}' WHERE name = 'shape'")
    file.close()
    cache = Cache(folder, ready_vault)
    assert await cache.open() is CopyState.NONE
    assert list(folder.glob("*.set-aside-*")) == []
    await cache.attach(SESSION)
    await cache.begin_anew()
    await cache.commit(KNOWN)
    await cache.close()


@pytest.mark.parametrize(
    ("known", "session"),
    [("not JSON", None), ("[]", None), ("{}", None), (None, "{}"), (None, '["x"]')],
)
async def test_that_facts_that_are_none_set_the_copy_aside(
    folder: Path, ready_vault: Vault, known: str | None, session: str | None
) -> None:
    await (await filled(folder, ready_vault)).close()
    (path,) = folder.glob("*.db")
    file = CacheFile(path, ready_vault.key_for(f"cache/{path.stem}"))
    if known is not None:
        file._db.execute("UPDATE facts SET value = ? WHERE name = 'known'", (known,))
    else:
        file._db.execute(
            "UPDATE facts SET value = json_set(value, '$.session', json(?)) WHERE name = 'known'", (session,)
        )
    file.close()
    cache = Cache(folder, ready_vault)
    assert await cache.open() is CopyState.UNREADABLE
    await cache.close()


async def test_that_without_contact_it_locks_after_thirty_days(folder: Path, ready_vault: Vault) -> None:
    clock = Clock()
    await (await filled(folder, ready_vault, clock=clock)).close()
    for days, state in ((29.9, CopyState.READY), (30.1, CopyState.TOO_OLD)):
        later = Clock()
        later.now += days * DAY
        cache = Cache(folder, ready_vault, clock=later)
        assert await cache.open() is state
        assert (cache.known is None) is (state is CopyState.TOO_OLD)
        await cache.close()
    back = Cache(folder, ready_vault, days=90, clock=clock)
    assert await back.open() is CopyState.READY
    await back.close()


async def test_that_a_clock_set_back_makes_no_copy_younger(folder: Path, ready_vault: Vault) -> None:
    clock = Clock()
    await (await filled(folder, ready_vault, clock=clock)).close()
    clock.now += 20 * DAY
    seen = Cache(folder, ready_vault, clock=clock)
    assert await seen.open() is CopyState.READY
    await seen.close()
    clock.now -= 19 * DAY
    cache = Cache(folder, ready_vault, days=15, clock=clock)
    assert await cache.open() is CopyState.TOO_OLD
    await cache.attach(SESSION)
    await cache.begin_anew()
    await cache.commit(KNOWN)  # contact: the clock of now counts again
    await cache.close()
    again = Cache(folder, ready_vault, days=15, clock=clock)
    assert await again.open() is CopyState.READY
    await again.close()


async def test_that_who_signs_out_leaves_nothing(folder: Path, ready_vault: Vault) -> None:
    cache = await filled(folder, ready_vault)
    await cache.wipe()
    assert [file.name for file in folder.iterdir()] == ["index.json"]
    await cache.commit(KNOWN)
    await cache.close()
    later = Cache(folder, ready_vault)
    assert await later.open() is CopyState.NONE
    await later.close()


async def test_that_a_locked_copy_is_wiped_too(folder: Path, ready_vault: Vault) -> None:
    clock = Clock()
    await (await filled(folder, ready_vault, clock=clock)).close()
    clock.now += 100 * DAY
    cache = Cache(folder, ready_vault, clock=clock)
    assert await cache.open() is CopyState.TOO_OLD
    await cache.wipe()
    assert list(folder.glob("*.db*")) == []
    await cache.close()


async def test_that_without_a_key_there_is_no_copy(folder: Path, use_keyring: Callable[[KeyringBackend], None]) -> None:
    use_keyring(keyrings.Locked())
    vault = Vault(folder.parent)
    await vault.open()
    cache = Cache(folder, vault)
    assert await cache.open() is CopyState.OFF
    await cache.attach(SESSION)
    await cache.begin_anew()
    await cache.commit(KNOWN)
    assert not cache.follows
    assert not folder.exists()
    use_keyring(keyrings.Working())
    assert await vault.open() is VaultState.READY
    assert await cache.open() is CopyState.NONE
    await cache.close()


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


async def test_that_a_lost_index_leaves_no_file_that_nobody_finds(folder: Path, ready_vault: Vault) -> None:
    for damage in (b"", b"[]", b'{"salt": "00", "last": {}}', b'{"salt": "zz", "last": 3}'):
        await (await filled(folder, ready_vault)).close()
        (folder / "index.json").write_bytes(damage)
        cache = Cache(folder, ready_vault)
        assert await cache.open() is CopyState.NONE
        assert list(folder.glob("*.db*")) == []
        await cache.close()


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
