"""A read of one row by its key, prepared once: on the loop itself where SQLite answers in microseconds."""

from typing import Any, Final

import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool

from bcdesk.server.database import Database


class PointRead:
    """A statement with named parameters that finds one row or none."""

    def __init__(self, sql: str) -> None:
        """Read by ``sql``, whose parameters are written ``:name``."""
        self._sql: Final = sql
        self._portable: Final = sa.text(sql)

    def find(self, database: Database, **values: object) -> Any:
        """Return the row, or None; blocks where the database is elsewhere."""
        if database.is_sqlite:
            return database.points.execute(self._sql, values).fetchone()
        with database.read() as connection:
            return connection.execute(self._portable, values).one_or_none()

    async def ask(self, database: Database, **values: object) -> Any:
        """Return the row, or None, without holding up the loop."""
        if database.is_sqlite:
            return database.points.execute(self._sql, values).fetchone()
        return await run_in_threadpool(self.find, database, **values)
