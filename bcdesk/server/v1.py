"""The API that credentials open (`/v1`): plain routes, judged in one place before any of them answers.

The order is: who calls (401), from where (403), how often (429), and what for (403). A call from an address that
the key does not allow is neither counted nor a use of it.
"""

import json
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bcdesk.contract import routes
from bcdesk.contract.codes import Code, Fault
from bcdesk.contract.key_rules import FieldFault, address_allowed
from bcdesk.server.catalogue import page
from bcdesk.server.key_check import CheckedKey, check_key
from bcdesk.server.problems import ProblemError, challenge, invalid
from bcdesk.server.state import ServerState, state_of

REALM = "bcdesk /v1"


class Admitted(NamedTuple):
    """A call that may be answered, and the headers that its answer carries."""

    key: CheckedKey
    headers: dict[str, str]


async def me(request: Request) -> Response:
    """Answer whose account the key belongs to."""
    state = state_of(request)
    admitted = await admit(state, request, "user.profile")
    return _json(json.dumps({"id": state.server_id, "name": "Studio", "kind": "studio"}).encode(), admitted)


async def beats(request: Request) -> Response:
    """Answer a page of the catalogue."""
    admitted = await admit(state_of(request), request, "beats.read")
    try:
        return _json(page(*_paging(request.scope["query_string"])), admitted)
    except ProblemError as error:
        error.headers = {**admitted.headers, **error.headers}
        raise


async def admit(state: ServerState, request: Request, scope: str) -> Admitted:
    """Judge the key that the call presents; raise the problem of one that may not be answered."""
    now = state.now()
    token, program = _presented(request.scope["headers"])
    address = request.client.host if request.client else ""
    key = await check_key(state, token, now, address)
    if not address_allowed(address, key.allowed_cidrs):
        raise ProblemError(403, Code.ADDRESS_NOT_ALLOWED, "The key does not allow calls from this address.")
    limits = state.limiter
    if limits.local:
        verdict = limits.take(key.key_id, key.environment)
    else:
        verdict = await run_in_threadpool(limits.take, key.key_id, key.environment)
    state.usage.record(key.key_id, key.version_id, address, program, now, limited=not verdict.allowed)
    if not verdict.allowed:
        raise verdict.problem()
    if scope not in key.scopes:
        headers = {**verdict.headers, **challenge(REALM, "insufficient_scope", scope)}
        raise ProblemError(403, Code.INSUFFICIENT_SCOPE, f"The key lacks the scope {scope}.", (), headers)
    return Admitted(key, verdict.headers)


def _presented(headers: Iterable[tuple[bytes, bytes]]) -> tuple[str, str]:
    """Return the bearer token and the program's name; raise 401 where not exactly one token is presented."""
    found = None
    program = b""
    for name, value in headers:
        if name == b"authorization":
            if found is not None:
                raise ProblemError(
                    401, Code.INVALID_TOKEN, "Two credentials were presented.", (), challenge(REALM, "invalid_token")
                )
            found = value
        elif name == b"user-agent":
            program = value
    kind, _, token = (found or b"").partition(b" ")
    if kind.lower() != b"bearer" or not token.strip():
        raise ProblemError(401, Code.TOKEN_MISSING, "This takes a key as a bearer token.", (), challenge(REALM))
    return token.strip().decode("latin-1"), program.decode("latin-1")


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


def _json(body: bytes, admitted: Admitted) -> Response:
    return Response(body, 200, headers=admitted.headers, media_type="application/json")


def v1_routes() -> list[Route]:
    """Return the routes of this file."""
    return [Route(routes.ME.path, me), Route(routes.BEATS.path, beats)]
