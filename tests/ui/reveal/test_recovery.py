"""The crash row: what a restarted desk shows of hand-overs that were interrupted, from the journal on the disk."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from bcdesk.actions.handovers import mark_copying
from bcdesk.store.journal import Journal
from bcdesk.store.vault import VaultState
from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.keys.recovery import MaybeCopied, Notice, Recovery
from tests.ui.reveal.conftest import Bench, at, button, press, says, until
from tests.ui.reveal.sealing import open_vault
from tests.ui.walk import check_window

DAY = 24 * 3600.0


async def restart(bench: Bench, tmp_path: Path, now: Callable[[], float] | None = None) -> Recovery:
    """Let a new desk begin on what the old one left on the disk."""
    key = bench.desk.vault._key
    await bench.desk.scope.close()
    bench.desk.journal.close()
    vault = open_vault(tmp_path, key)
    journal = Journal(tmp_path / "journal", vault)
    await journal.load()
    scope = type(bench.desk.scope)()
    bench.desk = replace(bench.desk, scope=scope, vault=vault, journal=journal)
    if now is not None:
        bench.desk = at(bench.desk, now)
    recovery = Recovery(bench.window, bench.desk)
    recovery.poke()
    return recovery


async def opened(kind: type[Dialog], bench: Bench) -> Dialog:
    """Return the open dialog of ``kind``."""
    return await until(
        lambda: next((one for one in bench.window.findChildren(kind) if one.isVisible() and not one.busy), None)
    )


async def over(bench: Bench, recovery: Recovery) -> None:
    await bench.quiet()
    recovery.close()
    bench.desk.journal.close()
    await bench.desk.scope.close()


async def test_crash_while_waiting_replays_and_shows_it_at_restart(bench: Bench, tmp_path: Path) -> None:
    made = await bench.make()
    value = made.secret.show()
    bench.reveal(made)
    await bench.dialog()
    recovery = await restart(bench, tmp_path)
    dialog = await bench.dialog("waiting")
    assert "bcdesk was interrupted before you took this key." in says(dialog)
    press(button(dialog, "reveal_copy"))
    await bench.dialog("after")
    assert QGuiApplication.clipboard().text() == value
    press(button(dialog, "reveal_done"))
    await over(bench, recovery)
    assert bench.desk.journal.pending() == ()


async def test_crash_while_copying_asks_and_never_shows_it_again(bench: Bench, tmp_path: Path) -> None:
    made = await bench.make()
    await mark_copying(bench.desk.journal, made.handover.id, how="copy")
    value = made.secret.show()
    recovery = await restart(bench, tmp_path)
    dialog = await opened(MaybeCopied, bench)
    assert dialog.title.text().startswith("It may have been copied at ")
    assert made.secret.last4 in says(dialog)
    assert "It is not shown again." in says(dialog)
    check_window(dialog)
    assert not bench.began
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    press(button(dialog, "maybe_have"))
    await over(bench, recovery)
    assert bench.desk.journal.pending() == ()
    assert await bench.first_use(value) == 200
    row = await bench.client.keys.get(made.key.id)
    assert row.handover is None or row.handover.state == "handed_over"


async def test_crash_while_copying_can_be_replaced(bench: Bench, tmp_path: Path) -> None:
    made = await bench.make()
    await mark_copying(bench.desk.journal, made.handover.id, how="file")
    lost = made.secret.show()
    recovery = await restart(bench, tmp_path)
    dialog = await opened(MaybeCopied, bench)
    assert dialog.title.text().startswith("It may have been saved at ")
    press(button(dialog, "maybe_replace"))
    shown = await bench.dialog("waiting")
    assert shown.handing.made.row.id == made.key.id
    press(button(shown, "reveal_copy"))
    await bench.dialog("after")
    assert await bench.first_use(lost) == 401
    assert await bench.first_use(QGuiApplication.clipboard().text()) == 200
    press(button(shown, "reveal_done"))
    await over(bench, recovery)


async def test_crash_while_copying_of_a_key_that_was_used_is_not_replaced(bench: Bench, tmp_path: Path) -> None:
    made = await bench.make()
    await mark_copying(bench.desk.journal, made.handover.id, how="copy")
    assert await bench.first_use(made.secret.show()) == 200
    recovery = await restart(bench, tmp_path)
    dialog = await opened(MaybeCopied, bench)
    press(button(dialog, "maybe_replace"))
    await until(lambda: "used meanwhile" in dialog.problem.text)
    press(button(dialog, "maybe_have"))
    await over(bench, recovery)
    assert bench.desk.journal.pending() == ()


async def test_crash_question_that_is_left_is_asked_again_at_the_next_start(bench: Bench, tmp_path: Path) -> None:
    made = await bench.make()
    await mark_copying(bench.desk.journal, made.handover.id, how="copy")
    recovery = await restart(bench, tmp_path)
    QTest.keyClick(await opened(MaybeCopied, bench), Qt.Key.Key_Escape)
    await bench.quiet()
    recovery.close()
    again = await restart(bench, tmp_path)
    press(button(await opened(MaybeCopied, bench), "maybe_have"))
    await over(bench, again)
    assert bench.desk.journal.pending() == ()


async def test_crash_a_day_ago_ends_in_a_notice(bench: Bench, tmp_path: Path) -> None:
    made = await bench.make(name="Forgotten")
    await bench.client.handovers.discard(made.handover.id)  # as the server does after a day
    started = bench.desk.journal.pending()[0].started_at
    recovery = await restart(bench, tmp_path, lambda: started + DAY + 60)
    dialog = await opened(Notice, bench)
    assert "Nobody took the secret of Forgotten for 24 hours" in says(dialog)
    check_window(dialog)
    press(button(dialog, "reveal_close"))
    await over(bench, recovery)
    assert bench.desk.journal.pending() == ()


async def test_crash_of_two_hand_overs_shows_them_one_after_the_other(bench: Bench, tmp_path: Path) -> None:
    await bench.make(name="First")
    await bench.make(name="Second")
    recovery = await restart(bench, tmp_path)
    seen = set()
    for _ in range(2):
        dialog = await bench.dialog("waiting")
        seen.add(dialog.handing.made.row.name)
        assert len([one for one in bench.began if one.isVisible()]) == 1
        dialog.reject()
        press(button(dialog, "reveal_discard"))
        bench.began.clear()
        await until(lambda dialog=dialog: not _visible(dialog))  # type: ignore[misc]
    assert seen == {"First", "Second"}
    await over(bench, recovery)


async def test_crash_is_taken_up_when_the_desk_comes_online_or_the_keyring_opens(bench: Bench, tmp_path: Path) -> None:
    await bench.make()
    recovery = await restart(bench, tmp_path)
    dialog = await bench.dialog("waiting")
    dialog.reject()
    press(button(dialog, "reveal_discard"))
    await bench.quiet()
    for event in (
        lambda: bench.desk.store.set_link(state="online"),
        lambda: recovery._on_vault(VaultState.READY),
    ):
        made = await bench.make(name="Later")
        bench.desk.journal.claimed.clear()
        bench.began.clear()
        event()
        dialog = await bench.dialog("waiting")
        assert dialog.handing.made.row.id == made.key.id
        dialog.reject()
        press(button(dialog, "reveal_discard"))
        await bench.quiet()
        await asyncio.sleep(0)
    await over(bench, recovery)


def _visible(dialog: Dialog) -> bool:
    return any(one is dialog and one.isVisible() for one in QApplication.topLevelWidgets())


async def test_crash_without_a_journal_shows_nothing(bench: Bench, tmp_path: Path) -> None:
    recovery = await restart(bench, tmp_path)
    await bench.quiet()
    assert not bench.window.findChildren(Dialog)
    await over(bench, recovery)
