"""The status line counts down what is on the clipboard."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtWidgets import QApplication

from bcdesk.contract.key_format import generate
from bcdesk.ui.clipboard import ClipboardGuard
from bcdesk.ui.clipboard_slot import ClipboardCountdown
from bcdesk.ui.commands import Registry
from bcdesk.ui.status import StatusBar
from bcdesk.ui.widgets import Button
from tests.ui.walk import check_window


class Place:
    """A status line with a countdown over a real clipboard."""

    def __init__(self, board: QClipboard) -> None:
        self.guard = ClipboardGuard(board, seconds=60)
        self.registry = Registry()
        self.status = StatusBar()
        self.slot = ClipboardCountdown(self.guard, self.registry)
        self.said: list[str] = []
        self.slot.said.connect(self.said.append)
        self.status.add_slot(self.slot)
        self.status.show()


@pytest.fixture
async def place(qapp: QApplication) -> AsyncIterator[Place]:
    board = QGuiApplication.clipboard()
    board.clear()
    made = Place(board)
    yield made
    made.guard.close()
    made.status.stop()
    made.status.close()
    made.status.deleteLater()
    board.clear()


def buttons(place: Place) -> dict[str, Button]:
    return {one.objectName(): one for one in place.slot.findChildren(Button)}


async def test_that_nothing_is_shown_while_nothing_is_held(place: Place) -> None:
    assert not place.slot.isVisible()
    assert place.registry.reason("clipboard.clear") == "There is no secret on the clipboard."


async def test_that_a_held_key_is_counted_down_extended_and_cleared(place: Place) -> None:
    value = generate("sandbox")
    assert await place.guard.offer(value)
    await asyncio.sleep(0)
    assert place.slot.isVisible()
    assert place.slot.text.text() == "Cleared from the clipboard in 60 s"
    assert value not in place.slot.text.accessibleName()
    check_window(place.status)
    buttons(place)["clipboard.extend"].click()
    assert place.guard.remaining > 60
    buttons(place)["clipboard.clear"].click()
    assert not place.guard.holding
    assert not place.slot.isVisible()
    assert place.said == ["The secret is off the clipboard."]
    assert QGuiApplication.clipboard().text() == ""


async def test_that_another_copy_is_said_not_to_be_the_key(place: Place) -> None:
    ended = asyncio.get_running_loop().create_future()
    place.guard.ended.connect(lambda why: None if ended.done() else ended.set_result(why))
    assert await place.guard.offer(generate("sandbox"))
    QGuiApplication.clipboard().setText("lunch at noon")
    assert await asyncio.wait_for(ended, 5) == "replaced"
    assert place.said == ["Something else is on the clipboard now; the secret is gone from it."]
    assert not place.slot.isVisible()
    assert QGuiApplication.clipboard().text() == "lunch at noon"
