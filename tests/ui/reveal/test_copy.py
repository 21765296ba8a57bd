"""Copy: what counts as the one hand-over and what uses nothing up."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from bcdesk.contract.key_format import parse
from bcdesk.ui.keys.secret_frame import SecretFrame
from tests.ui.reveal.conftest import Bench, at, button, press, says, until
from tests.ui.reveal.looking import face_of, frame_of


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
