"""What no desk can read is set aside or made anew, and at most one such file is kept."""

from collections.abc import Callable
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend

from bcdesk.store.cache import Cache
from bcdesk.store.cache_file import CacheFile
from bcdesk.store.cache_state import CopyState
from bcdesk.store.vault import Vault, VaultState
from tests.unit.store import keyrings
from tests.unit.store.copies import KNOWN, Clock, filled, held
from tests.unit.store.sample_rows import SESSION, key


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


async def test_that_a_key_that_was_lost_sets_the_copy_aside(
    folder: Path, ready_vault: Vault, use_keyring: Callable[[KeyringBackend], None], capfd: pytest.CaptureFixture[str]
) -> None:
    await (await filled(folder, ready_vault)).close()
    use_keyring(keyrings.Working())
    vault = Vault(folder.parent)
    assert await vault.open() is VaultState.MISSING
    await vault.change("keyring", anew=keyrings.remove_nothing)
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


async def test_that_a_lost_index_leaves_no_file_that_nobody_finds(folder: Path, ready_vault: Vault) -> None:
    for damage in (b"", b"[]", b'{"salt": "00", "last": {}}', b'{"salt": "zz", "last": 3}'):
        await (await filled(folder, ready_vault)).close()
        (folder / "index.json").write_bytes(damage)
        cache = Cache(folder, ready_vault)
        assert await cache.open() is CopyState.NONE
        assert list(folder.glob("*.db*")) == []
        await cache.close()
