"""How a test opens the dialog that makes a key, and leaves what comes after it."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from bcdesk.contract.rows import KeyRow
from bcdesk.ui.keys.create import CreateDialog
from bcdesk.ui.keys.reveal import RevealDialog
from tests.ui.keys.studio import Studio, until


async def opened(studio: Studio) -> CreateDialog:
    QTest.keyClick(studio.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    return await studio.dialog(CreateDialog)


def named(studio: Studio, name: str) -> list[KeyRow]:
    return [row for row in studio.store.keys.values() if row.name == name]


async def discarded(studio: Studio) -> None:
    """Leave the reveal by discarding what it shows."""
    reveal = await studio.dialog(RevealDialog)
    QTest.keyClick(reveal, Qt.Key.Key_Escape)
    await until(lambda: reveal.face == "nobody")
    reveal.done(0)
    await studio.back()
