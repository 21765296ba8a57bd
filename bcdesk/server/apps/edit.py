"""Editing an application: an RFC 7396 merge patch under ``If-Match``, judged field by field."""

from typing import Any

from sqlalchemy.engine import Connection

from bcdesk.contract import app_rules, wire
from bcdesk.server.apps.make import defaults
from bcdesk.server.apps.read import LISTS, LoadedApp
from bcdesk.server.apps.store import get, touch
from bcdesk.server.auth import CallingMember
from bcdesk.server.json_text import as_list
from bcdesk.server.preconditions import demand_match
from bcdesk.server.problems import invalid
from bcdesk.server.state import ServerState


def edit(
    state: ServerState,
    connection: Connection,
    member: CallingMember,
    app_id: str,
    body: wire.AppPatch,
    if_match: str | None,
    now: float,
) -> LoadedApp:
    """Change the fields that ``body`` sets, null to what the type begins with; what stays is not judged again.

    Raise 404, 428, 412 naming the fields that changed meanwhile, 422. Tokens are judged by what the application
    is at their use, so a scope or a grant type that is taken away works no more at once.
    """
    loaded = get(connection, app_id, now)
    app = loaded.app
    demand_match(if_match, app.revision, app.field_revisions)
    filled = defaults(app.type)
    values: dict[str, Any] = {}
    for name in sorted(body.model_fields_set):
        value = getattr(body, name)
        value = filled[name] if value is None else value
        stored = getattr(app, name)
        if value != (list(stored) if name in LISTS else stored):
            values[name] = value
    faults = app_rules.check_app(values, app.type)
    if faults:
        raise invalid(faults)
    if not values:
        return loaded
    as_stored = {name: as_list(value) if name in LISTS else value for name, value in values.items()}
    touch(connection, app, now, values, **as_stored)
    state.audit.append(
        connection, at=now, actor=member.id, action="app.edited", target=app_id,
        changed={name: [getattr(app, name), value] for name, value in values.items()},
    )  # fmt: skip
    return get(connection, app_id, now)
