"""What every management route shares: who calls is known, and may, before a byte of the body is read."""

import json
from collections.abc import Callable, Coroutine, Mapping
from typing import Annotated, Any, Final

from fastapi import Depends, FastAPI, Query
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from sqlalchemy.engine import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bcdesk.contract import app_routes, routes, wire
from bcdesk.contract.codes import Fault
from bcdesk.contract.key_rules import FieldFault
from bcdesk.contract.routes import Route
from bcdesk.server.auth import CallingMember, authenticate, demand
from bcdesk.server.faults import faults_of
from bcdesk.server.idempotency import Reply, once
from bcdesk.server.problems import invalid
from bcdesk.server.state import ServerState, state_of
from bcdesk.server.strict_json import parse

_ROLES: Final = {
    (route.method, route.path): route.role
    for route in (*routes.ROUTES, *app_routes.APP_ROUTES)
    if route.role is not None
}
_NO_CONTENT: Final = 204
_READ_ONLY: Final = {
    routes.KEYS_PATCH.path: frozenset(wire.Key.model_fields),
    routes.MEMBERS_PATCH.path: frozenset(wire.Member.model_fields),
    app_routes.APPS_PATCH.path: frozenset(wire.App.model_fields),
}
"""Members of a row that a patch can name but not change."""


_Json = Mapping[str, object]


class StrictRequest(Request):
    """A request whose body was read already, and its JSON strictly."""

    async def body(self) -> bytes:
        """Return the body as it was sent."""
        body: bytes = self.scope["bcdesk.body"]
        return body

    async def json(self) -> object:
        """Return the value that the body holds."""
        return self.scope["bcdesk.json"]


class ManageRoute(APIRoute):
    """A management route: it asks for a member, for the role that the contract names, and for strict JSON."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return FastAPI's handler with ours around it."""
        answer = super().get_route_handler()
        method, path = next(iter(self.methods or ())), self.path
        role = _ROLES[method, path]

        async def handle(request: Request) -> Response:
            state = state_of(request)
            if state.database.is_sqlite:
                member = authenticate(state, request)
            else:
                member = await run_in_threadpool(authenticate, state, request)
            demand(member, role)
            request.scope["bcdesk.member"] = member
            body = request.scope["bcdesk.body"] = await request.body()
            if body:
                request.scope["bcdesk.json"] = parse(body)
            try:
                return await answer(StrictRequest(request.scope, request.receive))
            except RequestValidationError as error:
                raise _explain(path, error) from None

        return handle


def add(app: FastAPI, route: Route, endpoint: Callable[..., object], model: type[wire.Wire] | None = None) -> None:
    """Serve ``route`` of the contract by ``endpoint``, whose replies have the form of ``model``, or no body."""
    app.router.add_api_route(
        route.path,
        endpoint,
        methods=[route.method],
        name=route.name,
        operation_id=route.name,
        response_model=model,
        status_code=_NO_CONTENT if model is None else 201 if route.makes_secret else 200,
        route_class_override=ManageRoute,
    )


def reply(
    body: str | bytes | Mapping[str, object], status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """Return a JSON reply; text is JSON already."""
    if isinstance(body, Mapping):
        body = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(body, status, headers=headers, media_type="application/json")


async def _member(request: Request) -> CallingMember:
    member: CallingMember = request.scope["bcdesk.member"]
    return member


async def _state(request: Request) -> ServerState:
    return state_of(request)


Caller = Annotated[CallingMember, Depends(_member)]
"""The member who calls."""
State = Annotated[ServerState, Depends(_state)]
"""The server's long-lived objects."""


def done() -> Response:
    """Return the reply to what leaves nothing to tell."""
    return Response(status_code=_NO_CONTENT)


Limit = Annotated[int, Query(ge=1, le=routes.PAGE_MAX)]
"""How many rows a page has at most."""
Place = Annotated[str | None, Query(max_length=512)]
"""A cursor, or a ``since``."""


def reply_once(
    state: ServerState, member: CallingMember, request: Request, now: float, make: Callable[[Connection], Reply]
) -> Response:
    """Reply with what ``make`` makes, at most once for the request's Idempotency-Key."""
    body = once(
        state,
        member_id=member.id,
        route=f"{request.method} {request.url.path}",
        given=request.headers.getlist("idempotency-key"),
        body=request.scope.get("bcdesk.json", {}),
        now=now,
        make=make,
        role=_ROLES[request.method, request.scope["route"].path],
    )
    return reply(body, 201)


def if_match(request: Request) -> str | None:
    """Return the ``If-Match`` of a request, its lines joined, or None."""
    return ", ".join(request.headers.getlist("if-match")) or None


def _explain(path: str, error: RequestValidationError) -> Exception:
    """Name as immutable what a row has and a patch does not take; leave all else as it is."""
    fixed = _READ_ONLY.get(path, frozenset())
    found = error.errors()
    if not any(one["type"] == "extra_forbidden" and one["loc"][-1] in fixed for one in found):
        return error
    faults = [
        FieldFault(fault.pointer, Fault.IMMUTABLE)
        if one["type"] == "extra_forbidden" and one["loc"][-1] in fixed
        else fault
        for one, fault in zip(found, faults_of(found), strict=True)
    ]
    return invalid(faults)
