"""The user's choices while the desk runs: each change is in force and on disk at once."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from bcdesk import settings

if TYPE_CHECKING:
    from bcdesk.settings import Settings

_log = logging.getLogger(__name__)


class Choices(QObject):
    """Holds the settings as they are now; ``changed`` carries the names of those that moved."""

    changed = Signal(object)

    def __init__(self, chosen: Settings, parent: QObject | None = None) -> None:
        """Begin with what was read at the start."""
        super().__init__(parent)
        self.now = chosen

    def choose(self, **changes: Any) -> OSError | None:
        """Put ``changes`` in force and on disk; return why they are not on disk, where they hold for this run alone."""
        before, self.now = self.now, self.now.with_changes(**changes)
        moved = frozenset(name for name in changes if getattr(before, name) != getattr(self.now, name))
        failed = None
        try:
            settings.save(self.now)
        except OSError as error:
            _log.warning("the settings could not be saved: errno %s", error.errno)
            failed = error.with_traceback(None)
        if moved:
            self.changed.emit(moved)
        return failed
