"""Takes notes of a request while it is answered, and keeps them as a hop."""

from collections.abc import Awaitable, Callable
from time import perf_counter

from starlette.requests import Request
from starlette.responses import Response

from bcdesk.server import problems
from bcdesk.server.flow_trace import hops, notes
from bcdesk.server.flow_trace.notes import Notes
from bcdesk.server.state import state_of

Endpoint = Callable[[Request], Awaitable[Response]]


def traced(name: str, endpoint: Endpoint) -> Endpoint:
    """Return ``endpoint`` as one that leaves a hop of that name."""

    async def answer(request: Request) -> Response:
        started = perf_counter()
        taken, token = notes.begin(name)
        try:
            response = await endpoint(request)
        finally:
            notes.end(token)
        keep(request, taken, response.status_code, started)
        return response

    return answer


def keep(request: Request, taken: Notes, status: int, started: float) -> None:
    """Keep the notes of a request that is answered with ``status``; ``started`` is of `time.perf_counter`."""
    if not taken.client_id and taken.run is None and taken.grant_id is None:
        return
    scope = request.scope
    agent = b""
    for key, value in scope["headers"]:
        if key == b"user-agent":
            agent = value
    client = scope.get("client")
    state_of(request).hops.record(
        taken,
        hops.Request(
            scope["method"],
            status,
            client[0][: notes.TEXT_MAX] if client else "",
            notes.clean(agent.decode("latin-1")),
            problems.request_id(scope),
            round((perf_counter() - started) * 1000, 3),
        ),
    )
