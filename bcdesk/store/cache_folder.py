"""The folder of the offline copies: which file belongs to whom, by names that tell nobody's name."""

import hashlib
import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from bcdesk.store.files import make_private, sync_folder, write_durably

_INDEX: Final = "index.json"
_ENDING: Final = ".db"
_ASIDE: Final = ".set-aside-"


class CacheFolder:
    """Names files after a salted hash of connection, server and member, and remembers the last of each; blocking."""

    def __init__(self, folder: Path) -> None:
        """Use ``folder``; nothing is read or made yet."""
        self._folder = folder
        self._index: dict[str, Any] | None = None

    def of(self, connection: str, server_id: str, member_id: str) -> Path:
        """Return a connection's file of a member of a server: no server writes into another's by claiming its id."""
        return self._folder / f"{self._hash('copy', connection, server_id, member_id)}{_ENDING}"

    def all(self) -> tuple[Path, ...]:
        """Return every copy that is there."""
        return tuple(sorted(self._folder.glob(f"*{_ENDING}")))

    def last(self, connection: str) -> Path | None:
        """Return the file that was last used for a connection, where it is there."""
        if not self._folder.is_dir():
            return None
        name = self._read()["last"].get(self._hash("connection", connection))
        file = self._folder / name if isinstance(name, str) and Path(name).name == name else None
        return file if file is not None and file.is_file() else None

    def every(self, connection: str) -> tuple[Path, ...]:
        """Return every file that was ever used for a connection, there or not: others signed in before."""
        if not self._folder.is_dir():
            return ()
        named = self._hash("connection", connection)
        index = self._read()
        names = dict.fromkeys([*index["files"].get(named, ()), index["last"].get(named)])
        return tuple(self._folder / one for one in names if isinstance(one, str) and Path(one).name == one)

    def remember(self, connection: str, file: Path) -> None:
        """Let `last` answer ``file`` for a connection."""
        index, named = self._read(), self._hash("connection", connection)
        if index["last"].get(named) != file.name:
            index["last"][named] = file.name
            index["files"][named] = [*(one for one in index["files"].get(named, ()) if one != file.name), file.name]
            self._write()

    def forget(self, connection: str) -> None:
        """Let a connection have no file any more."""
        index, named = self._read(), self._hash("connection", connection)
        if [one for one in (index["last"].pop(named, None), index["files"].pop(named, None)) if one is not None]:
            self._write()

    def set_aside(self, file: Path, now: float) -> Path | None:
        """Rename ``file``, of which one at most is kept in the folder; return where it lies, None where it was gone."""
        for old in self._folder.glob(f"*{_ASIDE}*"):
            old.unlink(missing_ok=True)
        for beside in _beside(file):
            beside.unlink(missing_ok=True)
        aside = file.with_name(f"{file.name}{_ASIDE}{int(now)}")
        try:
            file.replace(aside)
        except FileNotFoundError:
            return None
        sync_folder(self._folder)
        return aside

    def remove(self, file: Path) -> None:
        """Remove ``file`` with its log."""
        for one in (*_beside(file), file):
            one.unlink(missing_ok=True)
        sync_folder(self._folder)

    def remove_aside(self, file: Path) -> None:
        """Remove what was set aside of ``file``."""
        for aside in self._folder.glob(f"{file.name}{_ASIDE}*"):
            aside.unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove every copy, those that were set aside too."""
        for file in self._folder.glob(f"*{_ENDING}*"):
            file.unlink(missing_ok=True)
        if self._folder.is_dir():
            self._read()["last"].clear()
            self._read()["files"].clear()
            self._write()

    def size(self) -> int:
        """Return how many bytes all copies take on the disk."""
        return sum(file.stat().st_size for file in self._folder.glob(f"*{_ENDING}*"))

    def _hash(self, *parts: str) -> str:
        salt = bytes.fromhex(self._read()["salt"])
        return hashlib.sha256(salt + "\0".join(parts).encode()).hexdigest()[:32]

    def _read(self) -> dict[str, Any]:
        if self._index is None:
            make_private(self._folder)
            try:
                found = json.loads((self._folder / _INDEX).read_bytes())
                if not isinstance(found["last"], dict) or len(bytes.fromhex(found["salt"])) < 16:
                    raise ValueError
                files = found.setdefault("files", {})
                if not isinstance(files, dict) or not all(isinstance(one, list) for one in files.values()):
                    raise ValueError
                self._index = found
            except (OSError, ValueError, TypeError, KeyError, RecursionError):
                self._index = {"salt": secrets.token_hex(16), "last": {}, "files": {}}
                for orphan in self._folder.glob(f"*{_ENDING}"):
                    self.remove(orphan)  # nobody could find it again
                self._write()
        return self._index

    def _write(self) -> None:
        write_durably(self._folder / _INDEX, json.dumps(self._index).encode())


def _beside(file: Path) -> Iterator[Path]:
    return (file.with_name(f"{file.name}{ending}") for ending in ("-wal", "-shm"))
