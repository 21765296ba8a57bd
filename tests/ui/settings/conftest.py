"""The settings page in a window, over a desk without a server."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from bcdesk.settings import Settings
from bcdesk.store.journal import Journal
from bcdesk.store.store import Store
from bcdesk.ui import icons
from bcdesk.ui.choices import Choices
from bcdesk.ui.clipboard import ClipboardGuard
from bcdesk.ui.commands import Registry
from bcdesk.ui.desk import Connection, Desk
from bcdesk.ui.gate import RevealGate
from bcdesk.ui.main_window import MainWindow
from bcdesk.ui.offline_copy import OfflineCopy
from bcdesk.ui.rail import Page
from bcdesk.ui.settings.page import SettingsPage
from bcdesk.ui.settings.sections import sections
from bcdesk.ui.tasks import TaskScope
from bcdesk.ui.updates import Updates
from bcdesk.ui.updates_command import add_update_command
from bcdesk.ui.widgets import Skeleton
from tests.ui.keys.studio import until
from tests.ui.reveal.sealing import open_vault


class Setting:
    """A desk whose window shows a page and the settings."""

    def __init__(self, scope: TaskScope, folder: Path) -> None:
        self.choices = Choices(Settings(data_dir=folder))
        self.store, self.vault = Store(), open_vault(folder)
        self.journal = Journal(folder / "journal", self.vault)
        self.guard = ClipboardGuard(QGuiApplication.clipboard())
        self.copy = OfflineCopy(folder / "desk" / "cache", self.vault, self.store, days=30)
        self.desk = Desk(
            scope=scope,
            store=self.store,
            journal=self.journal,
            vault=self.vault,
            settings=self.choices.now,
            clipboard=self.guard,
            gate=RevealGate(),
            client_of=lambda: None,
            connection_of=lambda: Connection("Local server"),
            sync_now=lambda: None,
        )
        self.registry = Registry()
        self.window = MainWindow(self.registry)
        self.window.set_on_theme(lambda scheme: self.choices.choose(theme=scheme))
        self.window.add_page(Page("keys", "API keys", "key", Skeleton()))
        self.updates = Updates(scope, self.choices)
        add_update_command(self.registry, self.window, self.updates)
        parts = (self.desk, self.registry, self.choices, self.copy, self.updates)
        self.page = SettingsPage(self.registry, sections(*parts))
        self.window.add_page(Page("settings", "Settings", "settings", self.page, foot=True, shortcut="Ctrl+,"))

    async def close(self) -> None:
        """Take everything down."""
        await self.desk.scope.close()
        await self.copy.close()
        self.page.close_down()
        self.guard.close()
        self.journal.close()
        self.vault.close()
        self.window.status.stop()
        self.window.hide()
        self.window.deleteLater()
        icons.forget()


@pytest.fixture
async def setting(qapp: QApplication, scope: TaskScope, tmp_path: Path) -> AsyncIterator[Setting]:
    """Give the settings page, shown."""
    made = Setting(scope, tmp_path)
    made.window.resize(1280, 800)
    made.window.show()
    made.window.go("settings")
    made.window.activateWindow()
    await until(made.window.isActiveWindow)
    yield made
    await made.close()
