"""One reveal at a time: who comes second waits its turn, and what would start a third says why it cannot."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication

from bcdesk.ui.text import tr


class Sealable(Protocol):
    """What can take its secret out of memory."""

    def seal(self) -> object:
        """Take it out, now or as soon as a copy under way has ended."""


@dataclass(slots=True, eq=False)
class Turn:
    """A place at the gate, shown or waiting; ``holder`` has the secret, which a lock takes out of memory."""

    holder: Sealable


class RevealGate(QObject):
    """Lets one secret at a time onto the screen; ``changed`` says that `reason` may answer otherwise.

    While it is ``sealed`` (lock, sleep) no secret lies in memory; ``sealed_changed`` tells of both turns.
    """

    changed = Signal()
    sealed_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        """Begin open."""
        super().__init__(parent)
        self.sealed = False
        self._lock = asyncio.Lock()
        self._turns: list[Turn] = []

    def reason(self) -> str | None:
        """Return why no further secret can be made now; None where one can."""
        if not self._turns:
            return None
        return tr("A secret waits to be handed over. Hand it over or discard it first.")

    @asynccontextmanager
    async def turn(self, holder: Sealable) -> AsyncIterator["Turn"]:
        """Wait for the turn of ``holder``, and hold it for the block; a cancelled wait gives its place up."""
        turn = Turn(holder)
        self._turns.append(turn)
        if self.sealed:
            holder.seal()
        self.changed.emit()
        try:
            async with self._lock:
                yield turn
        finally:
            self._turns.remove(turn)
            self.changed.emit()

    def seal(self) -> None:
        """Take every secret out of memory, for lock and sleep."""
        if self.sealed:
            return
        self.sealed = True
        for turn in tuple(self._turns):
            turn.holder.seal()
        self.sealed_changed.emit(True)

    def unseal(self) -> None:
        """Let what was sealed be asked for and shown again."""
        if self.sealed:
            self.sealed = False
            self.sealed_changed.emit(False)

    def follow(self, app: QGuiApplication) -> None:
        """Seal while the system has the program suspended."""
        app.applicationStateChanged.connect(self._on_state)

    def _on_state(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationSuspended:
            self.seal()
        elif state == Qt.ApplicationState.ApplicationActive:
            self.unseal()
