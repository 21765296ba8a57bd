"""What nobody got, and what stayed deleted for 60 minutes: taken back, or gone with all that hangs on it."""

import json
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bcdesk.contract.app_rules import RESTORE_SECONDS
from bcdesk.server import handovers
from bcdesk.server.apps.read import AppRecord, SecretRecord, find, secrets_of
from bcdesk.server.apps.store import set_secret, touch
from bcdesk.server.audit import SERVER
from bcdesk.server.changes import next_change
from bcdesk.server.state import SecretKind, ServerState
from bcdesk.server.tables import metadata, tombstones
from bcdesk.server.tables_apps import app_secrets, applications

_OVERDUE: Final = sa.select(applications.c.id).where(applications.c.deleted_at <= sa.bindparam("until"))


def settle(state: ServerState, now: float) -> int:
    """Remove every application that was deleted 60 minutes ago, and return how many."""
    until = {"until": now - RESTORE_SECONDS}
    with state.database.read() as connection:
        if not connection.execute(_OVERDUE.limit(1), until).first():
            return 0
    with state.database.write() as connection:
        overdue = list(connection.scalars(_OVERDUE, until))
        for app_id in overdue:
            for secret in secrets_of(connection, app_id):
                handovers.end_waiting(connection, secret.id, now)
            _remove(connection, app_id)
            state.audit.append(connection, at=now, actor=SERVER, action="app.removed", target=app_id)
    return len(overdue)


def bury(connection: Connection, app_id: str, now: float) -> None:
    """Have lists of changes tell that an application is gone."""
    connection.execute(tombstones.insert().values(id=app_id, deleted_at=now, changed=next_change(connection)))


def call_off(connection: Connection, app_id: str, secret: SecretRecord) -> None:
    """Put back what an unused secret had changed: the one that it replaced takes its place.

    Where a later one gave it an end, its predecessor has that end too; what was deleted on purpose stays so.
    """
    for name, values in secret.undoes.items():
        end = {} if secret.expires_at is None else {"expires_at": secret.expires_at}
        set_secret(connection, name, **{**values, **end})
        stand_in(connection, app_id, secret.id, name)


def stand_in(connection: Connection, app_id: str, gone: str, name: str) -> None:
    """Have other secrets of an application, once they are discarded, put back ``name`` in the place of ``gone``."""
    for later in secrets_of(connection, app_id):
        if gone in later.undoes and later.id != name:
            undo = {name if old == gone else old: before for old, before in later.undoes.items()}
            set_secret(connection, later.id, undo=json.dumps(undo))


def is_used(state: ServerState, connection: Connection, secret_id: str) -> bool:
    """Tell whether a client used a secret; the last second of uses may lie in memory."""
    used = sa.select(app_secrets.c.last_used_at).where(app_secrets.c.id == secret_id)
    return state.usage.apps.holds(secret_id) or connection.scalars(used).one_or_none() is not None


def kinds(state: ServerState) -> dict[str, SecretKind]:
    """Return what the hand-overs of a new application and of a further secret are about."""

    def used(connection: Connection, secret_id: str) -> bool:
        return is_used(state, connection, secret_id)

    return {
        "app": SecretKind(_take_back_app, used, _mark_changed),
        "secret": SecretKind(_take_back_secret, used, _mark_changed),
    }


def _take_back_secret(connection: Connection, app_id: str, secret_id: str, now: float) -> bool:
    """End a secret that nobody got; its application is as it was before."""
    app = find(connection, app_id)
    if app is None:
        return False
    _end(connection, app, secret_id, now)
    return True


def _take_back_app(connection: Connection, app_id: str, secret_id: str, now: float) -> bool:
    """End an application's first secret, and the application with it unless it got another that works or was used."""
    app = find(connection, app_id)
    if app is None:
        return False
    _end(connection, app, secret_id, now)
    if any(one.live(now) or one.last_used_at is not None for one in secrets_of(connection, app_id)):
        return True
    _remove(connection, app_id)
    if app.deleted_at is None:
        bury(connection, app_id, now)
    return False


def _end(connection: Connection, app: AppRecord, secret_id: str, now: float) -> None:
    secret = next(one for one in secrets_of(connection, app.id) if one.id == secret_id)
    set_secret(connection, secret_id, ended_at=now, undo=None)
    call_off(connection, app.id, secret)
    touch(connection, app, now, ["secrets"])


def _remove(connection: Connection, app_id: str) -> None:
    """Delete an application with every row of any table that belongs to it."""
    for table in reversed(metadata.sorted_tables):
        for column in table.columns:
            if column.references(applications.c.id):
                connection.execute(table.delete().where(column == app_id))
    connection.execute(applications.delete().where(applications.c.id == app_id))


def _mark_changed(connection: Connection, app_id: str) -> None:
    connection.execute(applications.update().where(applications.c.id == app_id).values(changed=next_change(connection)))
