"""The key moves with all that it sealed, at any point of it, and what a lost one sealed is removed."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import keyring
import pytest

from bcdesk.actions.vault import Holder, begin_anew, finish_move, keep_nothing, move_key
from bcdesk.store import passphrase, vault_keyring
from bcdesk.store.cache import Cache
from bcdesk.store.cache_state import CopyState
from bcdesk.store.journal import Journal
from bcdesk.store.passphrase import Cost
from bcdesk.store.session_vault import SessionVault
from bcdesk.store.vault import Vault, VaultClosedError, VaultState
from bcdesk.ui.clipboard_mark import ClipboardMark
from tests.unit.store import keyrings
from tests.unit.store.copies import filled, held
from tests.unit.store.test_journal import pending

PHRASE = "seven unlikely lanterns drift"
REFRESH = "bcr_" + "r" * 43


@pytest.fixture(autouse=True)
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[keyrings.Working]:
    """Put a keyring in memory in place of the system's, and let a passphrase cost little."""
    monkeypatch.setattr(vault_keyring, "ACCEPTED", vault_keyring.ACCEPTED | {keyrings.__name__})
    monkeypatch.setattr("bcdesk.store.vault.COST", Cost(1, 64, 1))
    before = keyring.get_keyring()
    made = keyrings.Working()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


