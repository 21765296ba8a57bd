"""The reveal out of captures: when the system is asked, what the visible window says, and that its buttons work."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QWidget

from bcdesk.ui.keys.protection import ProtectedNote
from bcdesk.ui.keys.reveal_dialog import RevealDialog
from bcdesk.ui.screen_shield import shield
from tests.ui.reveal.conftest import Bench, button, press, says, until
from tests.ui.reveal.looking import face_of


class System:
    """What a system that can do it is asked."""

    def __init__(self, agrees: bool = True) -> None:
        self.agrees = agrees
        self.asked: list[tuple[str, bool, bool]] = []

    def __call__(self, window: QWidget, on: bool) -> bool:
        self.asked.append((window.objectName(), on, window.isVisible()))
        return self.agrees


@pytest.fixture
def system(bench: Bench) -> System:
    system = System()
    bench.desk = replace(bench.desk, shield=lambda: system)
    return system


def note(dialog: RevealDialog) -> ProtectedNote:
    return dialog.findChildren(ProtectedNote)[0]


async def test_that_the_dialog_is_shielded_before_it_is_seen_and_the_window_says_so(
    bench: Bench, system: System
) -> None:
    made = await bench.make()
    task = bench.reveal(made)
    dialog = await bench.dialog()
    assert system.asked == [("reveal", True, False)]
    assert note(dialog).isVisible()
    assert "A key waits in a protected window." in says(note(dialog))
    assert made.row.name not in says(note(dialog)), "what is captured tells of no key"
    assert bench.window.geometry().contains(note(dialog).geometry())
    task.cancel()
    await bench.quiet()


async def test_that_it_is_shown_unprotected_when_asked_and_the_secret_stays_hidden(
    bench: Bench, system: System
) -> None:
    task = bench.reveal(await bench.make())
    dialog = await bench.dialog()
    press(button(note(dialog), "protected_lift"))
    assert system.asked[-1] == ("reveal", False, True)
    assert not note(dialog).isVisible()
    assert face_of(dialog) == "waiting"
    dialog.reject()
    assert not note(dialog).isVisible()
    task.cancel()
    await bench.quiet()


@pytest.mark.parametrize("face", ["waiting", "nobody", "save", "sealed"])
async def test_that_discard_discards_from_every_face(bench: Bench, system: System, face: str) -> None:
    task = bench.reveal(await bench.make())
    dialog = await bench.dialog()
    if face == "nobody":
        dialog.reject()
    elif face == "save":
        dialog.to_save()
    elif face == "sealed":
        bench.desk.gate.seal()
    assert face_of(dialog) == face
    assert note(dialog).isVisible()
    press(button(note(dialog), "protected_discard"))
    assert (await bench.end(task)).kind == "discarded"


async def test_that_nothing_more_is_said_once_it_is_handed_over(bench: Bench, system: System) -> None:
    task = bench.reveal(await bench.make())
    dialog = await bench.dialog()
    press(button(dialog, "reveal_copy"))
    await bench.dialog("after")
    assert not note(dialog).isVisible()
    await bench.quiet_but(task)
    task.cancel()
    await bench.quiet()


async def test_that_a_system_that_refuses_leaves_the_dialog_as_it_was(bench: Bench, system: System) -> None:
    system.agrees = False
    task = bench.reveal(await bench.make())
    dialog = await bench.dialog()
    assert not note(dialog).isVisible()
    task.cancel()
    await bench.quiet()


async def test_that_the_next_secret_is_shielded_again(bench: Bench, system: System) -> None:
    for _ in range(2):
        task = bench.reveal(await bench.make())
        dialog = await bench.dialog()
        press(button(note(dialog), "protected_lift"))
        task.cancel()
        await bench.quiet()
        await until(lambda: not bench.window.findChildren(RevealDialog))
    assert [on for _, on, _ in system.asked] == [True, False, True, False]


def test_that_this_system_promises_nothing() -> None:
    assert shield() is None
