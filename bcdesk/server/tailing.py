"""What replies that go on (SSE, WHATWG HTML §9.2) share: how they look, how they end, and who may go on reading."""

from collections.abc import AsyncGenerator
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from bcdesk.contract.routes import Route
from bcdesk.server.auth import authenticate, demand
from bcdesk.server.problems import ProblemError
from bcdesk.server.state import ServerState

EVENTS: Final = "text/event-stream"
PING_SECONDS: Final = 15.0
RETRY: Final = "retry: 1000\n\n"
PING: Final = ":\n\n"


class Tail(StreamingResponse):
    """A reply whose generator is closed as soon as it ends."""

    def __init__(self, events: AsyncGenerator[str, None]) -> None:
        """Send what ``events`` yields."""
        super().__init__(events, media_type=EVENTS)
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Reply, and close the generator."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._events.aclose()


def wants_events(request: Request) -> bool:
    """Tell whether a request asks for a reply that goes on."""
    return any(EVENTS in accepted for accepted in request.headers.getlist("accept"))


async def may_read(state: ServerState, request: Request, route: Route) -> bool:
    """Tell whether the caller's token still opens ``route``: it may have ended since the reply began."""
    try:
        member = await run_in_threadpool(authenticate, state, request)
        demand(member, route.role or "owner")
    except ProblemError:
        return False
    return True
