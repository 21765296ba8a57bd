"""The watch over the tests of the windows sees what it must see."""

import asyncio

import pytest
import qasync
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog, QWidget

pytest_plugins: list[str] = []


async def test_that_async_tests_run_in_the_qt_loop() -> None:
    assert isinstance(asyncio.get_running_loop(), qasync.QEventLoop)


async def test_that_awaiting_lets_qt_timers_fire() -> None:
    fired = asyncio.get_running_loop().create_future()
    timer = QTimer()
    timer.setSingleShot(True)
    timer.timeout.connect(lambda: fired.set_result(None))
    timer.start(1)
    await asyncio.wait_for(fired, 5)


def test_that_exec_raises(qapp: QApplication) -> None:
    dialog = QDialog()
    with pytest.raises(AssertionError, match="loop inside the loop"):
        dialog.exec()
    dialog.deleteLater()


def test_that_left_over_windows_and_timers_are_seen(qapp: QApplication) -> None:
    from tests.ui.conftest import _timers

    before = _timers()
    timer = QTimer()
    timer.start(60_000)
    assert len(_timers() - before) == 1
    timer.stop()
    assert _timers() == before
    widget = QWidget()
    assert widget in qapp.topLevelWidgets()
    widget.deleteLater()
