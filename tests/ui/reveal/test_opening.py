"""How the copy-once reveal opens and shows its value, by real keys and presses on a real server."""

import asyncio
from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from bcdesk.actions.reveal import State
from bcdesk.ui.keys.reveal_dialog import RevealDialog
from tests.ui.reveal.conftest import Bench, button, press, says, until
from tests.ui.reveal.looking import face_of, focus_of, frame_of, held, shown


async def test_opens_with_focus_on_the_frame_and_no_default_button(bench: Bench) -> None:
    task = bench.reveal(await bench.make())
    dialog = await bench.dialog()
    assert focus_of(dialog) is frame_of(dialog)
    QTest.keyClick(focus_of(dialog), Qt.Key.Key_Return)
    QTest.keyClick(focus_of(dialog), Qt.Key.Key_Enter)
    assert face_of(dialog) == "waiting"
    assert QGuiApplication.clipboard().text() == ""
    task.cancel()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
async def test_opens_so_that_a_key_held_since_the_form_spends_nothing(bench: Bench, key: Qt.Key) -> None:
    task = bench.reveal(await bench.make())
    dialog = await bench.dialog()
    held(frame_of(dialog), key)
    assert not shown(dialog)
    for name in ("reveal_copy", "reveal_close", "reveal_save"):
        held(button(dialog, name), key)
    await asyncio.sleep(0)
    assert face_of(dialog) == "waiting"
    assert dialog.handing.state is State.WAITING
    QTest.keyClick(button(dialog, "reveal_close"), key)  # a fresh press after the release is one
    assert face_of(dialog) == "nobody"
    task.cancel()


async def test_opens_saying_host_environment_last_four_and_expiry(bench: Bench) -> None:
    made = await bench.make(expires_at=1_900_000_000.0)
    task = bench.reveal(made)
    dialog = await bench.dialog()
    said = says(dialog)
    assert f"Opens {bench.desk.connection.host} only · Not used yet" in said
    assert f"ends in {made.secret.last4} · beats.read · expires Mar 17, 2030" in said
    assert "It can be copied once. After that nobody, bcdesk included, can show it again." in said
    assert "Pre-release demo" in said
    chip = dialog.findChild(QWidget, "reveal_environment")
    assert chip is not None
    assert chip.accessibleName() == "Live"
    task.cancel()


async def test_reveal_holds_by_pointer(bench: Bench) -> None:
    task = bench.reveal(await bench.make())
    dialog = await bench.dialog()
    frame, hold = frame_of(dialog), button(dialog, "reveal_hold")
    QTest.mousePress(hold, Qt.MouseButton.LeftButton)
    assert shown(dialog)
    assert focus_of(dialog) is frame
    QTest.mouseRelease(hold, Qt.MouseButton.LeftButton)
    assert not shown(dialog)
    QTest.mousePress(frame, Qt.MouseButton.LeftButton, pos=QPoint(30, 30))
    assert shown(dialog)
    QTest.mouseRelease(frame, Qt.MouseButton.LeftButton, pos=QPoint(30, 30))
    assert not shown(dialog)
    task.cancel()


async def test_reveal_holds_by_space(bench: Bench) -> None:
    task = bench.reveal(await bench.make())
    dialog = await bench.dialog()
    frame = frame_of(dialog)
    QTest.keyPress(frame, Qt.Key.Key_Space)
    assert shown(dialog)
    QTest.keyRelease(frame, Qt.Key.Key_Space)
    assert not shown(dialog)
    task.cancel()


async def test_reveal_has_a_twin_for_ten_seconds_that_counts_down_and_hides(bench: Bench) -> None:
    task = bench.reveal(await bench.make())
    dialog = await bench.dialog()
    frame, twin = frame_of(dialog), button(dialog, "reveal_show")
    seen: list[int] = []
    frame.countdown.connect(seen.append)
    assert twin.text() == "Show for 10 s"
    press(twin)
    assert shown(dialog)
    assert twin.text() == "Hide · 10 s"
    frame._second.setInterval(5)
    await until(lambda: not frame.shown)
    assert seen == list(range(10, -1, -1))
    press(twin)
    assert shown(dialog)
    press(twin)
    assert not shown(dialog)
    task.cancel()


LEAVING: dict[str, Callable[[RevealDialog, Bench], object]] = {
    "focus": lambda dialog, _: button(dialog, "reveal_copy").setFocus(),
    "hidden": lambda dialog, _: dialog.hide(),
    "other window": lambda dialog, _: QApplication.sendEvent(frame_of(dialog), QEvent(QEvent.Type.WindowDeactivate)),
    "lock": lambda _, bench: bench.desk.gate.seal(),
}


@pytest.mark.parametrize("way", LEAVING)
async def test_reveal_is_masked_again_on_focus_loss_and_lock_and_when_hidden(bench: Bench, way: str) -> None:
    task = bench.reveal(await bench.make())
    dialog = await bench.dialog()
    frame = frame_of(dialog)
    press(button(dialog, "reveal_show"))
    assert shown(dialog)
    LEAVING[way](dialog, bench)
    assert not bool(frame.shown)
    task.cancel()
