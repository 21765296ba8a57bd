"""Change numbers: taken inside the write transaction, so that they come in commit order and leave no gap unseen."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bcdesk.server.database import mark_changed
from bcdesk.server.tables import change_clock

_TAKE: Final = (
    change_clock.update()
    .where(change_clock.c.id == 1)
    .values(value=change_clock.c.value + sa.bindparam("count"))
    .returning(change_clock.c.value)
)
_READ: Final = sa.select(change_clock.c.value).where(change_clock.c.id == 1)


def next_change(connection: Connection) -> int:
    """Take the next change number; the row stays locked until the transaction ends."""
    return take_changes(connection, 1)


def take_changes(connection: Connection, count: int) -> int:
    """Take ``count`` change numbers in a row and return the first of them."""
    last: int = connection.execute(_TAKE, {"count": count}).scalar_one()
    mark_changed(connection)
    return last - count + 1


def current_change(connection: Connection) -> int:
    """Return the number of the last change that this transaction sees."""
    value: int = connection.execute(_READ).scalar_one()
    return value
