"""The keys page on a real server process, as its owner and as a viewer."""

import functools
import inspect
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from bcdesk.ui import icons
from bcdesk.ui.tasks import TaskScope
from tests.ui.keys.studio import Served, Studio, serving


def pytest_itemcollected(item: pytest.Item) -> None:
    """Open and close a test's studio within the test's own run of the loop.

    qasync turns Qt's events once more after each run; a task that takes a step there, where no loop runs,
    fails in httpx and leaves its connection locked. So no task may live from one run to the next.
    """
    if not isinstance(item, pytest.Function) or not inspect.iscoroutinefunction(item.obj):
        return
    test = item.obj

    @functools.wraps(test)
    async def within(**given: Any) -> None:
        studios = [one for one in given.values() if isinstance(one, Studio)]
        try:
            for one in studios:
                await one.connect()
            await test(**given)
        finally:
            for one in studios:
                await one.close()

    item.obj = within


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Run one real local server, with demo data, for all tests here."""
    with serving(tmp_path_factory.mktemp("server") / "data") as one:
        yield one


@pytest.fixture(scope="session")
def viewer_token(served: Served) -> str:
    """Make a viewer on that server."""
    return served.member_token("viewer")


def shown(served: Served, token: str, scope: TaskScope, folder: Path) -> Studio:
    QGuiApplication.clipboard().clear()
    studio = Studio(served, token, scope, folder, now=time.time)
    studio.window.resize(1280, 800)
    studio.window.show()
    return studio


@pytest.fixture
async def studio(served: Served, qapp: QApplication, scope: TaskScope, tmp_path: Path) -> Studio:
    """Give the page as the owner sees it, in sync."""
    return shown(served, served.token, scope, tmp_path)


@pytest.fixture
async def viewing(served: Served, viewer_token: str, qapp: QApplication, scope: TaskScope, tmp_path: Path) -> Studio:
    """Give the page as a viewer sees it, in sync."""
    return shown(served, viewer_token, scope, tmp_path)


@pytest.fixture(autouse=True)
def forget_icons() -> Iterator[None]:
    """Drop drawn icons and what lies on the clipboard."""
    yield
    icons.forget()
    QGuiApplication.clipboard().clear()
