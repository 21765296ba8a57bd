"""The real desk, whose own hand makes a key and presses *Copy once*; says ``held`` on stdout."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from bcdesk import app
from bcdesk.actions.keys import create_key
from bcdesk.client.values import KeyDraft
from tests.profiles import at_demo

T = TypeVar("T")


async def found(look: Callable[[], T | None]) -> T:
    """Return what ``look`` finds, once it does."""
    for _ in range(3000):
        if result := look():
            return result
        await asyncio.sleep(0.01)
    raise AssertionError("it never came")


class Copying(app.Program):
    """Goes as far as the clipboard, then waits for a signal."""

    async def run(self) -> int:
        self.scope.start(self._copy(), name="copy")
        return await super().run()

    async def _copy(self) -> None:
        from bcdesk.ui.keys.reveal import hand_over

        client = await found(lambda: self.desk.client if self.store.session is not None else None)
        draft = KeyDraft(name="By hand", environment="live", scopes=("beats.read",))
        made = await create_key(client=client, store=self.store, journal=self.journal, draft=draft)
        self.scope.start(hand_over(self.window, made, desk=self.desk), name="hand over")
        QTest.mouseClick(await found(self._button), Qt.MouseButton.LeftButton)
        await found(lambda: self.clipboard.holding)
        sys.stdout.write("held\n")
        sys.stdout.flush()

    def _button(self) -> QPushButton | None:
        button = self.window.findChild(QPushButton, "reveal_copy")
        return button if isinstance(button, QPushButton) and button.isVisible() else None


if __name__ == "__main__":
    app.Program = Copying  # type: ignore[misc]
    sys.exit(app.main(data_dir=at_demo(Path(sys.argv[1]))))
