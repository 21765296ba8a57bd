"""The whole server as one ASGI program."""

import re
from typing import Final

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bcdesk.contract import routes
from bcdesk.contract.codes import Code
from bcdesk.server import problems, studio_routes
from bcdesk.server.guard import Guard
from bcdesk.server.health import health_routes
from bcdesk.server.keys import routes as key_routes
from bcdesk.server.problems import ProblemError
from bcdesk.server.state import ServerState
from bcdesk.server.v1 import v1_routes

_PLAIN: Final = (routes.ME.path.removesuffix("me"), routes.HEALTHZ.path, routes.READYZ.path)
_PATHS: Final = [(re.compile(re.sub(r"\{\w+\}", "[^/]+", route.path)), route.method) for route in routes.ROUTES]


def create_app(state: ServerState) -> ASGIApp:
    """Return the program that answers every route of the contract from ``state``, behind its guard.

    What keys and probes call is answered by plain routes of their own: FastAPI's way to them is ten times as long.
    """
    management, plain = create_api(state), _prepared(Starlette(routes=[*v1_routes(), *health_routes()]), state)

    async def choose(scope: Scope, receive: Receive, send: Send) -> None:
        quick = scope["type"] == "http" and scope["path"].startswith(_PLAIN)
        await (plain if quick else management)(scope, receive, send)

    return Guard(choose, dict.fromkeys((state.base_url, state.issuer, *state.also_at)))


def create_api(state: ServerState) -> FastAPI:
    """Return the management program without its guard."""
    app = FastAPI(title="bcdesk", version=state.version, openapi_url=None, docs_url=None, redoc_url=None)
    _prepared(app, state)
    studio_routes.add_routes(app)
    key_routes.add_routes(app)
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
        {route.method for route in routes.ROUTES if route.path == path}
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
