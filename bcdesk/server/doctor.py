"""``bcdesk doctor``: examines what a server keeps, changes nothing, and says what it found."""

import os
import stat
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bcdesk.server.audit import HEAD_FILE, Audit
from bcdesk.server.database import Database, sqlite_url
from bcdesk.server.place import DATABASE_FILE
from bcdesk.server.schema import HEAD, find_revision
from bcdesk.server.server_secret import KEY_FILE, VARIABLE, KeyFileError, load_secret
from bcdesk.server.tables import audit

WAL_RESET_FIXED: Final = (3, 51, 3)
"""SQLite before this can lose commits when two connections write and checkpoint (the WAL-reset bug)."""
_EARLIEST: Final = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
_AHEAD_SECONDS: Final = 300


class Finding(NamedTuple):
    """What one check found; only ``fail`` makes the doctor's exit code 1."""

    check: str
    state: Literal["ok", "warn", "fail"]
    detail: str


def examine(folder: Path, url: str | None) -> Iterator[Finding]:
    """Yield a finding for each check of the data folder and its database (``url``, or the folder's own)."""
    file = folder / DATABASE_FILE
    yield _sqlite()
    yield _keyring()
    if url is None and not file.exists():
        yield Finding("data", "warn", f"there is no database in {folder} yet")
        yield _clock(None)
        return
    yield from _modes(folder)
    try:
        database = Database(url or sqlite_url(file))
    except (sa.exc.ArgumentError, ImportError):
        yield Finding("database", "fail", "--database is no URL of a database that this program can use")
        return
    try:
        revision = find_revision(database)
        yield Finding(
            "schema", "ok" if revision == HEAD else "warn", f"revision {revision}, this program writes {HEAD}"
        )
        with database.read() as connection:
            if database.is_sqlite:
                yield _integrity(connection)
                yield _foreign_keys(connection)
            yield _chain(folder, connection)
            yield _clock(connection.execute(sa.select(sa.func.max(audit.c.at))).scalar())
    except sa.exc.SQLAlchemyError as error:
        yield Finding("database", "fail", f"the database cannot be read ({type(error).__name__})")
    finally:
        database.close()


def _sqlite() -> Finding:
    from sqlcipher3 import dbapi2

    version = tuple(int(part) for part in dbapi2.sqlite_version.split("."))
    state: Literal["ok", "fail"] = "ok" if version >= WAL_RESET_FIXED else "fail"
    words = "past the WAL-reset bug" if state == "ok" else "has the WAL-reset bug: commits can be lost"
    return Finding("sqlite", state, f"SQLite {dbapi2.sqlite_version} {words}")


def _keyring() -> Finding:
    import keyring
    from keyring.backends import fail

    backend = keyring.get_keyring()
    name = f"{type(backend).__module__}.{type(backend).__qualname__}"
    if isinstance(backend, fail.Keyring) or name.startswith("keyrings.alt"):
        return Finding("keyring", "warn", f"no safe keyring ({name}): the desk keeps its keys in memory only")
    return Finding("keyring", "ok", name)


def _modes(folder: Path) -> Iterator[Finding]:
    if os.name != "posix":
        return
    names = (KEY_FILE, HEAD_FILE, DATABASE_FILE, f"{DATABASE_FILE}-wal", f"{DATABASE_FILE}-shm")
    wide = [
        f"{path.name} is {stat.S_IMODE(path.stat().st_mode):04o}"
        for path in (folder, *(folder / name for name in names))
        if path.exists() and path.stat().st_mode & 0o077
    ]
    yield Finding("modes", "fail" if wide else "ok", "; ".join(wide) or "closed to other users")


def _integrity(connection: Connection) -> Finding:
    found = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check")]
    return Finding("integrity", "ok" if found == ["ok"] else "fail", "; ".join(found[:5]))


def _foreign_keys(connection: Connection) -> Finding:
    broken = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA foreign_key_check")]
    words = f"{len(broken)} rows lead nowhere, in {', '.join(sorted(set(broken)))}" if broken else "all lead somewhere"
    return Finding("foreign keys", "fail" if broken else "ok", words)


def _chain(folder: Path, connection: Connection) -> Finding:
    if VARIABLE not in os.environ and not (folder / KEY_FILE).exists():
        return Finding(
            "audit", "fail", f"neither {KEY_FILE} nor {VARIABLE} is there: no token and no audit can be checked"
        )
    try:
        chain = Audit(load_secret(folder), folder)
    except KeyFileError as error:
        return Finding("audit", "fail", str(error))
    head = chain.head()
    broken = chain.verify(connection, head)
    if broken is not None:
        return Finding("audit", "fail", f"the chain breaks at row {broken}")
    count = connection.execute(sa.select(sa.func.count()).select_from(audit)).scalar_one()
    if head is None and count:
        return Finding(
            "audit", "warn", f"{count} rows hold together, but {HEAD_FILE} is missing: a cut tail goes unseen"
        )
    return Finding("audit", "ok", f"{count} rows hold together")


def _clock(newest: float | None) -> Finding:
    now = time.time()
    if now < _EARLIEST:
        return Finding("clock", "fail", "the clock is years behind")
    if newest is not None and newest > now + _AHEAD_SECONDS:
        return Finding("clock", "fail", "the newest audit row lies in the future: the clock was set back")
    return Finding("clock", "ok", datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds"))
