"""The files of the offline copies as the one thread handles them that reads and writes them; blocking."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from bcdesk.contract.rows import SessionRow
from bcdesk.store.cache_file import CacheFile, OutdatedError, UnusableError
from bcdesk.store.cache_folder import CacheFolder
from bcdesk.store.cache_key import bring_over, opened
from bcdesk.store.cache_state import CopyState, Known, known_of
from bcdesk.store.vault import Vault, VaultClosedError

DAY: Final = 86_400.0
PART: Final = 500
"""How many rows are read at a time."""
_log = logging.getLogger(__name__)


class CacheShelf:
    """Finds, opens, changes and removes the file of one member of one server; ``file`` is what is open."""

    def __init__(self, folder: Path, vault: Vault, *, connection: str, clock: Callable[[], float]) -> None:
        """Use the copies in ``folder``; one locks itself after `days` without contact."""
        self.days = 1
        self.file: CacheFile | None = None
        self._folder = CacheFolder(folder)
        self._vault = vault
        self._connection = connection
        self._clock = clock
        self._path: Path | None = None
        self._known: Known | None = None

    def open_last(self) -> tuple[CopyState, Known | None]:
        """Open the copy that the connection used last, and return what it knew where it is ready."""
        state = self._open_last()
        return state, self._known if state is CopyState.READY else None

    def _open_last(self) -> CopyState:
        try:
            path = self._folder.last(self._connection)
            if path is None:
                return CopyState.NONE
            return self._open(path)
        except UnusableError as error:
            return self.aside(error.reason)
        except VaultClosedError:
            return CopyState.OFF
        except OSError as error:
            _log.warning("the offline copy cannot be opened (%s)", type(error.__cause__ or error).__name__)
            return CopyState.NONE

    def _open(self, path: Path) -> CopyState:
        self._path = path
        try:
            file = opened(path, self._vault)
        except OutdatedError:
            self._folder.remove(path)
            return CopyState.NONE
        self.file = file
        members = file.known()
        if members is None:
            return CopyState.NONE
        try:
            self._known, contact_at, seen_at = known_of(members)
        except (KeyError, TypeError, ValueError) as error:
            raise UnusableError("unreadable") from error
        now = max(self._clock(), seen_at)  # a clock that was set back makes nothing younger
        if now - contact_at > self.days * DAY:
            self._known = None
            self.close()
            return CopyState.TOO_OLD
        file.commit({**members, "seen_at": now})
        return CopyState.READY

    def part(self, name: str, after: str) -> tuple[str, list[Any]] | None:
        """Return rows of a list whose ids follow ``after``; raise `UnusableError` where the file is damaged."""
        if self.file is None:
            raise UnusableError("unreadable")
        return self.file.part(name, after, PART)

    def attach(self, session: SessionRow) -> bool:
        """Open the file of ``session`` and return whether it was open already."""
        path = self._folder.of(self._connection, session.server_id, session.member.id)
        if self.file is not None and self._path == path:
            return True
        self.close()
        try:
            self.file = opened(path, self._vault)
        except UnusableError as error:
            self._path = path
            self.aside(error.reason)
            self.file = opened(path, self._vault)
        except OutdatedError:
            self._folder.remove(path)
            self.file = opened(path, self._vault)
        self._path = path
        self._folder.remember(self._connection, path)
        return False

    def aside(self, reason: str) -> CopyState:
        """Set the open file aside for ``reason``."""
        self.close()
        if self._path is not None:
            _log.warning("the offline copy is %s; it was set aside", reason)
            self._folder.set_aside(self._path, self._clock())
            self._path = None
        return CopyState(reason)

    def wipe(self, every: bool) -> None:
        """Remove every member's copy of the connection, with what was set aside of them; or ``every`` copy there is."""
        self.close()
        if every:
            self._folder.clear()
        else:
            mine = () if self._path is None else (self._path,)
            files = {*mine, *self._folder.every(self._connection)}
            for path in files:
                self._folder.remove(path)
                self._folder.remove_aside(path)
            if files:
                self._folder.forget(self._connection)
        self._path = None

    def reseal(self) -> None:
        """Give every copy the vault's present key, and open again what was open."""
        was_open = self.file is not None
        self.close()
        for path in self._folder.all():
            bring_over(path, self._vault)
        if was_open and self._path is not None:
            self.file = opened(self._path, self._vault)

    def size(self) -> int:
        """Return how many bytes all copies take on the disk."""
        return self._folder.size()

    def close(self) -> None:
        """Close the open file."""
        if self.file is not None:
            self.file.close()
            self.file = None
