"""Editing a key: an RFC 7396 merge patch under ``If-Match``, judged field by field."""

import json
from collections.abc import Callable
from typing import Any, Final

from sqlalchemy.engine import Connection

from bcdesk.contract import key_rules, wire
from bcdesk.contract.key_rules import FieldFault
from bcdesk.server.auth import CallingMember
from bcdesk.server.json_text import as_list
from bcdesk.server.keys.records import Loaded
from bcdesk.server.keys.store import demand_open, get, touch
from bcdesk.server.preconditions import demand_match
from bcdesk.server.problems import invalid
from bcdesk.server.state import ServerState

_Check = Callable[[Any, str, float], list[FieldFault]]
_CHECKS: Final[dict[str, _Check]] = {
    "name": lambda value, _, __: key_rules.check_line("/name", value, key_rules.NAME_MAX, required=True),
    "description": lambda value, _, __: key_rules.check_line("/description", value, key_rules.DESCRIPTION_MAX),
    "owner": lambda value, _, __: key_rules.check_line("/owner", value, key_rules.OWNER_MAX),
    "tags": lambda value, _, __: key_rules.check_tags(value),
    "scopes": lambda value, environment, _: key_rules.check_scopes(value, environment),
    "expires_at": lambda value, _, now: key_rules.check_expiry(value, now),
    "allowed_cidrs": lambda value, _, __: key_rules.check_cidrs(value),
}
_LISTS: Final = frozenset({"tags", "scopes", "allowed_cidrs"})


def edit(
    state: ServerState,
    connection: Connection,
    member: CallingMember,
    key_id: str,
    body: wire.KeyPatch,
    if_match: str | None,
    now: float,
) -> Loaded:
    """Change the fields that ``body`` sets; a patch that changes nothing leaves the revision.

    Raise 404, 428, 412 naming the fields that changed meanwhile, 409 ``key_ended``, 422.
    """
    loaded = get(connection, key_id, now)
    key = loaded.key
    demand_match(if_match, key.revision, key.field_revisions)
    demand_open(key, now)
    values: dict[str, object] = {}
    faults: list[FieldFault] = []
    for name in sorted(body.model_fields_set):
        value = getattr(body, name)
        if name == "expires_at":
            value = round(value.timestamp(), 3) if value else None
        stored = as_list(value) if isinstance(value, list) else value
        if stored != getattr(key, name):  # what stays is not judged again: an old value may break a newer rule
            faults += _CHECKS[name](value, key.environment, now)
            values[name] = stored
    if faults:
        raise invalid(faults)
    if not values:
        return loaded
    touch(connection, key, now, values, **values)
    state.audit.append(
        connection, at=now, actor=member.id, action="key.edited", target=key_id,
        changed={name: [_shown(name, getattr(key, name)), _shown(name, value)] for name, value in values.items()},
    )  # fmt: skip
    return get(connection, key_id, now)


def _shown(name: str, value: object) -> object:
    return json.loads(value) if name in _LISTS and isinstance(value, str) else value
