"""Client secrets: ``bcs_`` and 256 random bits, of which the keyed hash and the last four are kept."""

import hmac
import secrets
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bcdesk.contract.app_rules import SECRET_PREFIX
from bcdesk.server.changes import next_change
from bcdesk.server.state import ServerState
from bcdesk.server.tables_apps import app_secrets, applications

_LIVE: Final = sa.select(app_secrets.c.id, app_secrets.c.secret_hmac).where(
    app_secrets.c.app_id == sa.bindparam("app_id"),
    app_secrets.c.ended_at.is_(None),
    sa.or_(app_secrets.c.expires_at.is_(None), app_secrets.c.expires_at > sa.bindparam("now")),
)
_FIRST_USE: Final = (
    app_secrets.update()
    .where(app_secrets.c.id == sa.bindparam("secret_id"), app_secrets.c.last_used_at.is_(None))
    .values(last_used_at=sa.bindparam("at"))
    .returning(app_secrets.c.app_id)
)


def draw_secret() -> str:
    """Draw a client secret."""
    return SECRET_PREFIX + secrets.token_urlsafe(32)


def check_secret(state: ServerState, connection: Connection, app_id: str, secret: str, now: float) -> str | None:
    """Return the id of the live secret of an application that ``secret`` is, or None, in the same time.

    Whoever lets the client in on the strength of it then calls `note_first_use`.
    """
    given = state.secret.token_hmac(secret)
    found = None
    for secret_id, stored in connection.execute(_LIVE, {"app_id": app_id, "now": now}):
        if hmac.compare_digest(bytes(stored), given):
            found = secret_id
    return found


def note_first_use(connection: Connection, secret_id: str, now: float) -> bool:
    """Mark a secret as used in a write transaction; tell whether it was for the first time.

    Later uses are the usage recorder's. The first one is written at once: from then on its hand-over is no longer
    taken back, and whoever handed it over sees that it arrived.
    """
    app_id = connection.execute(_FIRST_USE, {"secret_id": secret_id, "at": now}).scalar_one_or_none()
    if app_id is None:
        return False
    connection.execute(
        applications.update()
        .where(applications.c.id == app_id)
        .values(changed=next_change(connection), last_used_at=now)
    )
    return True
