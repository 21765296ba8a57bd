"""The offline copy locks itself without contact, goes with who signs out, and is not there without a key."""

from collections.abc import Callable
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend

from bcdesk.store.cache import Cache
from bcdesk.store.cache_shelf import DAY
from bcdesk.store.cache_state import CopyState, Known
from bcdesk.store.vault import Vault, VaultState
from tests.unit.store import keyrings
from tests.unit.store.copies import KNOWN, Clock, filled
from tests.unit.store.sample_rows import SESSION


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


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


async def test_that_a_copy_that_was_not_opened_is_wiped_with_what_was_set_aside_of_it(
    folder: Path, ready_vault: Vault
) -> None:
    await (await filled(folder, ready_vault, connection="con_1")).close()
    aside = next(folder.glob("*.db"))
    aside.with_name(f"{aside.name}.set-aside-12").write_bytes(b"what was unreadable")
    untouched = Cache(folder, ready_vault, connection="con_2")
    await untouched.wipe()
    assert len(list(folder.glob("*.db*"))) == 2
    wiped = Cache(folder, ready_vault, connection="con_1")
    await wiped.wipe()
    assert list(folder.glob("*.db*")) == []
    for cache in (untouched, wiped):
        await cache.close()


async def test_that_signing_out_leaves_no_copy_of_whoever_used_the_connection_before(
    folder: Path, ready_vault: Vault
) -> None:
    await (await filled(folder, ready_vault, connection="con_2")).close()
    cache = await filled(folder, ready_vault, connection="con_1")
    other = SESSION._replace(member=SESSION.member._replace(id="mem_2"))
    await cache.attach(other)
    await cache.begin_anew()
    await cache.commit(Known(other, 11.0, KNOWN.since))
    assert len(list(folder.glob("*.db"))) == 3
    await cache.close()
    cache = Cache(folder, ready_vault, connection="con_1")
    await cache.wipe()
    await cache.close()
    (left,) = folder.glob("*.db")
    later = Cache(folder, ready_vault, connection="con_2")
    assert await later.open() is CopyState.READY
    assert left.exists()
    await later.close()
