"""A lock or sleep takes secrets out of memory, and two secrets are shown one after the other."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from bcdesk.ui.keys.reveal_dialog import RevealDialog
from tests.ui.reveal.conftest import Bench, at, button, press, says, until
from tests.ui.reveal.looking import face_of


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
