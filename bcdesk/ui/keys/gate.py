"""One reveal at a time: who comes second waits its turn, and what would start a third says why it cannot."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from PySide6.QtCore import QObject, Signal

from bcdesk.ui.text import tr


class RevealGate(QObject):
    """Lets one secret at a time onto the screen; ``changed`` says that `reason` may answer otherwise."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        """Begin open."""
        super().__init__(parent)
        self._lock = asyncio.Lock()
        self._inside = 0

    def reason(self) -> str | None:
        """Return why no further secret can be made now; None where one can."""
        if self._inside == 0:
            return None
        return tr("A key waits to be handed over. Hand it over or discard it first.")

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one's turn, and hold it for the block; a cancelled wait gives its place up."""
        self._inside += 1
        self.changed.emit()
        try:
            async with self._lock:
                yield
        finally:
            self._inside -= 1
            self.changed.emit()
