"""The origins of browser applications: those of the redirect URIs of enabled applications of the type spa."""

import json
from typing import Final

import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool

from bcdesk.contract.redirects import origin_of
from bcdesk.server.database import Database
from bcdesk.server.points import PointRead
from bcdesk.server.tables_apps import applications

_NEWEST: Final = PointRead("SELECT max(changed) FROM applications")
_URIS: Final = sa.select(applications.c.redirect_uris).where(
    applications.c.type == "spa", applications.c.disabled_at.is_(None), applications.c.deleted_at.is_(None)
)


class AppOrigins:
    """Knows the origins, and reads them anew whenever an application changed."""

    def __init__(self, database: Database) -> None:
        """Read from ``database``."""
        self._database: Final = database
        self._newest: object = object()
        self._origins: frozenset[bytes] = frozenset()

    async def holds(self, origin: bytes) -> bool:
        """Tell whether an enabled browser application lives at ``origin``, compared byte for byte."""
        newest = (await _NEWEST.ask(self._database))[0]
        if newest != self._newest:
            self._origins = await run_in_threadpool(self._read)
            self._newest = newest
        return origin in self._origins

    def _read(self) -> frozenset[bytes]:
        with self._database.read() as connection:
            uris = [uri for text in connection.scalars(_URIS) for uri in json.loads(text)]
        found = {origin_of(uri) for uri in uris}
        return frozenset(origin.encode("ascii") for origin in found if origin is not None)
