"""Ending applications and their secrets, and bringing applications back; each repetition is harmless."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bcdesk.contract.app_rules import RESTORE_SECONDS
from bcdesk.contract.codes import Code
from bcdesk.server import handovers
from bcdesk.server.apps.gone import bury, call_off, is_used
from bcdesk.server.apps.read import LoadedApp, find, secrets_of
from bcdesk.server.apps.store import demand_secrets, get, missing, set_secret, touch
from bcdesk.server.auth import CallingMember
from bcdesk.server.ids import is_id
from bcdesk.server.problems import ProblemError
from bcdesk.server.state import ServerState
from bcdesk.server.tables import tombstones


def delete(state: ServerState, connection: Connection, member: CallingMember, app_id: str, now: float) -> None:
    """Delete an application: nothing of it works from now on, and nothing of it is lost for 60 minutes. Raise 404."""
    app = find(connection, app_id) if is_id("app", app_id) else None
    if app is None:
        raise missing()
    if app.deleted_at is not None:
        return
    touch(connection, app, now, ["status"], deleted_at=now)
    bury(connection, app_id, now)
    state.audit.append(
        connection, at=now, actor=member.id, action="app.deleted", target=app_id, name=app.name, client_id=app.client_id
    )


def restore(state: ServerState, connection: Connection, member: CallingMember, app_id: str, now: float) -> LoadedApp:
    """Bring a deleted application back as it was, with its secrets, grants and tokens.

    Raise 404, 409 ``app_not_deleted``, 409 ``restore_expired`` once the 60 minutes are over.
    """
    app = find(connection, app_id) if is_id("app", app_id) else None
    buried = sa.select(tombstones.c.deleted_at).where(tombstones.c.id == app_id)
    deleted_at = app.deleted_at if app else connection.scalars(buried).one_or_none()
    if app and deleted_at is None:
        raise ProblemError(409, Code.APP_NOT_DELETED, "The application is not deleted.")
    if deleted_at is not None and now - deleted_at >= RESTORE_SECONDS:
        raise ProblemError(
            409, Code.RESTORE_EXPIRED, "A deleted application can be restored for 60 minutes; they are over."
        )
    if app is None:
        raise missing()
    connection.execute(tombstones.delete().where(tombstones.c.id == app_id))
    touch(connection, app, now, ["status"], deleted_at=None)
    state.audit.append(connection, at=now, actor=member.id, action="app.restored", target=app_id)
    return get(connection, app_id, now)


def switch(
    state: ServerState, connection: Connection, member: CallingMember, app_id: str, now: float, *, on: bool
) -> LoadedApp:
    """Turn an application on or off; while it is off its tokens and secrets open nothing. Raise 404."""
    loaded = get(connection, app_id, now)
    if on == (loaded.app.disabled_at is None):
        return loaded
    touch(connection, loaded.app, now, ["status"], disabled_at=None if on else now)
    action = "app.enabled" if on else "app.disabled"
    state.audit.append(connection, at=now, actor=member.id, action=action, target=app_id)
    return get(connection, app_id, now)


def delete_secret(
    state: ServerState, connection: Connection, member: CallingMember, app_id: str, secret_id: str, now: float
) -> None:
    """End a client secret now; ending one that nobody has used yet calls the overlap off that it had begun.

    Raise 404, 409 ``no_secrets`` of a public application, 409 ``last_secret`` of the only one that works.
    """
    app, living, _ = get(connection, app_id, now)
    demand_secrets(app)
    secret = next((one for one in secrets_of(connection, app_id) if one.id == secret_id), None)
    if secret is None:
        raise ProblemError(404, Code.NOT_FOUND, "The application has no secret of that id.")
    if not secret.live(now):
        return
    if len(living) == 1:
        raise ProblemError(
            409, Code.LAST_SECRET, "This is the only secret that works: make another one first, or turn the app off."
        )
    set_secret(connection, secret_id, ended_at=now, undo=None)
    handovers.end_waiting(connection, secret_id, now)
    if not is_used(state, connection, secret_id):
        call_off(connection, app_id, secret)
    touch(connection, app, now, ["secrets"])
    state.audit.append(
        connection, at=now, actor=member.id, action="app.secret.deleted", target=app_id, secret=secret_id,
        last4=secret.last4,
    )  # fmt: skip
