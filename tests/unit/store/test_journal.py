"""The journal holds what was asked for until its hand-over is over, through crashes and foreign files."""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from keyring.backend import KeyringBackend

from bcdesk.store.journal import Journal, JournalError, Pending
from bcdesk.store.vault import Vault, VaultState
from tests.unit.store import keyrings

KEY = "Zm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm8"


def pending(id: str = "pen_1", **more: Any) -> Pending:
    values = {
        "kind": "create",
        "route": "/manage/v1/keys",
        "body": {"name": "Shop", "scopes": ["beats.read"]},
        "idempotency_key": KEY,
        "started_at": 10.0,
        "changed_at": 10.0,
        "connection": "server",
    }
    return Pending(id=id, **{**values, **more})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "journal"


async def test_that_an_entry_is_found_by_the_next_desk(folder: Path, ready_vault: Vault) -> None:
    journal = Journal(folder, ready_vault, clock=lambda: 20.0)
    await journal.put(pending())
    entry = await journal.update("pen_1", state="copying", handover_id="hnd_1", copied_at=20.0)
    journal.close()
    later = Journal(folder, ready_vault)
    assert await later.load() == (entry,)
    assert entry is not None
    assert entry.changed_at == 20.0
    assert later.find("hnd_1") == entry
    assert later.find("hnd_2") is None


async def test_that_a_removed_entry_is_gone_for_the_next_desk(folder: Path, ready_vault: Vault) -> None:
    journal = Journal(folder, ready_vault)
    await journal.put(pending())
    await journal.remove("pen_1")
    await journal.remove("pen_1")
    assert await journal.update("pen_1", state="waiting") is None
    assert await Journal(folder, ready_vault).load() == ()
    assert list(folder.iterdir()) == []


async def test_that_nothing_on_the_disk_can_be_read(folder: Path, ready_vault: Vault) -> None:
    await Journal(folder, ready_vault).put(pending())
    (file,) = folder.iterdir()
    for word in (KEY.encode(), b"Shop", b"/manage", b"server", b"create"):
        assert word not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0 or sys.platform == "win32"


def test_that_no_print_shows_what_opens_the_reply() -> None:
    assert KEY not in repr(pending())
    assert "Shop" not in repr(pending())


async def test_that_every_torn_file_is_set_aside_and_said(
    folder: Path, ready_vault: Vault, caplog: pytest.LogCaptureFixture
) -> None:
    await Journal(folder, ready_vault).put(pending())
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        journal = Journal(folder, ready_vault, clock=lambda: 1234.5)
        assert await journal.load() == ()
        assert journal.set_aside == ["pen_1.sealed.unreadable-1234"]
        assert (folder / journal.set_aside[0]).read_bytes() == whole[:length]
        journal.close()
    assert "a journal entry is unreadable" in caplog.text
    file.write_bytes(whole)
    assert len(await Journal(folder, ready_vault).load()) == 1


@pytest.mark.parametrize(
    "members",
    [
        b"[]",
        b"not json",
        json.dumps({"id": "pen_1"}).encode(),
        json.dumps({**{name: getattr(pending(), name) for name in Pending.__slots__}, "state": "later"}).encode(),
        json.dumps({**{name: getattr(pending(), name) for name in Pending.__slots__}, "id": "pen_2"}).encode(),
    ],
)
async def test_that_a_foreign_file_is_set_aside(folder: Path, ready_vault: Vault, members: bytes) -> None:
    folder.mkdir()
    (folder / "pen_1.sealed").write_bytes(b"bcdesk journal 1\n" + ready_vault.seal(members, "journal/pen_1"))
    journal = Journal(folder, ready_vault)
    assert await journal.load() == ()
    assert len(journal.set_aside) == 1


