"""The whole server as one ASGI program."""

import re
from collections.abc import Callable
from typing import Final

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bcdesk.contract import app_routes, routes
from bcdesk.contract.codes import Code
from bcdesk.contract.first_party import SETUP_PATH
from bcdesk.server import member_routes, problems, studio_routes
from bcdesk.server.apps import routes as application_routes
from bcdesk.server.events import routes as event_routes
from bcdesk.server.flow_trace import routes as flow_trace_routes
from bcdesk.server.guard import Guard
from bcdesk.server.health import health_routes
from bcdesk.server.keys import routes as key_routes
from bcdesk.server.oauth.origins import AppOrigins
from bcdesk.server.problems import ProblemError
from bcdesk.server.state import ServerState
from bcdesk.server.v1 import v1_routes

_PLAIN: Final = (routes.ME.path.removesuffix("me"), routes.HEALTHZ.path, routes.READYZ.path)
_OAUTH: Final = ("/oauth/", "/.well-known/", f"{SETUP_PATH}/")
_ROUTES: Final = (*routes.ROUTES, *app_routes.APP_ROUTES)
_PATHS: Final = [(re.compile(re.sub(r"\{\w+\}", "[^/]+", route.path)), route.method) for route in _ROUTES]


def create_app(state: ServerState) -> ASGIApp:
    """Return the program that answers every route of the contract from ``state``, behind its guard.

    What keys and probes call is answered by plain routes of their own: FastAPI's way to them is ten times as long.
    """
    management, plain = create_api(state), _prepared(Starlette(routes=[*v1_routes(), *health_routes()]), state)
    oauth = _Later(lambda: create_oauth(state))

    async def choose(scope: Scope, receive: Receive, send: Send) -> None:
        app: ASGIApp = management
        if scope["type"] == "http":
            path = scope["path"]
            if path.startswith(_OAUTH) or path == SETUP_PATH:
                app = oauth
            elif path.startswith(_PLAIN):
                app = plain
        await app(scope, receive, send)

    addresses = dict.fromkeys((state.base_url, state.issuer, *state.also_at))
    return Guard(choose, addresses, AppOrigins(state.database).holds)


class _Later:
    """A program that is made when it is first called: Authlib takes a while to import."""

    def __init__(self, make: Callable[[], ASGIApp]) -> None:
        self._make = make
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._app is None:
            self._app = await run_in_threadpool(self._make)
        await self._app(scope, receive, send)


def create_oauth(state: ServerState) -> ASGIApp:
    """Return the authorization server without its guard."""
    from bcdesk.server.oauth.core import OAuthCore
    from bcdesk.server.oauth.routes import Shortcut, oauth_routes, on_http

    app = _prepared(Starlette(routes=oauth_routes()), state)
    app.state.oauth = OAuthCore(state)
    for status in (404, 405):
        app.add_exception_handler(status, on_http)
    return Shortcut(app)


def create_api(state: ServerState) -> FastAPI:
    """Return the management program without its guard."""
    app = FastAPI(title="bcdesk", version=state.version, openapi_url=None, docs_url=None, redoc_url=None)
    _prepared(app, state)
    studio_routes.add_routes(app)
    member_routes.add_routes(app)
    key_routes.add_routes(app)
    application_routes.add_routes(app)
    flow_trace_routes.add_routes(app)
    event_routes.add_routes(app)
    app.router.add_route(routes.OPENAPI.path, _openapi, methods=["GET"], include_in_schema=False)
    return app


def _prepared(app: Starlette, state: ServerState) -> Starlette:
    app.router.redirect_slashes = False
    app.state.server = state
    problems.install(app)
    app.add_exception_handler(405, _wrong_method)
    return app


async def _openapi(request: Request) -> Response:
    from bcdesk.server.openapi import document  # built when first asked for

    state = request.app.state
    if not hasattr(state, "document"):
        state.document = await run_in_threadpool(document, request.app)
    return Response(state.document, media_type="application/json")


async def _wrong_method(request: Request, error: Exception) -> Response:
    """Answer 405 with every method of the path: Starlette names those of one route alone."""
    path = request.url.path
    allowed = sorted(
        {route.method for route in _ROUTES if route.path == path}
        or {method for form, method in _PATHS if form.fullmatch(path)}
    )
    if not isinstance(error, HTTPException) or not allowed:
        raise error
    return problems.response(
        request.scope,
        ProblemError(
            405,
            Code.METHOD_NOT_ALLOWED,
            "This address does not take that method.",
            headers={"Allow": ", ".join(allowed)},
        ),
    )
