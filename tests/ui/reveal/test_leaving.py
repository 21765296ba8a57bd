"""Escape, Close, a click outside and the end of the desk: what becomes of a secret that nobody took."""

import asyncio
import os

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from bcdesk.actions.keys import revoke_key, rotate_key
from bcdesk.actions.reveal import State
from tests.ui.reveal.conftest import Bench, button, press, says
from tests.ui.reveal.looking import face_of, focus_of, frame_of, held


@pytest.mark.parametrize("way", ["escape", "close", "window"])
async def test_escape_turns_the_dialog_and_discards_by_default(bench: Bench, way: str) -> None:
    made = await bench.make()
    value = made.secret.show()
    task = bench.reveal(made)
    dialog = await bench.dialog()
    if way == "escape":
        QTest.keyClick(focus_of(dialog), Qt.Key.Key_Escape)
    elif way == "close":
        press(button(dialog, "reveal_close"))
    else:
        dialog.close()
    assert dialog.isVisible()
    assert face_of(dialog) == "nobody"
    assert dialog.title.text() == "Nobody has this key."
    assert focus_of(dialog) is button(dialog, "reveal_discard")
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert (await bench.end(task)).kind == "discarded"
    assert made.secret.spent
    assert bench.desk.journal.pending() == ()
    assert await bench.first_use(value) == 401
    assert made.key.id not in bench.desk.store.keys


async def test_escape_then_back_shows_the_secret_again(bench: Bench) -> None:
    task = bench.reveal(await bench.make())
    dialog = await bench.dialog()
    for by_key in (False, True):
        QTest.keyClick(focus_of(dialog), Qt.Key.Key_Escape)
        faces = [dialog.face]
        if by_key:
            QTest.keyClick(dialog, Qt.Key.Key_Escape)
        else:
            press(button(dialog, "reveal_back"))
        assert [*faces, face_of(dialog)] == ["nobody", "waiting"]
        assert focus_of(dialog) is frame_of(dialog)
    task.cancel()


async def test_escape_with_a_held_enter_discards_nothing(bench: Bench) -> None:
    task = bench.reveal(await bench.make())
    dialog = await bench.dialog()
    close = button(dialog, "reveal_close")
    QTest.keyPress(close, Qt.Key.Key_Return)
    assert face_of(dialog) == "nobody"
    held(focus_of(dialog), Qt.Key.Key_Return)
    await asyncio.sleep(0)
    assert face_of(dialog) == "nobody"
    assert dialog.handing.state is State.WAITING
    task.cancel()


async def test_escape_says_that_a_leaked_key_stays_revoked(bench: Bench) -> None:
    leaked = await bench.make(name="Leaked one")
    leaked.secret.discard()
    await revoke_key(
        client=bench.client, store=bench.desk.store, key_id=leaked.key.id, reason="seen in a log", compromised=True
    )
    made = await bench.make(name="Its successor", replaces=leaked.key.id)
    task = bench.reveal(made)
    dialog = await bench.dialog()
    dialog.reject()
    assert "Leaked one, which may have leaked, stays revoked." in says(dialog)
    press(button(dialog, "reveal_discard"))
    await bench.end(task)
    assert (await bench.client.keys.get(leaked.key.id)).status == "revoked"


async def test_escape_on_a_rotation_leaves_the_old_version_as_it_was(bench: Bench) -> None:
    old = await bench.make()
    value = old.secret.show()
    await bench.client.handovers.ack(old.handover.id, "copy")
    assert await bench.first_use(value) == 200
    made = await rotate_key(client=bench.client, store=bench.desk.store, journal=bench.desk.journal, key_id=old.key.id)
    task = bench.reveal(made)
    dialog = await bench.dialog()
    dialog.reject()
    assert "works on as it did before" in says(dialog)
    press(button(dialog, "reveal_discard"))
    assert (await bench.end(task)).kind == "discarded"
    assert await bench.first_use(value) == 200
    assert (await bench.client.keys.get(old.key.id)).rotation is None


async def test_escape_without_a_connection_still_discards_at_once(bench: Bench) -> None:
    made = await bench.make()
    task = bench.reveal(made)
    dialog = await bench.dialog()
    bench.offline()
    dialog.reject()
    press(button(dialog, "reveal_discard"))
    assert (await bench.end(task)).kind == "discarded"
    assert made.secret.spent
    assert [entry.state for entry in bench.desk.journal.pending()] == ["discarded"]


async def test_click_outside_does_nothing(bench: Bench) -> None:
    task = bench.reveal(await bench.make())
    dialog = await bench.dialog()
    scrim = bench.window.findChild(QWidget, "scrim")
    assert scrim is not None
    QTest.mouseClick(scrim, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    QTest.mouseDClick(bench.window, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    await asyncio.sleep(0)
    assert dialog.isVisible()
    assert face_of(dialog) == "waiting"
    task.cancel()


@pytest.mark.skipif(os.name == "nt", reason="Windows protects windows from capture")
async def test_capture_protection_is_not_promised_where_the_system_has_none(bench: Bench) -> None:
    task = bench.reveal(await bench.make())
    await bench.dialog()
    assert "protected" not in says(bench.window)
    task.cancel()


async def test_that_the_end_of_the_desk_wipes_the_secret_and_leaves_it_to_the_next_start(bench: Bench) -> None:
    made = await bench.make()
    bench.reveal(made)
    await bench.dialog()
    await bench.desk.scope.close()
    assert made.secret.spent
    assert [entry.state for entry in bench.desk.journal.pending()] == ["waiting"]