async def test_that_members_of_a_newer_version_are_ignored(folder: Path, ready_vault: Vault) -> None:
    folder.mkdir()
    members = {**{name: getattr(pending(), name) for name in Pending.__slots__}, "later": 1}
    (folder / "pen_1.sealed").write_bytes(
        b"bcdesk journal 1\n" + ready_vault.seal(json.dumps(members).encode(), "journal/pen_1")
    )
    assert await Journal(folder, ready_vault).load() == (pending(),)


async def test_that_a_file_put_under_another_name_does_not_open(folder: Path, ready_vault: Vault) -> None:
    await Journal(folder, ready_vault).put(pending())
    (folder / "pen_1.sealed").rename(folder / "pen_2.sealed")
    assert await Journal(folder, ready_vault).load() == ()


async def test_that_leftovers_of_a_crash_before_the_rename_are_removed(folder: Path, ready_vault: Vault) -> None:
    folder.mkdir()
    (folder / "pen_1.sealed.77.tmp").write_bytes(b"half")
    assert await Journal(folder, ready_vault).load() == ()
    assert list(folder.iterdir()) == []


async def test_that_without_a_keyring_entries_live_in_memory_only(
    folder: Path, use_keyring: Callable[[KeyringBackend], None]
) -> None:
    use_keyring(keyrings.Locked())
    vault = Vault(folder.parent)
    await vault.open()
    journal = Journal(folder, vault)
    assert not journal.durable
    await journal.put(pending())
    await journal.update("pen_1", state="waiting")
    assert [entry.state for entry in journal.pending()] == ["waiting"]
    assert not folder.exists()
    use_keyring(keyrings.Working())
    assert await vault.open() is VaultState.READY
    assert [entry.state for entry in await journal.load()] == ["waiting"]
    assert len(await Journal(folder, vault).load()) == 1


async def test_that_a_put_waits_for_the_keyring_that_is_being_asked(
    folder: Path, use_keyring: Callable[[KeyringBackend], None]
) -> None:
    ring = keyrings.Prompting()
    use_keyring(ring)
    vault = Vault(folder.parent)
    await vault.open(patience=0)
    ring.answered.set()
    journal = Journal(folder, vault)
    await journal.put(pending())
    assert len(list(folder.iterdir())) == 1


async def test_that_entries_of_a_keyring_that_is_locked_now_are_left_alone(
    folder: Path, ready_vault: Vault, use_keyring: Callable[[KeyringBackend], None]
) -> None:
    await Journal(folder, ready_vault).put(pending())
    use_keyring(keyrings.Locked())
    vault = Vault(folder.parent)
    await vault.open()
    journal = Journal(folder, vault)
    assert await journal.load() == ()
    assert [file.name for file in folder.iterdir()] == ["pen_1.sealed"]


async def test_that_a_full_disk_is_raised_and_changes_nothing(
    folder: Path, ready_vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(folder, ready_vault)
    await journal.put(pending())

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(JournalError):
        await journal.update("pen_1", state="copying")
    assert [entry.state for entry in journal.pending()] == ["sealed"]
    monkeypatch.undo()
    assert [entry.state for entry in await Journal(folder, ready_vault).load()] == ["sealed"]
    assert len(list(folder.iterdir())) == 1


async def test_that_entries_come_oldest_first(folder: Path, ready_vault: Vault) -> None:
    journal = Journal(folder, ready_vault)
    for id, moment in (("pen_3", 3.0), ("pen_1", 1.0), ("pen_2", 2.0)):
        await journal.put(pending(id, started_at=moment))
    assert [entry.id for entry in await Journal(folder, ready_vault).load()] == ["pen_1", "pen_2", "pen_3"]


async def test_that_two_who_load_at_once_do_not_bring_back_what_was_settled(folder: Path, ready_vault: Vault) -> None:
    await Journal(folder, ready_vault).put(pending())
    journal = Journal(folder, ready_vault)

    async def settle() -> None:
        for entry in await journal.load():
            await journal.remove(entry.id)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(3):
            tasks.create_task(settle())
    assert journal.pending() == ()
    assert list(folder.iterdir()) == []
