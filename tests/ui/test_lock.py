"""When the desk locks, and what stands on the screen then: real time in small pieces, real events, a real vault."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QPushButton, QWidget

from bcdesk import settings
from bcdesk.store.vault import Vault, VaultState
from bcdesk.ui import lock_start, lock_window
from bcdesk.ui.commands import Context, Registry
from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.lock import Locker, add_lock_command
from bcdesk.ui.lock_session import says_lock
from bcdesk.ui.lock_window import LockWindow
from bcdesk.ui.single import Asked, Single
from bcdesk.ui.tasks import TaskScope

SECOND = 1 / 60
PASSPHRASE = "seven quiet kestrels over the quarry"


class Locks:
    """A locker and whether it locked."""

    def __init__(self, locker: Locker) -> None:
        self.locker = locker
        self.count = 0
        self.done = asyncio.Event()
        locker.wanted.connect(self._wanted)

    def _wanted(self) -> None:
        self.count += 1
        self.done.set()

    async def within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self.done.wait(), seconds)
        except TimeoutError:
            return False
        return True


class Idle:
    """What the system says of its idleness."""

    seconds: float | None = None

    def __call__(self) -> float | None:
        return self.seconds


@pytest.fixture
def idle() -> Idle:
    return Idle()


@pytest.fixture
async def locks(qapp: QApplication, host: QWidget, idle: Idle) -> AsyncIterator[Locks]:
    """Give a locker that locks after a second without use."""
    host.activateWindow()
    locker = Locker(qapp, minutes=SECOND, system=idle)
    yield Locks(locker)
    locker.stop()
    locker.deleteLater()


async def test_that_a_desk_nobody_uses_locks_once(locks: Locks) -> None:
    locks.locker.start()
    assert await locks.within(10)
    locks.locker.lock()
    assert locks.count == 1


@pytest.mark.parametrize("kind", ["key", "mouse", "press"])
async def test_that_input_of_any_kind_keeps_it_open(locks: Locks, host: QWidget, kind: str) -> None:
    locks.locker.start()
    window = host.windowHandle()
    for number in range(16):
        await asyncio.sleep(0.1)
        if kind == "key":
            QTest.keyClick(window, Qt.Key.Key_Shift)
        elif kind == "mouse":
            QTest.mouseMove(window, QPoint(20 + number, 20))
        else:
            QTest.mouseClick(window, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert locks.locker.unused_for() < 0.5
    assert locks.count == 0


async def test_that_use_of_a_dialog_counts_too(locks: Locks, host: QWidget) -> None:
    locks.locker.start()
    dialog = Dialog(host, "Another window", name="another")
    dialog.open()
    dialog.activateWindow()
    for _ in range(16):
        await asyncio.sleep(0.1)
        QTest.keyClick(dialog.windowHandle(), Qt.Key.Key_Shift)
    assert locks.count == 0
    dialog.done(0)
    dialog.deleteLater()


async def test_that_work_in_another_program_keeps_it_open_where_the_system_tells(locks: Locks, idle: Idle) -> None:
    idle.seconds = 0.0
    locks.locker.start()
    assert not await locks.within(1.5)
    idle.seconds = 100.0
    assert await locks.within(10)


async def test_that_zero_minutes_are_never_and_another_choice_is_in_force_at_once(locks: Locks) -> None:
    locks.locker.set_minutes(0)
    locks.locker.start()
    assert not await locks.within(1.3)
    locks.locker.set_minutes(SECOND)
    assert await locks.within(1.0)


async def test_that_the_command_and_its_keys_lock_even_in_a_dialog(locks: Locks, host: QWidget) -> None:
    registry = Registry()
    add_lock_command(registry, locks.locker)
    registry.command("app.lock").run(Context())
    assert locks.count == 0, "nothing locks before the desk runs"
    locks.locker.start()
    dialog = Dialog(host, "Another window", name="another")
    dialog.add(line := QLineEdit())
    dialog.open()
    dialog.activateWindow()
    line.setFocus()
    QTest.keyClick(dialog.windowHandle(), Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert locks.count == 1
    assert line.text() == ""
    dialog.done(0)
    dialog.deleteLater()


def test_that_windows_own_messages_are_told_apart() -> None:
    assert says_lock(0x02B1, 0x7)
    assert says_lock(0x0218, 0x4)
    assert not says_lock(0x02B1, 0x8), "unlocking"
    assert not says_lock(0x0218, 0x7), "waking up"


def test_that_nothing_of_a_covered_window_is_on_the_screen(qapp: QApplication) -> None:
    window = QMainWindow()
    window.setObjectName("window")
    window.setWindowTitle("Authentication Management – Studio – bcdesk")
    inside = QPushButton("Storefront")
    window.setCentralWidget(inside)
    window.show()
    dialog = Dialog(window, "New live key", name="reveal")
    dialog.open()
    lock_window.cover(window)
    shown = [one for one in qapp.topLevelWidgets() if one.isVisible()]
    assert shown == [window]
    assert window.windowTitle() == "bcdesk is locked"
    assert not inside.isVisible()
    late = Dialog(window, "A key waits", name="waits")
    late.open()
    assert not any(one.isVisible() for one in qapp.allWindows() if one.title() == "A key waits")
    qapp.processEvents()
    assert not late.isVisible()
    dialog.done(0)
    for one in (late, dialog, window):
        one.close()
        one.deleteLater()


# the locked window


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


def shown(name: str) -> QWidget | None:
    """Return a visible widget of the locked window."""
    for window in QApplication.topLevelWidgets():
        if isinstance(window, LockWindow) and window.isVisible():
            found = window.findChild(QWidget, name)
            return found if isinstance(found, QWidget) and found.isVisible() else None
    return None


async def found(name: str) -> QWidget:
    """Return a widget of the locked window, once it shows."""
    for _ in range(2000):
        if (one := shown(name)) is not None:
            return one
        await asyncio.sleep(0.01)
    raise AssertionError(name)


async def _nothing_to_lose() -> None:
    pass


async def with_passphrase(folder: Path) -> None:
    vault = Vault(folder / "desk")
    await vault.change("passphrase", PASSPHRASE, anew=_nothing_to_lose)
    vault.close()


async def test_that_without_a_passphrase_the_window_names_the_only_barrier(folder: Path, scope: TaskScope) -> None:
    answer = scope.start(lock_start.unlocked(settings.load(folder), None), name="locked")
    barrier = await found("locked_barrier")
    assert "only barrier" in barrier.accessibleName()
    assert shown("locked_field") is None
    QTest.keyClick(await found("locked_unlock"), Qt.Key.Key_Return)
    opened = await answer
    assert opened is not None
    assert opened.vault is None


async def test_that_a_window_that_cannot_try_the_passphrase_is_none(qapp: QApplication) -> None:
    async def right(_passphrase: str) -> bool:
        return True

    with pytest.raises(ValueError, match="in a task"):
        LockWindow(check=right)


async def test_that_closing_the_window_ends_the_desk(folder: Path, scope: TaskScope) -> None:
    answer = scope.start(lock_start.unlocked(settings.load(folder), None), name="locked")
    (await found("locked_unlock")).window().close()
    assert await answer is None


async def test_that_a_wrong_passphrase_opens_nothing_and_the_right_one_opens_the_vault(
    folder: Path, scope: TaskScope
) -> None:
    await with_passphrase(folder)
    answer = scope.start(lock_start.unlocked(settings.load(folder), None), name="locked")
    line = await found("locked_passphrase")
    assert isinstance(line, QLineEdit)
    assert line.echoMode() == QLineEdit.EchoMode.Password
    assert shown("locked_barrier") is None
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert line.isEnabled(), "an empty one is not tried"
    said = asyncio.get_running_loop().create_future()
    QTest.keyClicks(line, "the wrong one, surely")
    line.textChanged.connect(
        lambda text: said.set_result(None) if not text else None, Qt.ConnectionType.SingleShotConnection
    )
    QTest.keyClick(line, Qt.Key.Key_Return)
    await asyncio.wait_for(said, 30)
    assert not answer.done()
    assert "not the passphrase" in line.accessibleDescription()
    QTest.keyClicks(line, PASSPHRASE)
    QTest.keyClick(line, Qt.Key.Key_Return)
    opened = await asyncio.wait_for(answer, 30)
    assert opened is not None
    assert opened.vault is not None
    assert opened.vault.state is VaultState.READY
    opened.vault.close()


async def test_that_a_locked_desk_asks_no_keyring_and_keeps_what_others_ask_for(
    folder: Path, scope: TaskScope, single: Single
) -> None:
    answer = scope.start(lock_start.unlocked(settings.load(folder), single), name="locked")
    button = await found("locked_unlock")
    single.asked.emit(Asked(("bcdesk:apps",)))
    button.window().showMinimized()
    single.asked.emit(Asked(("bcdesk:keys",)))
    assert not button.window().isMinimized()
    assert not (folder / "desk" / "vault.json").exists()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    opened = await answer
    assert opened is not None
    assert opened.words == ("bcdesk:apps", "bcdesk:keys")


@pytest.fixture
def single(folder: Path) -> Iterator[Single]:
    held = Single(folder, None)
    yield held
    held.release()
    held.deleteLater()
