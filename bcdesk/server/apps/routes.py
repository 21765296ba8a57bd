"""The routes of applications: each opens one transaction, lets one function work in it and answers with its row."""

from fastapi import FastAPI, Request
from sqlalchemy.engine import Connection
from starlette.responses import Response

from bcdesk.contract import app_routes, redirects, routes, wire
from bcdesk.server import handovers, listing
from bcdesk.server.apps import edit, end, grants, make
from bcdesk.server.apps.gone import kinds
from bcdesk.server.apps.read import LoadedApp
from bcdesk.server.apps.render import LISTED, app_json, secret_json
from bcdesk.server.apps.store import get
from bcdesk.server.idempotency import Reply
from bcdesk.server.json_text import handover_json
from bcdesk.server.manage import Caller, Limit, Place, State, add, done, if_match, reply, reply_once
from bcdesk.server.preconditions import etag
from bcdesk.server.state import ServerState


def _row(loaded: LoadedApp) -> Response:
    return reply(app_json(loaded), headers=etag(loaded.app.revision))


def list_apps(state: State, limit: Limit = routes.PAGE_DEFAULT, cursor: Place = None, since: Place = None) -> Response:
    """List applications in the order of their ids, or with ``since`` what changed after it."""
    handovers.settle(state, state.now())
    return reply(listing.page(state, LISTED, limit, cursor, since))


def get_app(state: State, app_id: str) -> Response:
    """Get one application."""
    now = state.now()
    handovers.settle(state, now)
    with state.database.read() as connection:
        return _row(get(connection, app_id, now))


def create_app(state: State, member: Caller, request: Request, body: wire.AppNew) -> Response:
    """Register an application. The reply alone holds its secret; a public one has none."""
    now = state.now()

    def work(connection: Connection) -> Reply:
        loaded, _, secret = make.register(state, connection, member, body, now, hand_over=True)
        if secret is None or loaded.handover is None:
            return Reply(f'{{"app":{app_json(loaded)},"handover":null}}'.encode(), loaded.app.id, None)
        text = f'{{"app":{app_json(loaded)},"secret":"{secret}","handover":{handover_json(loaded.handover)}}}'
        return Reply(text.encode("utf-8"), loaded.app.id, loaded.handover.id)

    return reply_once(state, member, request, now, work)


def create_secret(
    state: State, member: Caller, request: Request, app_id: str, body: wire.SecretNew | None = None
) -> Response:
    """Give an application a new secret beside the old one. The reply alone holds it."""
    now = state.now()

    def work(connection: Connection) -> Reply:
        loaded, version, secret = make.add_secret(state, connection, member, app_id, body or wire.SecretNew(), now)
        assert version is not None and loaded.handover is not None  # noqa: S101, PT018 - made a moment ago
        text = (
            f'{{"version":{secret_json(version)},"app":{app_json(loaded)},"secret":"{secret}",'
            f'"handover":{handover_json(loaded.handover)}}}'
        )
        return Reply(text.encode("utf-8"), app_id, loaded.handover.id)

    return reply_once(state, member, request, now, work)


def edit_app(state: State, member: Caller, request: Request, app_id: str, body: wire.AppPatch) -> Response:
    """Change an application by an RFC 7396 merge patch."""
    now = state.now()
    with state.database.write() as connection:
        return _row(edit.edit(state, connection, member, app_id, body, if_match(request), now))


def delete_app(state: State, member: Caller, app_id: str) -> Response:
    """Delete an application; it can be restored within 60 minutes."""
    with state.database.write() as connection:
        end.delete(state, connection, member, app_id, state.now())
    return done()


def restore_app(state: State, member: Caller, app_id: str) -> Response:
    """Bring a deleted application back as it was."""
    with state.database.write() as connection:
        return _row(end.restore(state, connection, member, app_id, state.now()))


def disable_app(state: State, member: Caller, app_id: str) -> Response:
    """Turn an application off."""
    with state.database.write() as connection:
        return _row(end.switch(state, connection, member, app_id, state.now(), on=False))


def enable_app(state: State, member: Caller, app_id: str) -> Response:
    """Turn an application on again."""
    with state.database.write() as connection:
        return _row(end.switch(state, connection, member, app_id, state.now(), on=True))


def delete_secret(state: State, member: Caller, app_id: str, secret_id: str) -> Response:
    """End a client secret, unless it is the only one that works."""
    with state.database.write() as connection:
        end.delete_secret(state, connection, member, app_id, secret_id, state.now())
    return done()


def list_grants(state: State, app_id: str, limit: Limit = routes.PAGE_DEFAULT, cursor: Place = None) -> Response:
    """List what users allow an application, newest first."""
    with state.database.read() as connection:
        return reply(grants.page(state, connection, app_id, limit, cursor, state.now()))


def delete_grant(state: State, member: Caller, app_id: str, grant_id: str) -> Response:
    """End what a user allowed an application, with every token."""
    with state.database.write() as connection:
        grants.revoke(state, connection, member, app_id, grant_id, state.now())
    return done()


def delete_grants(state: State, member: Caller, app_id: str) -> Response:
    """End whatever any user allowed an application, with every token."""
    with state.database.write() as connection:
        grants.revoke_all(state, connection, member, app_id, state.now())
    return done()


def check_redirect(state: State, app_id: str, body: wire.RedirectCheck) -> Response:
    """Judge the redirect URI of an authorization request against the registered ones, as the server will."""
    with state.database.read() as connection:
        app = get(connection, app_id, state.now()).app
    return reply(redirects.judge(body.uri, app_type=app.type, registered=app.redirect_uris)._asdict())


def add_routes(app: FastAPI) -> None:
    """Serve the routes of this file, and tell what the hand-overs of applications are about."""
    state: ServerState = app.state.server
    state.secret_kinds.update(kinds(state))
    add(app, app_routes.APPS_LIST, list_apps, wire.AppPage)
    add(app, app_routes.APPS_CREATE, create_app, wire.AppMade)
    add(app, app_routes.APPS_GET, get_app, wire.App)
    add(app, app_routes.APPS_PATCH, edit_app, wire.App)
    add(app, app_routes.APPS_DELETE, delete_app)
    add(app, app_routes.APPS_RESTORE, restore_app, wire.App)
    add(app, app_routes.APPS_DISABLE, disable_app, wire.App)
    add(app, app_routes.APPS_ENABLE, enable_app, wire.App)
    add(app, app_routes.SECRETS_CREATE, create_secret, wire.SecretMade)
    add(app, app_routes.SECRETS_DELETE, delete_secret)
    add(app, app_routes.GRANTS_LIST, list_grants, wire.GrantPage)
    add(app, app_routes.GRANTS_DELETE_ALL, delete_grants)
    add(app, app_routes.GRANTS_DELETE, delete_grant)
    add(app, app_routes.REDIRECT_CHECK, check_redirect, wire.RedirectVerdict)
