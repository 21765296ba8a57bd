"""All that a desk keeps sealed on a disk, for tests that move its key; as a program, a desk that dies while it does."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

from bcdesk.actions.vault import Holder, move_key
from bcdesk.store.cache import Cache
from bcdesk.store.cache_state import CopyState
from bcdesk.store.journal import Journal
from bcdesk.store.passphrase import Cost
from bcdesk.store.session_vault import SessionVault
from bcdesk.store.vault import Vault
from bcdesk.ui.clipboard_mark import ClipboardMark
from tests.unit.store.copies import filled, held
from tests.unit.store.test_journal import pending

REFRESH = "bcr_" + "r" * 43
CHEAP = Cost(1, 64, 1)
TOP = Path(__file__).resolve().parents[3]


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


async def die_while_moving(folder: Path, before: str, after: str, last: int) -> None:
    """Go from one passphrase to another, and be killed right before the ``last`` file of that is put in its place."""
    desk = Desk(folder)
    await desk.vault.open()
    await desk.vault.unlock(before)
    await desk.knows()
    left = last

    def hook(event: str, _arguments: Any) -> None:
        nonlocal left
        if event == "os.rename":
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    await move_key(vault=desk.vault, holders=desk.holders, to="passphrase", passphrase=after)
    await desk.close()


if __name__ == "__main__":
    setattr(sys.modules["bcdesk.store.vault"], "COST", CHEAP)  # noqa: B010 - a guess may be cheap here
    asyncio.run(die_while_moving(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])))
