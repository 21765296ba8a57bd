"""What lies on the disk after a kill, read from outside: the server's database and the desk's journal."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from bcdesk.server.doctor import examine
from bcdesk.store.journal import Journal, Pending
from bcdesk.store.vault import Vault, VaultState


@dataclass(frozen=True)
class KeyFacts:
    """A key as its row says: versions oldest first, hand-overs oldest first as (version, state)."""

    id: str
    revoked: bool
    versions: tuple[str, ...]
    handovers: tuple[tuple[str, str], ...]


class Disk:
    """Reads the data folder ``data``; the journal needs the keyring that the desk uses."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.server = data / "server"
        self.desk = data / "desk"
        self.database = self.server / "server.sqlite3"
        self.journal = self.desk / "journal"

    def sound(self) -> list[str]:
        """Return what the doctor finds wrong: integrity, foreign keys, the audit's chain and head, modes."""
        return [f"{one.check}: {one.detail}" for one in examine(self.server, None) if one.state == "fail"]

    def rows(self, name: str | None = None) -> list[KeyFacts]:
        """Return the keys of that name, or all."""
        connection = dbapi2.connect(str(self.database), timeout=30)
        try:
            connection.execute("PRAGMA query_only=ON")
            where, values = ("WHERE name = ?", [name]) if name is not None else ("", [])
            found = connection.execute(f"SELECT id, revoked_at FROM keys {where} ORDER BY id", values).fetchall()
            return [KeyFacts(key, revoked is not None, *self._parts(connection, key)) for key, revoked in found]
        finally:
            connection.close()

    def _parts(self, connection: Any, key: str) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
        versions = connection.execute("SELECT id FROM key_versions WHERE key_id = ? ORDER BY id", [key]).fetchall()
        handed = connection.execute(
            "SELECT secret_id, state FROM handovers WHERE row_id = ? ORDER BY id", [key]
        ).fetchall()
        return tuple(one for (one,) in versions), tuple((version, state) for version, state in handed)

    def key(self, id: str) -> KeyFacts:
        """Return the key of that id."""
        return next(one for one in self.rows() if one.id == id)

    def entries(self) -> tuple[Pending, ...]:
        """Return the journal's entries, without touching a file; fail on one that cannot be read."""
        return asyncio.run(self._entries())

    async def _entries(self) -> tuple[Pending, ...]:
        if not self.journal.is_dir():
            return ()
        vault = Vault(self.desk)
        assert await vault.open(patience=None) is VaultState.READY, f"the keyring is {vault.state}"
        journal = Journal(self.journal, vault)
        try:
            files = sorted(self.journal.glob("*.sealed"))
            return tuple(journal._read(file) for file in files)
        finally:
            journal.close()
            vault.close()

    def strays(self) -> list[str]:
        """Return files of the journal that should not be there once nothing is pending."""
        return sorted(file.name for file in self.journal.iterdir()) if self.journal.is_dir() else []


def told(line: dict[str, Any]) -> str:
    """Return a line for a report: its secret is left out."""
    return json.dumps({name: value for name, value in line.items() if name != "secret"})
