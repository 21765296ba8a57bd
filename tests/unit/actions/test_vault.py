"""The key moves with all that it sealed, at any point of it, and what a lost one sealed is removed."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import keyring
import pytest

from bcdesk.actions.vault import begin_anew, finish_move, keep_nothing, move_key
from bcdesk.store import passphrase, vault_keyring
from bcdesk.store.vault import Vault, VaultClosedError, VaultState
from tests.unit.actions.sealed_desk import ALL, CHEAP, NOTHING, REFRESH, TOP, Desk
from tests.unit.store import keyrings
from tests.unit.store.copies import held

PHRASE = "seven unlikely lanterns drift"


@pytest.fixture(autouse=True)
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[keyrings.Working]:
    """Put a keyring in memory in place of the system's, and let a passphrase cost little."""
    monkeypatch.setattr(vault_keyring, "ACCEPTED", vault_keyring.ACCEPTED | {keyrings.__name__})
    monkeypatch.setattr("bcdesk.store.vault.COST", CHEAP)
    before = keyring.get_keyring()
    made = keyrings.Working()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


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


@pytest.mark.skipif(sys.platform == "win32", reason="nothing kills like that there")
async def test_that_a_desk_killed_before_any_write_of_a_move_finds_everything(desks: Callable[[], Desk]) -> None:
    desk = desks()
    await desk.fill()
    await move_key(vault=desk.vault, holders=desk.holders, to="passphrase", passphrase="round 0")
    await desk.close()
    now = goal = "round 0"
    ended, killed = -1, 0
    for last in range(1, 20):
        goal = f"round {last}"
        command = [sys.executable, "-m", "tests.unit.actions.sealed_desk", str(desk.folder), now, goal, str(last)]
        child = await asyncio.create_subprocess_exec(*command, cwd=TOP)
        ended = await child.wait()
        desk = desks()
        await desk.vault.open()
        if await desk.vault.unlock(goal):
            now = goal
        else:
            assert await desk.vault.unlock(now)
        assert await desk.knows() == ALL, last
        await finish_move(vault=desk.vault, holders=desk.holders)
        await desk.close()
        if ended == 0:
            break
        killed += 1
    assert (ended, killed) == (0, 5), "before vault, entry, session, mark, and vault again"
    assert now == goal
