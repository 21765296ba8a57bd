"""The API that credentials open (`/v1`): plain routes, each behind `bcdesk.server.v1_admit`."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

import pydantic
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bcdesk.contract import app_routes, routes, wire
from bcdesk.contract.app_rules import ACCESS_PREFIX
from bcdesk.contract.codes import Code, Fault
from bcdesk.contract.key_rules import FieldFault
from bcdesk.server import hop_notes as notes
from bcdesk.server import problems, purchases
from bcdesk.server.catalogue import page
from bcdesk.server.faults import faults_of
from bcdesk.server.flow_trace.traced import traced
from bcdesk.server.problems import ProblemError, invalid
from bcdesk.server.purchases import subscription_of
from bcdesk.server.state import ServerState, state_of
from bcdesk.server.strict_json import parse
from bcdesk.server.v1_admit import Subject, admit

_ACCESS: Final = ACCESS_PREFIX.encode("ascii")
Answer = Callable[[ServerState, Request, Subject], Awaitable[tuple[int, bytes]]]


def behind(scope: str, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint that lets calls with ``scope`` through to ``answer``; each reply tells the limit."""

    async def endpoint(request: Request) -> Response:
        state = state_of(request)
        admitted = await admit(state, request, scope)
        try:
            status, body = await answer(state, request, admitted.subject)
        except ProblemError as error:
            error.headers = {**admitted.headers, **error.headers}
            raise
        return Response(body, status, headers=admitted.headers, media_type="application/json")

    async def told(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ProblemError as error:
            notes.error(error.code)
            return problems.response(request.scope, error)

    followed = traced("api", told)

    async def choose(request: Request) -> Response:
        return await (followed if _is_of_flow(request) else endpoint)(request)

    return choose


def _is_of_flow(request: Request) -> bool:
    """Tell whether a call comes with a token that a flow gave: those of keys leave no hop."""
    return any(name == b"authorization" and _ACCESS in value[:16] for name, value in request.scope["headers"])


async def me(state: ServerState, _request: Request, subject: Subject) -> tuple[int, bytes]:
    """Answer whose account the credential belongs to."""
    if subject.user_id is None:
        return 200, _json({"id": state.server_id, "name": "Studio", "kind": "studio"})
    return 200, _json({"id": subject.user_id, "name": subject.user_name, "kind": "user"})


async def beats(_state: ServerState, request: Request, _subject: Subject) -> tuple[int, bytes]:
    """Answer a page of the catalogue."""
    return 200, page(*_paging(request.scope["query_string"]))


async def buy(state: ServerState, request: Request, subject: Subject) -> tuple[int, bytes]:
    """Buy a licence of a beat."""
    try:
        wanted = wire.PurchaseNew.model_validate(parse(await request.body()))
    except pydantic.ValidationError as error:
        raise invalid(faults_of([{**found, "loc": ("body", *found["loc"])} for found in error.errors()])) from None
    return 201, _json(await run_in_threadpool(purchases.buy, state, subject, wanted, state.now()))


async def subscription(state: ServerState, _request: Request, subject: Subject) -> tuple[int, bytes]:
    """Answer which subscription the account has."""
    return 200, _json(await run_in_threadpool(subscription_of, state, subject, state.now()))


def _paging(query: bytes) -> tuple[int, str | None]:
    limit, cursor = routes.PAGE_DEFAULT, None
    if not query:
        return limit, cursor
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, max_num_fields=20, errors="strict")
    except (ValueError, UnicodeError):
        raise _unreadable() from None
    for name, value in pairs:
        if name == "limit":
            if not (value.isascii() and value.removeprefix("-").isdecimal()):
                raise _unreadable("/limit")
            limit = int(value) if len(value) < 20 else -1
        elif name == "cursor":
            cursor = value
    if not 1 <= limit <= routes.PAGE_MAX:
        raise invalid([FieldFault("/limit", Fault.OUT_OF_RANGE)])
    if cursor is not None:
        try:
            page(limit, cursor)
        except ValueError:
            raise _unreadable("/cursor") from None
    return limit, cursor


def _unreadable(pointer: str | None = None) -> ProblemError:
    faults = [] if pointer is None else [FieldFault(pointer, Fault.WRONG_TYPE)]
    return ProblemError(400, Code.MALFORMED_QUERY, "The query cannot be read.", faults)


def _json(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def v1_routes() -> list[Route]:
    """Return the routes of this file."""
    return [
        Route(routes.ME.path, behind("user.profile", me)),
        Route(routes.BEATS.path, behind("beats.read", beats)),
        Route(app_routes.PURCHASES.path, behind("purchases.write", buy), methods=["POST"]),
        Route(app_routes.SUBSCRIPTION.path, behind("user.subscription", subscription)),
    ]
