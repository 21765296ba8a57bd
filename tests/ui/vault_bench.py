"""A window with a vault and a journal, for tests of what is asked and said of the key."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from bcdesk.store.journal import Journal
from bcdesk.store.vault import Vault
from bcdesk.ui.commands import Registry
from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.main_window import MainWindow
from bcdesk.ui.tasks import TaskScope
from bcdesk.ui.vault_asks import VaultAsks
from bcdesk.ui.widgets import Button


class Bench:
    """A window with a vault and a journal, and what a person does there."""

    def __init__(self, folder: Path, scope: TaskScope) -> None:
        self.registry = Registry()
        self.window = MainWindow(self.registry)
        page = QWidget()
        page.setObjectName("page")
        self.window.stack.addWidget(page)
        self.vault = Vault(folder)
        self.journal = Journal(folder / "journal", self.vault)
        self.chosen: list[str] = []
        self.asks = VaultAsks(
            self.window, self.vault, scope, self.registry, holders=lambda: (self.journal,), chose=self.chosen.append
        )
        self.window.show()

    def close(self) -> None:
        self.asks.close()
        self.vault.close()
        self.journal.close()
        self.window.status.stop()
        self.window.close()
        self.window.deleteLater()

    @property
    def said(self) -> str:
        return self.asks.strip.banner.text if self.asks.strip.isVisible() else ""

    def offers(self) -> set[str]:
        buttons = self.asks.strip.banner.findChildren(Button)
        return {one.objectName() for one in buttons if one.isVisible() and one.property("command")}

    async def find(self, kind: type[Dialog]) -> Dialog:
        async with asyncio.timeout(20):
            while True:
                for one in self.window.findChildren(kind):
                    if one.isVisible():
                        return one
                await asyncio.sleep(0.01)

    async def type(self, dialog: Dialog, **texts: str) -> None:
        for name, text in texts.items():
            line = dialog.findChild(QWidget, name)
            assert line is not None
            QTest.keyClicks(line, text)

    async def until(self, true: Callable[[], object]) -> None:
        async with asyncio.timeout(20):
            while not true():  # noqa: ASYNC110 - what is waited for has no event
                await asyncio.sleep(0.01)


def press(dialog: Dialog, name: str) -> None:
    button = dialog.findChild(Button, name)
    assert button is not None
    assert button.isEnabled(), button.reason
    button.click()
