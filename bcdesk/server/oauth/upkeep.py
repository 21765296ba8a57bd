"""What goes by itself: codes, tokens and pushed requests that are over, and sealed pairs that may no longer be had.

Used codes and refresh tokens stay as long as their grant: only so is it known when one comes again.
"""

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bcdesk.contract.app_rules import REFRESH_GRACE
from bcdesk.server.families import APPS, MEMBERS, Tables
from bcdesk.server.state import ServerState
from bcdesk.server.tables_members import setup_links
from bcdesk.server.tables_oauth import par_requests

KEEP_SECONDS: Final = 86_400
"""How long what is over stays, so that a look into the database explains the last day."""
KEEP_GRANTS: Final = 30 * 86_400
ROWS_MAX: Final = 2_000
"""Rows of one table that go at once: others wait for the database meanwhile."""


def tidy(state: ServerState, now: float) -> None:
    """Remove what is over, a bounded part of it each time; called each minute."""
    with state.database.write() as connection:
        _remove(connection, par_requests, par_requests.c.uri_hmac, par_requests.c.expires_at < now)
        _remove(connection, setup_links, setup_links.c.id, setup_links.c.expires_at < now - KEEP_GRANTS)
        for family in (APPS, MEMBERS):
            _tidy(connection, family, now)


def _tidy(connection: Connection, family: Tables, now: float) -> None:
    """Remove what is over of one kind of families."""
    refresh, access, grants = family.refresh, family.access, family.grants
    connection.execute(
        refresh.update()
        .where(
            refresh.c.used_at.between(now - KEEP_SECONDS, now - REFRESH_GRACE),
            refresh.c.sealed_pair.is_not(None),
        )
        .values(sealed_pair=None)
    )
    _remove(connection, access, access.c.token_hmac, access.c.expires_at < now - KEEP_SECONDS)
    over = sa.select(grants.c.id).where(grants.c.expires_at < now - KEEP_GRANTS).limit(ROWS_MAX // 10)
    gone = list(connection.scalars(over))
    for table in (family.codes, access, refresh):
        connection.execute(table.delete().where(table.c.grant_id.in_(gone)))
    connection.execute(grants.delete().where(grants.c.id.in_(gone)))


def _remove(connection: Connection, table: sa.Table, key: sa.Column[Any], over: sa.ColumnElement[bool]) -> None:
    connection.execute(table.delete().where(key.in_(sa.select(key).where(over).limit(ROWS_MAX))))
