"""Every test of the windows runs in the Qt loop that the program uses, and fails on whatever it leaves behind."""

import asyncio
import gc
import inspect
import threading
import traceback
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping

import pytest
import qasync
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget

from bcdesk.ui import icons, theme
from bcdesk.ui.tasks import TaskScope


def _qt_loop() -> asyncio.AbstractEventLoop:
    loop = qasync.QEventLoop(QApplication.instance() or QApplication([]))
    assert isinstance(loop, asyncio.AbstractEventLoop)
    return loop


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run async tests in the Qt loop."""
    return {"qt": _qt_loop}


@pytest.hookimpl(tryfirst=True)
def pytest_itemcollected(item: pytest.Item) -> None:
    """Let every async test be watched for tasks that outlive it."""
    if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj):
        item.fixturenames.insert(0, "no_task_outlives")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Collect here what Qt objects a test left in cycles: a thread of a later test would destroy them, and crash."""
    try:
        return (yield)
    finally:
        gc.collect()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let go of the windows that a failure's frames hold, once it is told: else a later thread destroys them."""
    report = yield
    if call.excinfo is not None:
        traceback.clear_frames(call.excinfo.tb)
    return report


@pytest.fixture(scope="module", autouse=True)
def collections_are_cheap() -> None:
    """Let no collection walk what imports and the modules before have made: it would take a second each."""
    gc.collect()
    gc.freeze()


@pytest.fixture
async def no_task_outlives() -> AsyncIterator[None]:
    """Fail on a task that still runs when the test and all its fixtures are done."""
    yield
    left = [task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task() and not task.done()]
    assert not left, f"tasks were left running: {left}"


def _settle() -> None:
    """Deliver what is posted, so that what was deleted is gone."""
    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        QCoreApplication.processEvents()


def _timers() -> set[int]:
    from shiboken6 import isValid

    objects = gc.get_objects()
    return {id(one) for one in objects if isinstance(one, QTimer) and isValid(one) and one.isActive()}


@pytest.fixture(autouse=True)
def nothing_is_left(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail on top-level widgets, threads and running timers that were not there before the test."""

    def never(self: object, *args: object, **kwargs: object) -> int:
        raise AssertionError("exec() runs a loop inside the loop: open() it and await the answer")

    monkeypatch.setattr(QDialog, "exec", never)
    monkeypatch.setattr(QMenu, "exec", never)
    if not qapp.styleSheet() or theme.theme().scheme != "light":
        theme.apply(qapp, "light")
    widgets, threads, timers = set(qapp.topLevelWidgets()), set(threading.enumerate()), _timers()
    yield
    _settle()
    left = [one for one in qapp.topLevelWidgets() if one not in widgets]
    names = [f"{type(one).__name__} {one.objectName()!r}" for one in left]
    for one in left:
        one.close()
        one.deleteLater()
    _settle()
    still = [one.name for one in threading.enumerate() if one not in threads and not one.daemon]
    running = _timers() - timers
    assert not names, f"windows were left: {names}"
    assert not still, f"threads were left: {still}"
    assert not running, f"{len(running)} timers were left running"


@pytest.fixture(autouse=True)
def no_error_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail on errors that were only logged, such as exceptions that a loop swallowed."""
    yield
    bad = [r.getMessage() for r in caplog.get_records("call") if r.levelname in ("ERROR", "CRITICAL")]
    assert not bad, f"errors were logged: {bad}"


@pytest.fixture
def host(qapp: QApplication) -> Iterator[QWidget]:
    """Give a shown window of 1000×700 to put things into."""
    window = QWidget()
    window.setObjectName("window")
    window.setAccessibleName("Test window")
    window.resize(1000, 700)
    window.show()
    yield window
    window.close()
    window.deleteLater()
    icons.forget()


@pytest.fixture
async def scope() -> AsyncIterator[TaskScope]:
    """Give a task scope that is closed after the test; its errors fail the test."""
    errors: list[BaseException] = []
    async with TaskScope(errors.append) as made:
        yield made
    assert not errors, f"tasks failed: {errors!r}"
