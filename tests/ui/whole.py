"""The whole program with nothing running, for tests of how its parts stand together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from PySide6.QtWidgets import QApplication

from bcdesk import settings
from bcdesk.program import Program


@asynccontextmanager
async def at_rest(qapp: QApplication, folder: Path) -> AsyncIterator[Program]:
    """Build the program on ``folder`` and show its window; nothing is asked and no server is started."""
    program = Program(settings.load(folder), qapp)
    program.window.resize(1280, 800)
    program.window.show()
    try:
        yield program
    finally:
        await program.scope.close()
        await program.copy.close()
        for part in (program.journal, program.vault, program.sessions, program.clipboard, program.asks):
            part.close()
        program.recovery.close()
        program.pages.close_down()
        program.window.status.stop()
        program.window.hide()
        program.window.deleteLater()
