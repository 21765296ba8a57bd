"""A hand-over step by step, without a window and without a server."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bcdesk.actions.handing import Handing, NoConnectionError
from bcdesk.actions.reveal import NotNowError, State
from bcdesk.actions.secret_file import Form, NotSavedError
from bcdesk.client.values import MadeKey
from bcdesk.contract.key_format import generate, mask
from bcdesk.contract.rows import HandoverRow, KeyRow, VersionRow
from bcdesk.contract.secret import OneTimeSecret
from bcdesk.store.journal import Journal, JournalError, Pending
from bcdesk.store.store import Store
from bcdesk.store.vault import KEY_BYTES, Vault, VaultState

NOW = 1_790_000_000.0


def made_key(value: str) -> MadeKey:
    version = VersionRow("ver_1", value[-4:], NOW, None, None, "current")
    handover = HandoverRow("hnd_1", "waiting", NOW + 86_400)
    row = KeyRow(
        "key_1", "Storefront", "", "", (), "live", mask("bca_live_", value[-4:]), ("beats.read",), (), "active", None,
        NOW, "Owner", NOW, None, None, None, None, None, False, None, None, (version,), handover, 1, "",
    )  # fmt: skip
    return MadeKey(row, handover, OneTimeSecret(value))


class Case:
    """A hand-over with its journal on the disk."""

    def __init__(self, folder: Path) -> None:
        self.value = generate("live")
        vault = Vault(folder)
        vault._key, vault.state = os.urandom(KEY_BYTES), VaultState.READY
        self.folder = folder
        self.journal = Journal(folder, vault)
        self.now = NOW
        self.handing = Handing(
            made_key(self.value), store=Store(), journal=self.journal, client_of=lambda: None, now=lambda: self.now
        )
        self.taken: list[str] = []

    async def begin(self) -> None:
        await self.journal.put(
            Pending(
                id="pen_1", kind="create", route="/manage/v1/keys", body={}, idempotency_key="k" * 43, started_at=NOW,
                changed_at=NOW, state="waiting", key_id="key_1", version_id="ver_1", handover_id="hnd_1",
            )
        )  # fmt: skip

    @property
    def journalled(self) -> str:
        return self.journal.pending()[0].state

    async def take(self, value: str) -> bool:
        self.taken.append(value)
        assert self.journalled == "copying"
        return True

    async def refuse(self, value: str) -> bool:
        return False


@pytest.fixture
async def case(tmp_path: Path) -> AsyncIterator[Case]:
    case = Case(tmp_path)
    await case.begin()
    yield case
    case.journal.close()


async def test_that_a_copy_is_journalled_before_placed_once_and_wiped(case: Case) -> None:
    assert await case.handing.copy(case.take)
    assert case.taken == [case.value]
    assert case.handing.state is State.HANDED_OVER
    assert case.handing.secret is None
    assert case.journalled == "handed_over"
    with pytest.raises(NotNowError):
        await case.handing.copy(case.take)
    assert case.taken == [case.value]


async def test_that_two_copies_at_once_place_one_value(case: Case) -> None:
    results = await asyncio.gather(case.handing.copy(case.take), case.handing.copy(case.take), return_exceptions=True)
    assert results[0] is True
    assert isinstance(results[1], NotNowError)
    assert case.taken == [case.value]


async def test_that_a_refused_copy_waits_on(case: Case) -> None:
    assert not await case.handing.copy(case.refuse)
    assert case.handing.state is State.WAITING
    assert case.journalled == "waiting"
    assert case.handing.secret is not None
    assert await case.handing.copy(case.take)


async def test_that_nothing_is_placed_where_nothing_can_be_written_down(case: Case) -> None:
    case.folder.rename(case.folder.with_name("elsewhere"))
    case.folder.write_text("a file where the folder was")
    with pytest.raises(JournalError):
        await case.handing.copy(case.take)
    assert case.taken == []
    assert case.handing.state is State.WAITING
    case.folder.unlink()


async def test_that_a_lock_waits_for_the_copy_under_way(case: Case) -> None:
    async def lock_and_refuse(value: str) -> bool:
        case.handing.seal()
        assert case.handing.secret is not None
        return False

    assert not await case.handing.copy(lock_and_refuse)
    assert case.handing.state is State.SEALED
    assert case.handing.secret is None


async def test_that_a_lock_during_a_copy_that_counts_leaves_it_handed_over(case: Case) -> None:
    async def lock_and_take(value: str) -> bool:
        case.handing.seal()
        return True

    assert await case.handing.copy(lock_and_take)
    assert case.handing.state is State.HANDED_OVER
    case.handing.seal()
    assert case.handing.secret is None


async def test_that_a_file_counts_and_a_failed_one_does_not(case: Case, tmp_path: Path) -> None:
    with pytest.raises(NotSavedError):
        await case.handing.save(tmp_path / "none" / "x.env", Form.ENV)
    assert case.handing.state is State.WAITING
    await case.handing.save(tmp_path / "x.env", Form.ENV)
    assert case.value in (tmp_path / "x.env").read_text()
    assert case.handing.how == "file"
    assert case.journal.pending()[0].how == "file"


async def test_that_a_sealed_one_needs_the_server_to_be_shown_again(case: Case) -> None:
    case.handing.seal()
    with pytest.raises(NoConnectionError):
        await case.handing.unseal()
    assert case.handing.state is State.SEALED


async def test_that_a_sealed_one_is_over_after_a_day(case: Case) -> None:
    case.handing.seal()
    case.now = NOW + 86_401
    assert not await case.handing.unseal()
    assert case.handing.state is State.DISCARDED


async def test_that_a_discard_without_a_connection_is_told_later(case: Case) -> None:
    await case.handing.discard()
    assert case.handing.secret is None
    assert case.journalled == "discarded"
    await case.handing.tell()
    assert case.handing.state is State.DISCARDED


async def test_that_the_value_stands_in_no_file(case: Case) -> None:
    await case.handing.copy(case.take)
    for file in case.folder.rglob("*"):
        if file.is_file():
            assert case.value.encode() not in file.read_bytes()
