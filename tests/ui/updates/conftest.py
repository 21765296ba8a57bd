"""A window with the command of updates, over a build that carries a key."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QLabel

from bcdesk import settings
from bcdesk.client.release_keys import BuildKeys
from bcdesk.settings import Settings
from bcdesk.ui import icons
from bcdesk.ui.choices import Choices
from bcdesk.ui.commands import Registry
from bcdesk.ui.main_window import MainWindow
from bcdesk.ui.rail import Page
from bcdesk.ui.tasks import TaskScope
from bcdesk.ui.updates import Updates
from bcdesk.ui.updates_command import CHECK, add_update_command
from bcdesk.ui.updates_dialog import UpdatesDialog
from bcdesk.ui.widgets import Skeleton
from tests.ui.keys.studio import until
from tests.unit.client.releasing import KEY


class Browser(QObject):
    """Takes addresses in the place of the system's browser."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        """Take note of an address."""
        self.opened.append(url.toString())


class Checking:
    """A window whose build carries a key, and what a person does with it."""

    def __init__(self, scope: TaskScope, folder: Path) -> None:
        self.choices = Choices(Settings(data_dir=folder))
        self.registry = Registry()
        self.window = MainWindow(self.registry)
        self.window.add_page(Page("keys", "API keys", "key", Skeleton()))
        self.build = BuildKeys((KEY,))
        self.updates = Updates(scope, self.choices, build=lambda: self.build)
        add_update_command(self.registry, self.window, self.updates)

    def at(self, url: str) -> None:
        """Give the address."""
        self.choices.choose(update_url=url)

    async def dialog(self) -> UpdatesDialog:
        """Run the command, and return its dialog."""
        assert self.registry.run(CHECK)
        await until(lambda: any(one.isVisible() for one in self.window.findChildren(UpdatesDialog)))
        return next(one for one in self.window.findChildren(UpdatesDialog) if one.isVisible())

    async def checked(self, url: str) -> UpdatesDialog:
        """Check at an address, and return the dialog with its answer."""
        self.at(url)
        dialog = await self.dialog()
        await until(lambda: not dialog.busy)
        return dialog

    @property
    def seen(self) -> str:
        """Return the newest version that was seen, as the disk has it."""
        return settings.load(self.choices.now.data_dir).update_seen


def says(dialog: UpdatesDialog) -> str:
    """Return all that a dialog says."""
    return "\n".join(one.text() for one in dialog.findChildren(QLabel) if one.isVisible() and one.text())


@pytest.fixture
async def checking(qapp: QApplication, scope: TaskScope, tmp_path: Path) -> AsyncIterator[Checking]:
    """Give the window, shown."""
    made = Checking(scope, tmp_path)
    made.window.resize(1280, 800)
    made.window.show()
    made.window.activateWindow()
    await until(made.window.isActiveWindow)
    yield made
    await scope.close()
    made.window.status.stop()
    made.window.hide()
    made.window.deleteLater()
    icons.forget()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Stand in for the system's browser."""
    made = Browser()
    for scheme in ("http", "https"):
        QDesktopServices.setUrlHandler(scheme, made, "take")  # type: ignore[arg-type]  # the stub asks for bytes, which fail
    yield made
    for scheme in ("http", "https"):
        QDesktopServices.unsetUrlHandler(scheme)
