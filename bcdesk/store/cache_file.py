"""One encrypted file of the offline copy, through SQLCipher; blocking, for one worker thread.

Every page is encrypted with AES-256 and authenticated (HMAC-SHA-512) under a raw key; so is the write-ahead log, and
what SQLite sorts stays in memory. ``cipher_memory_security`` stays off: it wipes buffers of rows that the desk shows
anyway, and makes writing five times as long.
"""

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from bcdesk.store.cache_rows import LISTS

SCHEMA: Final = 1
BUSY_MS: Final = 2_000
_LOG_MOST: Final = 4 * 2**20
_SHAPE: Final = {name: list(one.form.fields) for name, one in LISTS.items()}


class UnusableError(Exception):
    """The file is no copy that this desk can read; ``reason`` is ``unreadable`` or ``newer``."""

    def __init__(self, reason: str) -> None:
        """Name the reason."""
        super().__init__(reason)
        self.reason = reason


class OutdatedError(Exception):
    """The file is whole but was written by an earlier bcdesk with other rows."""


class CacheFile:
    """Rows and what is known of them, written in rounds: a round is there whole or not at all."""

    def __init__(self, file: Path, key: bytes) -> None:
        """Open or make ``file`` under a key of 32 bytes.

        Raise `UnusableError` or `OutdatedError` for what is there and does not fit, OSError where the disk fails.
        """
        from sqlcipher3 import dbapi2

        self._errors: tuple[type[Exception], ...] = (dbapi2.Error, MemoryError, ValueError, TypeError)
        self._large = False
        self._operational: type[Exception] = dbapi2.OperationalError
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite would let others read it
        self._db: Any = dbapi2.connect(file, isolation_level=None, check_same_thread=False, timeout=BUSY_MS / 1000)
        try:
            self._prepare(key)
        except BaseException:
            self.close()
            raise

    def known(self) -> dict[str, Any] | None:
        """Return what the last round said of the rows; None where there was none yet."""
        try:
            found = self._db.execute("SELECT value FROM facts WHERE name = 'known'").fetchone()
            known = None if found is None else json.loads(found[0])
        except self._errors as error:
            raise UnusableError("unreadable") from error
        if not isinstance(known, dict | None):
            raise UnusableError("unreadable")
        return known

    def part(self, name: str, after: str, limit: int) -> tuple[str, list[Any]] | None:
        """Return rows of a list whose ids follow ``after``, with the last id; None at the end."""
        table, form = LISTS[name]
        query = f"SELECT id, body FROM {table} WHERE id > ? ORDER BY id LIMIT ?"  # noqa: S608 - a name of ours
        try:
            last, text = self._db.execute(
                f"SELECT max(id), '[' || group_concat(body) || ']' FROM ({query})", (after, limit)  # noqa: S608
            ).fetchone()  # fmt: skip
            if last is None:
                self._shrink()
            return None if last is None else (last, form.rows(text))
        except self._errors as error:
            raise UnusableError("unreadable") from error

    def put(self, name: str, rows: Sequence[Any], gone: Sequence[str] = ()) -> None:
        """Put rows into a list and take ids out, in the present round."""
        table, form = LISTS[name]
        self._begin()
        if rows:
            self._do(
                f"INSERT OR REPLACE INTO {table} SELECT value ->> '$[0]', value FROM json_each(?)",  # noqa: S608
                form.text(rows),
            )
        if gone:
            self._do(f"DELETE FROM {table} WHERE id IN (SELECT value FROM json_each(?))", json.dumps(gone))  # noqa: S608

    def clear(self, name: str) -> None:
        """Empty a list, in the present round."""
        self._begin()
        self._large = True
        self._do(f"DELETE FROM {LISTS[name].table}")  # noqa: S608

    def commit(self, known: dict[str, Any]) -> None:
        """End the round: rows and what is known of them are there together."""
        self._begin()
        self._do("INSERT OR REPLACE INTO facts VALUES ('known', ?)", json.dumps(known))
        self._do("COMMIT")
        if self._large:
            self._large = False
            self._shrink()

    def rollback(self) -> None:
        """Forget the present round."""
        if self._db.in_transaction:
            self._do("ROLLBACK")

    def close(self) -> None:
        """Close the file; a round that was not ended is forgotten."""
        with suppress(*self._errors):
            self._db.close()

    def _shrink(self) -> None:
        """Give back the pages that a walk over all rows left in memory: 2 MB."""
        self._db.execute("PRAGMA shrink_memory")

    def _prepare(self, key: bytes) -> None:
        try:
            self._db.execute("PRAGMA cipher_log_level = NONE")  # a wrong key would be told on stderr, besides raised
            self._db.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
            for pragma in (
                "temp_store = MEMORY", "journal_mode = WAL", "synchronous = NORMAL", f"journal_size_limit = {_LOG_MOST}"
            ):  # fmt: skip
                self._db.execute(f"PRAGMA {pragma}")
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                self._make()
                return
            shape = self._db.execute("SELECT value FROM facts WHERE name = 'shape'").fetchone()
        except self._operational as error:
            raise OSError(0, "the offline copy cannot be opened") from error
        except self._errors as error:
            raise UnusableError("unreadable") from error
        if version > SCHEMA:
            raise UnusableError("newer")
        if version < SCHEMA or shape is None or shape[0] != json.dumps(_SHAPE):
            raise OutdatedError

    def _make(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        self._db.execute("CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID")
        for table, _form in LISTS.values():
            self._db.execute(f"CREATE TABLE {table} (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID")
        self._db.execute("INSERT INTO facts VALUES ('shape', ?)", (json.dumps(_SHAPE),))
        self._db.execute(f"PRAGMA user_version = {SCHEMA}")
        self._db.execute("COMMIT")

    def _begin(self) -> None:
        if not self._db.in_transaction:
            self._do("BEGIN IMMEDIATE")

    def _do(self, statement: str, *values: str) -> None:
        try:
            self._db.execute(statement, values)
        except self._errors as error:
            raise OSError(0, "the offline copy cannot be written") from error
