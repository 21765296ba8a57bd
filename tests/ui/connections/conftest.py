"""The whole desk with a keyring of its own, as the program runs it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TypeVar

import keyring
import pytest
from PySide6.QtWidgets import QApplication

from bcdesk import settings
from bcdesk.program import Program
from bcdesk.store import vault_keyring
from bcdesk.ui import icons
from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.frame import first_frame
from tests.ui.keys.studio import until
from tests.unit.store import keyrings

D = TypeVar("D", bound=Dialog)
Running = Callable[[Path], AbstractAsyncContextManager[Program]]


@pytest.fixture(autouse=True)
def one_keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give every desk of a test the same keyring."""
    monkeypatch.setattr(vault_keyring, "ACCEPTED", vault_keyring.ACCEPTED | {keyrings.__name__})
    before = keyring.get_keyring()
    keyring.set_keyring(keyrings.Working())
    yield
    keyring.set_keyring(before)
    icons.forget()


async def standing(kind: type[D]) -> D:
    """Return the dialog of that kind, once it stands over the window."""
    return await until(
        lambda: one if isinstance(one := QApplication.activeModalWidget(), kind) else None, kind.__name__
    )


async def followed(program: Program) -> None:
    """Wait until the desk is in sync and changes are followed: a stream that is just being opened closes uncleanly."""

    def following() -> bool:
        loop = program.connection._sync
        return loop is not None and loop._following.live.is_set()

    await until(lambda: program.store.link.state == "online", "online")
    await until(following, "the stream of changes")


@pytest.fixture
def running(qapp: QApplication) -> Running:
    """Return what runs a desk on a folder from its start until the block ends."""

    @asynccontextmanager
    async def run(folder: Path) -> AsyncIterator[Program]:
        chosen = settings.load(folder)
        program = Program(chosen, qapp, first_frame(chosen))
        program.window.resize(1280, 800)
        program.window.show()
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(program.run())
            program.switcher.begin()
            try:
                yield program
            finally:
                for dialog in iter(QApplication.activeModalWidget, None):
                    dialog.close()
                    await asyncio.sleep(0.01)
                program.window.close()
                await task
                program.window.deleteLater()

    return run
