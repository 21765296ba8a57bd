"""Bringing a database to the newest revision with Alembic, from settings in code."""

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError

from bcdesk.server.database import Database


class UnknownRevisionError(Exception):
    """The database was written by a newer version of the program; its revision is unknown here."""


def upgrade(database: Database, to: str = "head") -> None:
    """Run every step that ``database`` lacks, in one transaction; raise `UnknownRevisionError`."""
    settings = Config()
    settings.set_main_option("script_location", "bcdesk.server:migrations")
    settings.set_main_option("path_separator", "os")
    with database.write(serial=False) as connection:
        settings.attributes["connection"] = connection
        try:
            command.upgrade(settings, to)
        except CommandError:
            raise UnknownRevisionError from None
