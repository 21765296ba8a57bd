"""What Alembic runs: the steps, on the connection that `bcdesk.server.migrations.run` hands over."""

from alembic import context

from bcdesk.server import tables_apps, tables_oauth  # noqa: F401 - their tables belong to the metadata
from bcdesk.server.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