class Desk:
    """All that keeps something sealed on a disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.vault = Vault(folder)
        self.journal = Journal(folder / "journal", self.vault)
        self.sessions = SessionVault(folder / "sessions", self.vault)
        self.mark = ClipboardMark(folder / "clipboard.mark", self.vault)
        self.cache = Cache(folder / "cache", self.vault)

    @property
    def holders(self) -> tuple[Holder, ...]:
        return self.journal, self.sessions, self.mark, self.cache

    async def fill(self) -> None:
        """Keep something of every kind."""
        await self.vault.open()
        await self.journal.put(pending())
        await self.sessions.save("one", REFRESH)
        await self.mark.write("what was copied")
        self.cache = await filled(self.folder / "cache", self.vault)

    async def knows(self) -> tuple[bool, bool, bool, int]:
        """Tell which of it can be read, and how many keys the copy holds."""
        entries = await self.journal.load()
        session = await self.sessions.load("one")
        marked = await self.mark.matches("what was copied")
        state = await self.cache.open()
        keys = len(await held(self.cache)) if state is CopyState.READY else 0
        return len(entries) == 1, session is not None and session.take() == REFRESH, bool(marked), keys

    async def close(self) -> None:
        await self.cache.close()
        self.journal.close()
        self.sessions.close()
        self.vault.close()


ALL, NOTHING = (True, True, True, 3), (False, False, False, 0)


@pytest.fixture
async def desks(tmp_path: Path) -> AsyncIterator[Callable[[], Desk]]:
    """Return how to start one desk after another on the same folder."""
    made: list[Desk] = []

    def start() -> Desk:
        made.append(Desk(tmp_path / "desk"))
        return made[-1]

    yield start
    for one in made:
        await one.close()


def files(desk: Desk) -> dict[str, bytes]:
    return {str(one.relative_to(desk.folder)): one.read_bytes() for one in desk.folder.rglob("*") if one.is_file()}


async def test_that_the_key_moves_behind_a_passphrase_and_back_with_all_that_it_sealed(
    desks: Callable[[], Desk], ring: keyrings.Working
) -> None:
    desk = desks()
    await desk.fill()
    before = files(desk)
    await move_key(vault=desk.vault, holders=desk.holders, to="passphrase", passphrase=PHRASE)
    assert not desk.vault.moving
    assert (await held(desk.cache))[0] is not None, "the open copy goes on"
    await desk.close()
    for name, content in files(desk).items():
        if name != "cache/index.json":
            assert content != before.get(name), f"{name} is still sealed under the old key"
    assert ring.held == {}

    desk = desks()
    assert await desk.vault.open() is VaultState.PASSPHRASE
    with pytest.raises(VaultClosedError):
        desk.vault.seal(b"text", "test")
    assert not await desk.vault.unlock(PHRASE[:-1])
    assert await desk.vault.unlock(PHRASE)
    assert await desk.knows() == ALL
    await move_key(vault=desk.vault, holders=desk.holders, to="keyring")
    await desk.close()

    desk = desks()
    assert await desk.vault.open() is VaultState.READY
    assert await desk.knows() == ALL
    assert len(ring.held) == 1


class Cut:
    """A holder at which the desk dies."""

    async def reseal(self) -> None:
        raise OSError(28, "no space")

    async def forget_sealed(self) -> None:
        raise OSError(28, "no space")


@pytest.mark.parametrize("place", range(5))
async def test_that_a_move_that_was_cut_anywhere_loses_nothing_and_is_finished_later(
    desks: Callable[[], Desk], ring: keyrings.Working, place: int
) -> None:
    desk = desks()
    await desk.fill()
    cut = (*desk.holders[:place], Cut(), *desk.holders[place:])
    with pytest.raises(OSError, match="no space"):
        await move_key(vault=desk.vault, holders=cut, to="passphrase", passphrase=PHRASE)
    await desk.close()

    desk = desks()
    await desk.vault.open()
    assert await desk.vault.unlock(PHRASE)
    assert desk.vault.moving
    assert await desk.knows() == ALL
    await finish_move(vault=desk.vault, holders=desk.holders)
    assert desk.vault.old_key_for("cache/x") is None
    await desk.close()
    desk = desks()
    await desk.vault.open()
    await desk.vault.unlock(PHRASE)
    assert await desk.knows() == ALL
    await desk.vault._worker.submit(lambda: None)
    assert ring.held == {}


async def test_that_a_keyring_that_takes_nothing_leaves_all_as_it_was(desks: Callable[[], Desk]) -> None:
    desk = desks()
    await desk.fill()
    await move_key(vault=desk.vault, holders=desk.holders, to="passphrase", passphrase=PHRASE)
    keyring.set_keyring(keyrings.Locked())
    with pytest.raises(VaultClosedError):
        await move_key(vault=desk.vault, holders=desk.holders, to="keyring")
    await desk.close()
    desk = desks()
    await desk.vault.open()
    assert await desk.vault.unlock(PHRASE)
    assert await desk.knows() == ALL


async def test_that_beginning_anew_removes_what_only_the_lost_key_opens(
    desks: Callable[[], Desk], ring: keyrings.Working
) -> None:
    desk = desks()
    await desk.fill()
    await desk.close()
    ring.held.clear()
    desk = desks()
    assert await desk.vault.open() is VaultState.MISSING
    heard: list[tuple[VaultState, list[str]]] = []
    desk.vault.listen(lambda state: heard.append((state, sorted(files(desk)))))
    await begin_anew(vault=desk.vault, holders=desk.holders, to="keyring")
    assert heard == [(VaultState.READY, ["cache/index.json", "vault.json"])], "all was gone when it was told"
    assert await desk.knows() == NOTHING
    assert desk.journal.set_aside == []


async def test_that_keeping_nothing_leaves_nothing_and_is_undone_by_choosing_again(
    desks: Callable[[], Desk], ring: keyrings.Working
) -> None:
    desk = desks()
    await desk.fill()
    await keep_nothing(vault=desk.vault, holders=desk.holders)
    assert sorted(files(desk)) == ["cache/index.json"]
    assert desk.vault.state is VaultState.MEMORY
    assert [one.id for one in desk.journal.pending()] == ["pen_1"], "this process still knows it"
    await desk.journal.update("pen_1", state="waiting")
    assert sorted(files(desk)) == ["cache/index.json"]
    assert await Vault(desk.folder, memory=True).open() is VaultState.MEMORY
    await begin_anew(vault=desk.vault, holders=desk.holders, to="passphrase", passphrase=PHRASE)
    assert [one.state for one in await desk.journal.load()] == ["waiting"]
    assert (desk.folder / "journal" / "pen_1.sealed").is_file()


async def test_that_one_holder_that_fails_keeps_no_other_from_being_emptied(desks: Callable[[], Desk]) -> None:
    desk = desks()
    await desk.fill()
    with pytest.raises(OSError, match="no space"):
        await keep_nothing(vault=desk.vault, holders=(Cut(), *desk.holders))
    assert sorted(files(desk)) == ["cache/index.json"]


async def test_that_a_late_answer_of_the_keyring_changes_no_choice(desks: Callable[[], Desk], tmp_path: Path) -> None:
    ring = keyrings.Prompting()
    keyring.set_keyring(ring)
    desk = desks()
    assert await desk.vault.open(patience=0) is VaultState.WAITING
    await begin_anew(vault=desk.vault, holders=desk.holders, to="passphrase", passphrase=PHRASE)
    sealed = desk.vault.seal(b"text", "test")
    ring.answered.set()
    await desk.vault._worker.submit(lambda: None)
    assert desk.vault.kind == "passphrase"
    assert ring.held == {}
    again = desks()
    await again.vault.open()
    assert await again.vault.unlock(PHRASE)
    assert again.vault.unseal(sealed, "test") == b"text"


async def test_that_an_entry_removed_while_all_is_sealed_anew_stays_removed(desks: Callable[[], Desk]) -> None:
    desk = desks()
    await desk.fill()
    await desk.journal.load()
    await asyncio.gather(desk.journal.reseal(), desk.journal.remove("pen_1"))
    assert desk.journal.pending() == ()
    assert not list((desk.folder / "journal").iterdir())


async def test_that_no_file_tells_the_passphrase_or_the_key(desks: Callable[[], Desk], tmp_path: Path) -> None:
    desk = desks()
    await desk.fill()
    await move_key(vault=desk.vault, holders=desk.holders, to="passphrase", passphrase=PHRASE)
    key = desk.vault._key
    assert key is not None
    traces = [PHRASE.encode(), key, key.hex().encode(), REFRESH.encode(), b"k" * 43, b"what was copied"]
    control = desk.folder / "control"
    control.write_bytes(b"x" + key)
    found = [name for name, content in files(desk).items() if any(one in content for one in traces)]
    assert found == ["control"]


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")
async def test_that_what_is_known_of_the_key_is_its_owners_alone(desks: Callable[[], Desk]) -> None:
    before = os.umask(0)
    try:
        desk = desks()
        await desk.vault.change("passphrase", PHRASE, anew=keyrings.remove_nothing)
    finally:
        os.umask(before)
    assert (desk.folder / "vault.json").stat().st_mode & 0o777 == 0o600


def test_that_the_tests_do_not_make_the_real_cost_cheap() -> None:
    assert passphrase.COST.memory_kib == 2**17
