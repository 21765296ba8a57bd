"""The database: one engine, `write` for changes (one at a time, in commit order) and `read` for snapshots."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import event, pool
from sqlalchemy.engine import Connection, Engine

BUSY_SECONDS: Final = 20
_PRAGMAS: Final = (
    f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
)
_AFTER_COMMIT: Final = "bcdesk.after_commit"
_CHANGED: Final = "bcdesk.changed"


def sqlite_url(file: Path) -> str:
    """Return the URL of an SQLite database in ``file``."""
    return f"sqlite:///{file}"


class Database:
    """A pool of connections to SQLite (through sqlcipher3, unencrypted) or to any database that SQLAlchemy knows."""

    def __init__(self, url: str) -> None:
        """Open ``url``; nothing is created or migrated (`bcdesk.server.schema.prepare` does that)."""
        self.url: Final = sa.make_url(url)
        self.is_sqlite: Final = self.url.get_backend_name() == "sqlite"
        self.engine: Final[Engine] = (
            _sqlite_engine(self.url) if self.is_sqlite else sa.create_engine(self.url, hide_parameters=True)
        )
        self._thread = threading.local()
        self._lock = threading.Lock()
        self._points: list[Any] = []
        self._watchers: list[Callable[[], None]] = []
        # SQLite's busy handler polls: a lock of our own lets waiting writers of this process in at once, in turn.
        self._writers = threading.Lock() if self.is_sqlite else contextlib.nullcontext()

    @contextlib.contextmanager
    def write(self, *, serial: bool = True) -> Iterator[Connection]:
        """Open a transaction that holds the right to write from its start; commit at the end, or undo on an error.

        Elsewhere than on SQLite the row of ``change_clock`` is the lock; ``serial=False`` does without, to create it.
        """
        with self._writers, self.engine.connect().execution_options(bcdesk_writes=True) as connection:
            connection.info[_AFTER_COMMIT] = []
            try:
                with connection.begin():
                    if serial and not self.is_sqlite:
                        connection.exec_driver_sql("SELECT value FROM change_clock WHERE id = 1 FOR UPDATE")
                    yield connection
                after: list[Callable[[], None]] = connection.info[_AFTER_COMMIT]
                if _CHANGED in connection.info:
                    after.extend(self._watchers)
            finally:
                connection.info.pop(_AFTER_COMMIT, None)
                connection.info.pop(_CHANGED, None)
            for call in after:
                call()

    def watch(self, call: Callable[[], None]) -> None:
        """Have ``call`` run after each transaction of this process that took a change number, in its thread."""
        self._watchers.append(call)

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that reads one snapshot."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @property
    def points(self) -> Any:
        """Return this thread's own DB-API connection for prepared point reads, in autocommit (SQLite only)."""
        found = getattr(self._thread, "points", None)
        if found is None:
            pooled = self.engine.raw_connection()
            found = self._thread.points = pooled.driver_connection
            pooled.detach()
            with self._lock:
                self._points.append(found)
        return found

    def close(self) -> None:
        """Close every connection; nobody may use the database any more."""
        with self._lock:
            points, self._points = self._points, []
        for connection in points:
            connection.close()
        self._thread = threading.local()
        self.engine.dispose()


def after_commit(connection: Connection, call: Callable[[], None]) -> None:
    """Have ``call`` run once the `Database.write` transaction of ``connection`` is durable."""
    connection.info[_AFTER_COMMIT].append(call)


def mark_changed(connection: Connection) -> None:
    """Have the transaction of ``connection`` told to whoever watches for changes, once it is durable."""
    connection.info[_CHANGED] = True


def _sqlite_engine(url: sa.URL) -> Engine:
    from sqlcipher3 import dbapi2

    engine = sa.create_engine(
        url,
        module=dbapi2,
        hide_parameters=True,  # what was to be stored stands in no error's text
        poolclass=pool.QueuePool,
        pool_size=8,
        max_overflow=40,
        connect_args={"check_same_thread": False, "isolation_level": None, "timeout": BUSY_SECONDS},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("bcdesk_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
