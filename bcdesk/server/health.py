"""Whether the process runs (`/healthz`) and whether it can answer (`/readyz`)."""

import logging

import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bcdesk.contract import routes
from bcdesk.contract.codes import Code
from bcdesk.contract.moments import format_moment
from bcdesk.server.changes import current_change
from bcdesk.server.problems import ProblemError
from bcdesk.server.state import ServerState, state_of

_log = logging.getLogger(__name__)


async def healthz(request: Request) -> JSONResponse:
    """Answer that the process runs."""
    return _ok(state_of(request))


async def readyz(request: Request) -> JSONResponse:
    """Answer that the database answers; 503 where it does not."""
    state = state_of(request)
    try:
        await run_in_threadpool(_ask, state)
    except sa.exc.SQLAlchemyError as error:
        _log.warning("the database does not answer (%s)", type(error).__name__)
        raise ProblemError(503, Code.UNAVAILABLE, "The database does not answer.") from None
    return _ok(state)


def _ask(state: ServerState) -> None:
    with state.database.read() as connection:
        current_change(connection)


def _ok(state: ServerState) -> JSONResponse:
    return JSONResponse({"status": "ok", "checked_at": format_moment(state.now())})


def health_routes() -> list[Route]:
    """Return the routes of this file."""
    return [Route(routes.HEALTHZ.path, healthz), Route(routes.READYZ.path, readyz)]
