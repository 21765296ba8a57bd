"""``GET /manage/v1/flow-trace``: the hops of a run or of a client, as a list, or as events (SSE) while they come."""

import asyncio
import json
from collections.abc import AsyncGenerator, Iterable
from typing import Annotated, Final

from fastapi import FastAPI, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bcdesk.contract import app_routes, wire
from bcdesk.contract.codes import Code, Fault
from bcdesk.contract.flow_rows import HopRow
from bcdesk.contract.key_rules import FieldFault
from bcdesk.contract.moments import format_moment
from bcdesk.server.hops import Asked, Kept, id_of, number_of
from bcdesk.server.manage import State, add, reply
from bcdesk.server.problems import ProblemError, invalid
from bcdesk.server.state import ServerState
from bcdesk.server.tailing import PING, PING_SECONDS, RETRY, Tail, may_read, wants_events

LOOK_SECONDS: Final = 5.0
"""How often it is asked, while nothing comes, whether the member may still read."""
Run = Annotated[str | None, Query(pattern=r"^[A-Za-z0-9_-]{43}$", max_length=43)]
ClientId = Annotated[str | None, Query(pattern=r"^[A-Za-z0-9_-]+$", max_length=64)]
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


async def flow_trace(state: State, request: Request, run: Run = None, client_id: ClientId = None) -> Response:
    """Tell the steps of one flow, or of all flows of a client, with the rules that were applied to each."""
    if (run is None) is (client_id is None):
        fault = Fault.MISSING if run is None else Fault.UNKNOWN_FIELD
        raise invalid([FieldFault("/run", fault), FieldFault("/client_id", fault)])
    asked = Asked(run, client_id)
    if wants_events(request):
        return _tail(state, request, asked)
    found = state.hops.find(asked)
    return reply(await run_in_threadpool(_list, found, state.now()))


def _list(found: Iterable[Kept], now: float) -> str:
    return f'{{"items":[{",".join(_json(hop.row()) for hop in found)}],"as_of":"{format_moment(now)}"}}'


def _tail(state: ServerState, request: Request, asked: Asked) -> Response:
    if state.hops.crowded:
        raise ProblemError(503, Code.UNAVAILABLE, "Too many follow already.", headers={"Retry-After": "30"})
    after = number_of(request.headers.get("last-event-id", "")) or 0
    return Tail(_events(state, request, asked, min(after, state.hops.last)))


async def _events(state: ServerState, request: Request, asked: Asked, after: int) -> AsyncGenerator[str, None]:
    """Yield what is kept, then what comes, for as long as the member may read; a comment each 15 s."""
    wake = state.hops.follow()
    try:
        yield RETRY
        silent = 0.0
        while state.hops.open() and await may_read(state, request, app_routes.FLOW_TRACE):
            wake.clear()
            found = state.hops.find(asked, after)
            if found:
                after, silent = found[-1].number, 0.0
                yield await run_in_threadpool(_written, found)
                continue
            if silent >= PING_SECONDS:
                silent = 0.0
                yield PING
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    while state.hops.open() and not state.hops.find(asked, after):
                        await wake.wait()
                        wake.clear()
            except TimeoutError:
                silent += LOOK_SECONDS
    finally:
        state.hops.leave(wake)


def _written(found: Iterable[Kept]) -> str:
    return "".join(f"id: {id_of(hop.number)}\nevent: hop\ndata: {_json(hop.row())}\n\n" for hop in found)


def _json(hop: HopRow) -> str:
    told = hop._asdict()
    told["at"] = format_moment(hop.at)
    told["rules"] = [rule._asdict() for rule in hop.rules]
    return _encode(told)


def add_routes(app: FastAPI) -> None:
    """Serve the route of this file."""
    add(app, app_routes.FLOW_TRACE, flow_trace, wire.HopList)
