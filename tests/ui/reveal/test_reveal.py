"""Each row of the copy-once reveal's table, by real keys and presses on a real server."""

import asyncio
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from bcdesk.actions.keys import revoke_key, rotate_key
from bcdesk.actions.reveal import State
from bcdesk.contract.key_format import parse
from bcdesk.ui.keys.reveal_dialog import RevealDialog
from bcdesk.ui.keys.secret_frame import SecretFrame
from tests.ui.reveal.conftest import Bench, at, button, press, says, until


def frame_of(dialog: RevealDialog) -> SecretFrame:
    found = dialog.findChild(SecretFrame)
    assert isinstance(found, SecretFrame)
    return found


def held(target: QWidget, key: Qt.Key, text: str = "") -> None:
    """Deliver what a key that is held down since before delivers: repeats, then a release."""
    for kind, repeats in ((QEvent.Type.KeyPress, True), (QEvent.Type.KeyPress, True), (QEvent.Type.KeyRelease, False)):
        QApplication.sendEvent(target, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text, repeats))


def face_of(dialog: RevealDialog) -> str:
    """Read the face anew: a press changes it behind the type checker's back."""
    return str(dialog.face)


def shown(dialog: RevealDialog) -> bool:
    """Read anew whether the value is on screen."""
    return bool(frame_of(dialog).shown)


def focus_of(dialog: RevealDialog) -> QWidget:
    widget = dialog.focusWidget()
    assert widget is not None
    return widget


# opens


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


# reveal


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


# copy


