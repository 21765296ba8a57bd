"""The routes of keys: each opens one transaction, lets one function work in it and answers with its row."""

from fastapi import FastAPI, Request
from sqlalchemy.engine import Connection
from starlette.responses import Response

from bcdesk.contract import routes, wire
from bcdesk.server import handovers, listing
from bcdesk.server.idempotency import Reply
from bcdesk.server.json_text import handover_json
from bcdesk.server.keys import edit, end, make, versions
from bcdesk.server.keys.identify import identify
from bcdesk.server.keys.records import Loaded
from bcdesk.server.keys.render import LISTED, key_json, version_json
from bcdesk.server.keys.store import get
from bcdesk.server.keys.undo import KIND
from bcdesk.server.manage import Caller, Limit, Place, State, add, if_match, reply, reply_once
from bcdesk.server.preconditions import etag
from bcdesk.server.state import ServerState
from bcdesk.server.usage import callers_of


def _row(loaded: Loaded, now: float) -> Response:
    return reply(key_json(loaded, now), headers=etag(loaded.key.revision))


def list_keys(state: State, limit: Limit = routes.PAGE_DEFAULT, cursor: Place = None, since: Place = None) -> Response:
    """List keys in the order of their ids, or with ``since`` what changed after it in the order of the changes."""
    handovers.settle(state, state.now())
    return reply(listing.page(state, LISTED, limit, cursor, since))


def get_key(state: State, key_id: str) -> Response:
    """Get one key."""
    now = state.now()
    handovers.settle(state, now)
    with state.database.read() as connection:
        return _row(get(connection, key_id, now), now)


def create_key(state: State, member: Caller, request: Request, body: wire.KeyNew) -> Response:
    """Make a key. The reply alone holds its secret."""
    now = state.now()

    def work(connection: Connection) -> Reply:
        made = make.create(state, connection, member, body, now)
        text = (
            f'{{"key":{key_json(made.loaded, now)},"secret":"{made.secret}","handover":{handover_json(made.handover)}}}'
        )
        return Reply(text.encode("utf-8"), made.loaded.key.id, made.handover.id)

    return reply_once(state, member, request, now, work)


def rotate_key(
    state: State, member: Caller, request: Request, key_id: str, body: wire.RotateBody | None = None
) -> Response:
    """Give a key a new version beside the old one. The reply alone holds its secret."""
    now = state.now()

    def work(connection: Connection) -> Reply:
        made = make.rotate(state, connection, member, key_id, body or wire.RotateBody(), now)
        key = made.loaded.key
        version = version_json(made.version, now=now, revoked_at=key.revoked_at, expires_at=key.expires_at)
        text = (
            f'{{"version":{version},"key":{key_json(made.loaded, now)},"secret":"{made.secret}",'
            f'"handover":{handover_json(made.handover)}}}'
        )
        return Reply(text.encode("utf-8"), key.id, made.handover.id)

    return reply_once(state, member, request, now, work)


def edit_key(state: State, member: Caller, request: Request, key_id: str, body: wire.KeyPatch) -> Response:
    """Change a key by an RFC 7396 merge patch."""
    now = state.now()
    with state.database.write() as connection:
        return _row(edit.edit(state, connection, member, key_id, body, if_match(request), now), now)


def revoke_key(state: State, member: Caller, key_id: str, body: wire.RevokeBody | None = None) -> Response:
    """End a key: undone within 60 minutes, or final where it may have leaked."""
    now = state.now()
    with state.database.write() as connection:
        return _row(end.revoke(state, connection, member, key_id, body or wire.RevokeBody(), now), now)


def restore_key(state: State, member: Caller, key_id: str) -> Response:
    """Bring a revoked key back as it was."""
    now = state.now()
    with state.database.write() as connection:
        return _row(end.restore(state, connection, member, key_id, now), now)


def disable_key(state: State, member: Caller, key_id: str) -> Response:
    """Turn a key off."""
    now = state.now()
    with state.database.write() as connection:
        return _row(end.switch(state, connection, member, key_id, now, on=False), now)


def enable_key(state: State, member: Caller, key_id: str) -> Response:
    """Turn a key on again."""
    now = state.now()
    with state.database.write() as connection:
        return _row(end.switch(state, connection, member, key_id, now, on=True), now)


def retire_version(state: State, member: Caller, key_id: str, version_id: str) -> Response:
    """End an old version early, or call off one that waits for its first use."""
    now = state.now()
    with state.database.write() as connection:
        return _row(versions.retire(state, connection, member, key_id, version_id, now), now)


def extend_version(state: State, member: Caller, key_id: str, version_id: str, body: wire.ExtendBody) -> Response:
    """Set when an old version ends."""
    now = state.now()
    with state.database.write() as connection:
        return _row(versions.extend(state, connection, member, key_id, version_id, body, now), now)


def key_callers(state: State, key_id: str) -> Response:
    """Tell who called with a key in the last 24 hours and 7 days."""
    now = state.now()
    with state.database.read() as connection:
        get(connection, key_id, now)
        return reply(callers_of(connection, key_id, now))


def identify_keys(state: State, body: wire.IdentifyBody) -> Response:
    """Tell which keys the SHA-256 of whole keys belong to."""
    with state.database.read() as connection:
        return reply({"items": identify(state, connection, body.sha256, state.now())})


def add_routes(app: FastAPI) -> None:
    """Serve the routes of this file, and tell what the hand-over of a key is about."""
    state: ServerState = app.state.server
    state.secret_kinds.update(create=KIND, rotate=KIND)
    add(app, routes.KEYS_LIST, list_keys, wire.KeyPage)
    add(app, routes.KEYS_CREATE, create_key, wire.KeyMade)
    add(app, routes.KEYS_IDENTIFY, identify_keys, wire.IdentifiedList)
    add(app, routes.KEYS_GET, get_key, wire.Key)
    add(app, routes.KEYS_PATCH, edit_key, wire.Key)
    add(app, routes.KEYS_ROTATE, rotate_key, wire.VersionMade)
    add(app, routes.KEYS_REVOKE, revoke_key, wire.Key)
    add(app, routes.KEYS_RESTORE, restore_key, wire.Key)
    add(app, routes.KEYS_DISABLE, disable_key, wire.Key)
    add(app, routes.KEYS_ENABLE, enable_key, wire.Key)
    add(app, routes.KEYS_CALLERS, key_callers, wire.Callers)
    add(app, routes.VERSIONS_RETIRE, retire_version, wire.Key)
    add(app, routes.VERSIONS_EXTEND, extend_version, wire.Key)
