"""After the hand-over: the first use, a lost copy, a used one."""

import asyncio

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from bcdesk.actions.reveal import State
from tests.ui.reveal.conftest import Bench, button, press, says, until


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
    assert dialog.handing.made.row.id == made.key.id
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
