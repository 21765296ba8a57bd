"""Takes notes of a request while it is answered, and keeps them as a hop."""

from collections.abc import Awaitable, Callable
from time import perf_counter

from starlette.requests import Request
from starlette.responses import Response

from bcdesk.server import hop_notes as notes
from bcdesk.server import problems
from bcdesk.server.hop_notes import Notes
from bcdesk.server.hops import BUSY, Hops
from bcdesk.server.state import state_of

Endpoint = Callable[[Request], Awaitable[Response]]


def traced(name: str, endpoint: Endpoint) -> Endpoint:
    """Return ``endpoint`` as one that leaves a hop of that name; it may only serve one server."""
    busy = name in BUSY
    hops: Hops | None = None

    async def answer(request: Request) -> Response:
        nonlocal hops
        started = perf_counter()
        taken, token = notes.begin(name)
        try:
            response = await endpoint(request)
        finally:
            notes.end(token)
        if taken.client_id or taken.run is not None or taken.grant_id is not None:
            if hops is None:
                hops = state_of(request).hops
            if not busy or hops.wants(taken, started):
                _keep(hops, request, taken, response.status_code, started)
        return response

    return answer


def _keep(hops: Hops, request: Request, taken: Notes, status: int, started: float) -> None:
    """Keep the notes of a request that is answered with ``status``; ``started`` is of `time.perf_counter`."""
    scope = request.scope
    agent = b""
    for key, value in scope["headers"]:
        if key == b"user-agent":
            agent = value[: notes.TEXT_MAX]
    client = scope.get("client")
    hops.record(
        taken,
        scope["method"],
        status,
        client[0][: notes.TEXT_MAX] if client else "",
        agent,
        problems.request_id(scope),
        perf_counter() - started,
    )
