"""The members page on a real server process, as its owner sees it."""

import time
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from bcdesk.ui.tasks import TaskScope
from tests.ui.keys.conftest import forget_icons, pytest_itemcollected, served
from tests.ui.keys.studio import Served
from tests.ui.members.member_studio import MemberStudio

__all__ = ["forget_icons", "pytest_itemcollected", "served"]


@pytest.fixture
async def studio(served: Served, qapp: QApplication, scope: TaskScope, tmp_path: Path) -> MemberStudio:
    """Give the page as the owner sees it, in sync."""
    QGuiApplication.clipboard().clear()
    made = MemberStudio(served, served.token, scope, tmp_path, now=time.time)
    made.window.resize(1280, 800)
    made.window.show()
    made.window.go("members")
    return made
