"""Two who move the key at once lose nothing to one another, and a move that the disk refuses leaves nothing behind."""

import asyncio
from collections.abc import Callable

import pytest

from bcdesk.actions.vault import finish_move, move_key
from bcdesk.store.vault import VaultState
from tests.unit.actions.sealed_desk import ALL, Desk
from tests.unit.actions.test_vault import PHRASE, Cut, desks, ring
from tests.unit.store import keyrings

__all__ = ["desks", "ring"]


class Slow:
    """A holder that takes as long as the test says, at that call of it."""

    def __init__(self, call: int) -> None:
        self.begun, self.may_end = asyncio.Event(), asyncio.Event()
        self._left = call

    async def reseal(self) -> None:
        self._left -= 1
        if self._left == 0:
            self.begun.set()
            await self.may_end.wait()

    async def forget_sealed(self) -> None:
        raise AssertionError("nothing is lost")


async def test_that_of_two_moves_at_once_none_forgets_the_key_of_the_other(desks: Callable[[], Desk]) -> None:
    desk = desks()
    await desk.fill()
    with pytest.raises(OSError, match="no space"):
        await move_key(vault=desk.vault, holders=(Cut(),), to="passphrase", passphrase=PHRASE)
    first, second = Slow(1), Slow(2)
    async with asyncio.TaskGroup() as group:
        finishing = group.create_task(finish_move(vault=desk.vault, holders=(*desk.holders, first)))
        await first.begun.wait()
        group.create_task(move_key(vault=desk.vault, holders=(second, *desk.holders), to="keyring"))
        begun = group.create_task(second.begun.wait())
        await asyncio.wait({begun}, timeout=0.5)  # it would be sealing under its own key by now
        first.may_end.set()
        await finishing
        second.may_end.set()
        begun.cancel()
    await desk.close()
    desk = desks()
    assert await desk.vault.open() is VaultState.READY
    assert await desk.knows() == ALL


async def test_that_no_key_stays_in_the_keyring_where_the_disk_does_not_take_the_choice(
    desks: Callable[[], Desk], ring: keyrings.Working
) -> None:
    desk = desks()
    await desk.fill()
    before = dict(ring.held)
    (desk.folder / "vault.json").unlink()
    (desk.folder / "vault.json").mkdir()
    with pytest.raises(OSError, match="directory"):
        await move_key(vault=desk.vault, holders=desk.holders, to="keyring")
    await desk.vault._worker.submit(lambda: None)
    assert (ring.held, desk.vault.state) == (before, VaultState.READY)
