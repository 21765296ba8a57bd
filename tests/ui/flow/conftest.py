"""The flow tester on a real server process, as its owner and as a viewer."""

import time
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from bcdesk.ui.tasks import TaskScope
from tests.ui.flow.flow_studio import FlowStudio
from tests.ui.keys.conftest import forget_icons, pytest_itemcollected, served, viewer_token
from tests.ui.keys.studio import Served

__all__ = ["forget_icons", "pytest_itemcollected", "served", "viewer_token"]


def shown(served: Served, token: str, scope: TaskScope, folder: Path) -> FlowStudio:
    QGuiApplication.clipboard().clear()
    studio = FlowStudio(served, token, scope, folder, now=time.time)
    studio.window.resize(1280, 800)
    studio.window.show()
    studio.window.go("flow")
    return studio


@pytest.fixture
async def studio(served: Served, qapp: QApplication, scope: TaskScope, tmp_path: Path) -> FlowStudio:
    """Give the page as the owner sees it, in sync."""
    return shown(served, served.token, scope, tmp_path)


@pytest.fixture
async def viewing(
    served: Served, viewer_token: str, qapp: QApplication, scope: TaskScope, tmp_path: Path
) -> FlowStudio:
    """Give the page as a viewer sees it, in sync."""
    return shown(served, viewer_token, scope, tmp_path)
