"""Each row of the copy-once reveal's table, on a real server."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from tests.ui.reveal.conftest import Bench, button, says


async def test_copy(bench: Bench) -> None:
    made = await bench.make()
    value = made.secret.show()
    task = bench.reveal(made)
    dialog = await bench.dialog()
    assert made.key.name in says(dialog)
    QTest.mouseClick(button(dialog, "reveal_copy"), Qt.MouseButton.LeftButton)
    await bench.dialog("after")
    assert QGuiApplication.clipboard().text() == value
    QTest.mouseClick(button(dialog, "reveal_done"), Qt.MouseButton.LeftButton)
    assert (await task).kind == "handed_over"
