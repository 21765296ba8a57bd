"""A row's revision: every change moves it and notes which members changed, and being used does not."""

import json
from collections.abc import Iterable
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bcdesk.server.changes import next_change


class Revised(Protocol):
    """A record of a row that has a revision."""

    @property
    def id(self) -> str:
        """Return the id."""

    @property
    def revision(self) -> int:
        """Return how often the row was changed, beginning with 1."""

    @property
    def field_revisions(self) -> str:
        """Return the JSON of the revision in which each member last changed."""


def revise(connection: Connection, table: sa.Table, row: Revised, fields: Iterable[str], **values: Any) -> None:
    """Store ``values`` of a row under the next revision and change number; ``fields`` are members of its JSON."""
    revision = row.revision + 1
    revisions: dict[str, int] = json.loads(row.field_revisions)
    revisions.update(dict.fromkeys(fields, revision))
    connection.execute(
        table.update()
        .where(table.c.id == row.id)
        .values(
            revision=revision,
            field_revisions=json.dumps(revisions),
            changed=next_change(connection),
            **values,
        )
    )