@pytest.mark.parametrize("by_key", [True, False])
async def test_copy_counts_once_it_reads_back_and_wipes_the_secret(bench: Bench, by_key: bool) -> None:
    made = await bench.make()
    value = made.secret.show()
    task = bench.reveal(made)
    dialog = await bench.dialog()
    if by_key:
        QTest.keyClick(frame_of(dialog), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    else:
        press(button(dialog, "reveal_copy"))
    await bench.dialog("after")
    assert QGuiApplication.clipboard().text() == value
    assert parse(value) is not None
    assert made.secret.spent
    await bench.quiet_but(task)
    assert bench.desk.journal.pending() == ()
    row = await bench.client.keys.get(made.key.id)
    assert row.handover is None or row.handover.state == "handed_over"
    assert dialog.findChild(SecretFrame) is None
    QTest.keyClick(dialog, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    press(button(dialog, "reveal_done"))
    assert (await bench.end(task)).kind == "handed_over"


async def test_copy_is_durable_in_the_journal_before_the_clipboard_is_touched(bench: Bench) -> None:
    made = await bench.make()
    states: list[str] = []

    def look() -> None:
        if QGuiApplication.clipboard().text():
            states.extend(entry.state for entry in bench.desk.journal.pending())

    QGuiApplication.clipboard().dataChanged.connect(look)
    task = bench.reveal(made)
    try:
        press(button(await bench.dialog(), "reveal_copy"))
        await bench.dialog("after")
    finally:
        QGuiApplication.clipboard().dataChanged.disconnect(look)
    assert states == ["copying"]
    await bench.quiet_but(task)
    task.cancel()


async def test_copy_that_the_clipboard_refused_uses_nothing_up(bench: Bench) -> None:
    def take_over() -> None:
        if QGuiApplication.clipboard().text() != "theirs":
            QGuiApplication.clipboard().setText("theirs")

    made = await bench.make()
    task = bench.reveal(made)
    dialog = await bench.dialog()
    QGuiApplication.clipboard().dataChanged.connect(take_over)
    try:
        press(button(dialog, "reveal_copy"))
        await until(lambda: dialog.problem.text)
    finally:
        QGuiApplication.clipboard().dataChanged.disconnect(take_over)
    assert dialog.problem.text == "The clipboard refused it. Nothing was used up."
    assert face_of(dialog) == "waiting"
    assert [entry.state for entry in bench.desk.journal.pending()] == ["waiting"]
    press(button(dialog, "reveal_copy"))
    await bench.dialog("after")
    await bench.quiet_but(task)
    task.cancel()


async def test_copy_that_cannot_be_written_down_touches_no_clipboard(bench: Bench, tmp_path: Path) -> None:
    made = await bench.make()
    task = bench.reveal(made)
    dialog = await bench.dialog()
    folder = tmp_path / "journal"
    folder.rename(tmp_path / "elsewhere")
    folder.write_text("a file where the folder was")
    press(button(dialog, "reveal_copy"))
    await until(lambda: dialog.problem.text)
    assert "Nothing was used up." in dialog.problem.text
    assert QGuiApplication.clipboard().text() == ""
    assert not made.secret.spent
    folder.unlink()
    (tmp_path / "elsewhere").rename(folder)
    press(button(dialog, "reveal_copy"))
    await bench.dialog("after")
    await bench.quiet_but(task)
    task.cancel()


async def test_copy_of_a_secret_that_the_server_has_thrown_away_says_so(bench: Bench) -> None:
    made = await bench.make()
    task = bench.reveal(made)
    dialog = await bench.dialog()
    await bench.client.handovers.discard(made.handover.id)
    press(button(dialog, "reveal_copy"))
    await until(lambda: "opens nothing" in says(dialog))
    await bench.quiet_but(task)
    task.cancel()


async def test_copy_after_a_day_is_refused_with_a_notice(bench: Bench) -> None:
    made = await bench.make()
    now = [made.handover.expires_at - 3600]
    bench.desk = at(bench.desk, lambda: now[0])
    task = bench.reveal(made)
    dialog = await bench.dialog()
    now[0] += 7200
    press(button(dialog, "reveal_copy"))
    assert face_of(dialog) == "expired"
    assert QGuiApplication.clipboard().text() == ""
    task.cancel()


async def test_copy_counts_down_with_more_time_and_clear_now(bench: Bench) -> None:
    task = bench.reveal(await bench.make())
    dialog = await bench.dialog()
    press(button(dialog, "reveal_copy"))
    await bench.dialog("after")
    assert "Cleared from the clipboard in 30 s" in says(dialog)
    press(button(dialog, "reveal_extend"))
    assert "Cleared from the clipboard in 60 s" in says(dialog)
    press(button(dialog, "reveal_clear"))
    assert QGuiApplication.clipboard().text() == ""
    assert "Cleared from the clipboard." in says(dialog)
    await bench.quiet_but(task)
    task.cancel()


async def test_copy_goes_on_counting_after_the_dialog_has_closed(bench: Bench) -> None:
    task = bench.reveal(await bench.make())
    press(button(await bench.dialog(), "reveal_copy"))
    press(button(await bench.dialog("after"), "reveal_done"))
    await bench.end(task)
    assert bench.desk.clipboard.remaining == 30
    bench.desk.clipboard.close()
    assert QGuiApplication.clipboard().text() == ""


async def test_copy_without_a_connection_counts_and_is_told_later(bench: Bench) -> None:
    made = await bench.make()
    value = made.secret.show()
    task = bench.reveal(made)
    dialog = await bench.dialog()
    bench.offline()
    press(button(dialog, "reveal_copy"))
    await bench.dialog("after")
    assert QGuiApplication.clipboard().text() == value
    await until(lambda: "The server has not heard of this yet" in says(dialog))
    assert [entry.state for entry in bench.desk.journal.pending()] == ["handed_over"]
    press(button(dialog, "reveal_done"))
    await bench.end(task)


# save to file


@pytest.mark.parametrize("form", ["env", "bare"])
async def test_save_to_file_is_private_and_counts_as_the_one_hand_over(bench: Bench, tmp_path: Path, form: str) -> None:
    made = await bench.make()
    value = made.secret.show()
    task = bench.reveal(made)
    dialog = await bench.dialog()
    press(button(dialog, "reveal_save"))
    press(button(dialog, f"save_form.{form}"))
    path = tmp_path / "out.env"
    set_path(dialog, path)
    press(button(dialog, "save_go"))
    await bench.dialog("after")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == (f"BEATCONNECT_API_KEY={value}\n" if form == "env" else value)
    assert made.secret.spent
    assert QGuiApplication.clipboard().text() == ""
    assert str(path) in says(dialog)
    press(button(dialog, "reveal_done"))
    assert (await bench.end(task)).kind == "handed_over"
    assert bench.desk.journal.pending() == ()


async def test_save_to_file_overwrites_nothing_and_uses_nothing_up(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "mine.env"
    path.write_text("MINE=1\n")
    task = bench.reveal(await bench.make())
    dialog = await bench.dialog()
    press(button(dialog, "reveal_save"))
    set_path(dialog, path)
    press(button(dialog, "save_go"))
    await until(lambda: "A file of this name is there already" in says(dialog) and not dialog.busy)
    assert "Nothing was used up." in says(dialog)
    assert path.read_text() == "MINE=1\n"
    assert dialog.handing.state is State.WAITING
    press(button(dialog, "save_back"))
    assert face_of(dialog) == "waiting"
    task.cancel()


@pytest.mark.parametrize(
    ("folder", "said"), [(".git", "This folder is a git work tree."), ("Dropbox", "This folder is synced.")]
)
async def test_save_to_file_is_warned_of_inside_a_git_or_synced_folder(
    bench: Bench, tmp_path: Path, folder: str, said: str
) -> None:
    (tmp_path / folder).mkdir()
    path = (tmp_path if folder == ".git" else tmp_path / folder) / "key.env"
    task = bench.reveal(await bench.make())
    dialog = await bench.dialog()
    press(button(dialog, "reveal_save"))
    set_path(dialog, path)
    assert said in says(dialog)
    assert not dialog.findChild(QWidget, "save_go").isVisible()  # type: ignore[union-attr]
    anyway = button(dialog, "save_anyway")
    assert anyway.text() == "Save there anyway"
    press(anyway)
    await bench.dialog("after")
    assert path.exists()
    await bench.quiet_but(task)
    task.cancel()


def set_path(dialog: RevealDialog, path: Path) -> None:
    edit = dialog.findChild(QLineEdit, "save_path")
    assert edit is not None
    edit.selectAll()
    QTest.keyClicks(edit, str(path))


# after


async def test_after_not_used_yet_turns_to_first_used_with_time_and_address(bench: Bench) -> None:
    made = await bench.make()
    value = made.secret.show()
    task = bench.reveal(made)
    press(button(await bench.dialog(), "reveal_copy"))
    dialog = await bench.dialog("after")
    assert "Not used yet" in says(dialog)
    assert await bench.first_use(value) == 200

    async def used() -> None:
        while "First used" not in says(dialog):
            row = await bench.client.keys.get(made.key.id)
            bench.desk.store.apply_keys([row])
            await asyncio.sleep(0.05)

    await asyncio.wait_for(used(), 10)
    line = next(text for text in says(dialog).splitlines() if "First used" in text)
    assert line.startswith(f"Opens {bench.desk.connection.host} only · First used ")
    assert line.endswith(" from 127.0.0.1")
    assert not dialog.findChild(QWidget, "reveal_replace").isVisible()  # type: ignore[union-attr]
    press(button(dialog, "reveal_rotate"))
    outcome = await bench.end(task)
    assert (outcome.kind, outcome.key_id, outcome.rotate) == ("handed_over", made.key.id, True)


async def test_after_a_lost_copy_is_replaced_by_a_new_secret_under_the_same_id(bench: Bench) -> None:
    made = await bench.make()
    lost = made.secret.show()
    task = bench.reveal(made)
    press(button(await bench.dialog(), "reveal_copy"))
    dialog = await bench.dialog("after")
    press(button(dialog, "reveal_replace"))
    dialog = await bench.dialog("waiting")
    assert QGuiApplication.clipboard().text() == ""
    assert dialog.handing.made.key.id == made.key.id
    assert "opens nothing now" in says(dialog)
    press(button(dialog, "reveal_copy"))
    await bench.dialog("after")
    fresh = QGuiApplication.clipboard().text()
    assert fresh != lost
    assert await bench.first_use(lost) == 401
    assert await bench.first_use(fresh) == 200
    press(button(dialog, "reveal_done"))
    assert (await bench.end(task)).kind == "handed_over"


async def test_after_a_used_copy_is_not_replaced_but_rotated(bench: Bench) -> None:
    made = await bench.make()
    value = made.secret.show()
    task = bench.reveal(made)
    press(button(await bench.dialog(), "reveal_copy"))
    dialog = await bench.dialog("after")
    await bench.quiet_but(task)
    assert await bench.first_use(value) == 200
    press(button(dialog, "reveal_replace"))
    await until(lambda: "used meanwhile" in dialog.problem.text)
    assert not dialog.busy
    assert button(dialog, "reveal_rotate").text() == "Rotate…"
    assert dialog.handing.state is State.HANDED_OVER
    press(button(dialog, "reveal_done"))
    await bench.end(task)


# Escape, Close


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


# lock, sleep


async def test_lock_takes_the_secret_out_of_memory_and_unlock_shows_it_again(bench: Bench) -> None:
    made = await bench.make()
    value = made.secret.show()
    task = bench.reveal(made)
    dialog = await bench.dialog()
    bench.desk.gate.seal()
    assert face_of(dialog) == "sealed"
    assert made.secret.spent
    assert not button(dialog, "reveal_again").isEnabled()
    bench.desk.gate.unseal()
    dialog = await bench.dialog("waiting")
    press(button(dialog, "reveal_copy"))
    await bench.dialog("after")
    assert QGuiApplication.clipboard().text() == value
    await bench.quiet_but(task)
    task.cancel()


async def test_sleep_is_a_lock(bench: Bench, qapp: QApplication) -> None:
    bench.desk.gate.follow(qapp)
    made = await bench.make()
    task = bench.reveal(made)
    dialog = await bench.dialog()
    qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationSuspended)
    assert face_of(dialog) == "sealed"
    assert made.secret.spent
    qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)
    await bench.dialog("waiting")
    task.cancel()


async def test_lock_without_a_connection_stays_sealed_and_says_so(bench: Bench) -> None:
    task = bench.reveal(await bench.make())
    dialog = await bench.dialog()
    bench.desk.gate.seal()
    bench.offline()
    bench.desk.gate.unseal()
    await until(lambda: dialog.problem.text)
    assert face_of(dialog) == "sealed"
    bench.offline(False)
    press(button(dialog, "reveal_again"))
    await bench.dialog("waiting")
    task.cancel()


async def test_lock_for_a_day_ends_in_a_discard_with_a_notice(bench: Bench) -> None:
    now = [0.0]
    made = await bench.make()
    now[0] = made.handover.expires_at - 3600
    bench.desk = at(bench.desk, lambda: now[0])
    task = bench.reveal(made)
    dialog = await bench.dialog()
    bench.desk.gate.seal()
    now[0] += 7200
    bench.desk.gate.unseal()
    dialog = await bench.dialog("expired")
    assert f"Nobody took the secret of {made.key.name} for 24 hours" in says(dialog)
    press(button(dialog, "reveal_close"))
    assert (await bench.end(task)).kind == "expired"


# two at once


async def test_two_at_once_are_shown_one_after_the_other_and_the_reason_is_said(bench: Bench) -> None:
    first, second = await bench.make(name="First"), await bench.make(name="Second")
    assert bench.desk.gate.reason() is None
    one, two = bench.reveal(first), bench.reveal(second)
    dialog = await bench.dialog()
    assert "First" in says(dialog)
    assert len(bench.window.findChildren(RevealDialog)) == 1
    assert bench.desk.gate.reason() == "A secret waits to be handed over. Hand it over or discard it first."
    dialog.reject()
    press(button(dialog, "reveal_discard"))
    await one
    dialog = await until(
        lambda: next((d for d in bench.window.findChildren(RevealDialog) if d.isVisible() and d is not dialog), None)
    )
    assert "Second" in says(dialog)
    bench.desk.gate.seal()
    bench.desk.gate.unseal()
    await bench.dialog("waiting")
    dialog.reject()
    press(button(dialog, "reveal_discard"))
    await bench.end(two)
    assert bench.desk.gate.reason() is None


async def test_two_at_once_are_both_sealed_by_a_lock(bench: Bench) -> None:
    first, second = await bench.make(name="First"), await bench.make(name="Second")
    tasks = bench.reveal(first), bench.reveal(second)
    await bench.dialog()
    bench.desk.gate.seal()
    assert first.secret.spent
    assert second.secret.spent
    for task in tasks:
        task.cancel()


# click outside, capture protection


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


# the end of the desk


async def test_that_the_end_of_the_desk_wipes_the_secret_and_leaves_it_to_the_next_start(bench: Bench) -> None:
    made = await bench.make()
    bench.reveal(made)
    await bench.dialog()
    await bench.desk.scope.close()
    assert made.secret.spent
    assert [entry.state for entry in bench.desk.journal.pending()] == ["waiting"]
