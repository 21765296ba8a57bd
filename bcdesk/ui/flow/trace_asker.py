"""Asks our server what it says of a run, and gives it to the hops."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from bcdesk.flow.failures import Failure, Reason
from bcdesk.flow.values import Phase
from bcdesk.ui import access
from bcdesk.ui.flow import server_trace

if TYPE_CHECKING:
    from collections.abc import Callable

    from bcdesk.ui.desk import Desk
    from bcdesk.ui.flow.session import Session

LOOK_SECONDS: Final = 2.0
"""How often our server is asked what it says while nobody but a browser talks to it."""


class TraceAsker:
    """Has one question under way for each session, and asks again where something happened meanwhile."""

    def __init__(self, desk: Desk, changed: Callable[[str], object], moved: Callable[[str, int], object]) -> None:
        """Tell ``changed`` of each session and ``moved`` of each hop that something came for."""
        self._desk, self._changed, self._moved = desk, changed, moved
        self._asking: dict[str, bool] = {}

    def asks_server(self, session: Session) -> bool:
        """Tell whether our server can be asked what it says of this run."""
        store = self._desk.store
        return session.target.app_id is not None and access.may_manage(store) and self._desk.client is not None

    def ask(self, session: Session) -> None:
        """Ask for the rows of the present run, once more where that is under way."""
        if session.run is None or not self.asks_server(session):
            return
        under_way = session.key in self._asking
        self._asking[session.key] = True
        if not under_way:
            self._desk.scope.start(self._read_trace(session), name=f"flow trace {session.key}")

    async def _read_trace(self, session: Session) -> None:
        from bcdesk.client.errors import ClientError

        try:
            while self._asking.get(session.key):
                self._asking[session.key] = False
                run, client = session.run, self._desk.client
                if run is None or run.run_id is None or client is None:
                    return
                try:
                    rows = await client.flow_trace.list(run=run.run_id)
                except ClientError as error:
                    session.trace_problem = type(error).__name__
                    return
                session.trace_problem = ""
                if run is session.run:
                    self._take_rows(session, rows)
        finally:
            self._asking.pop(session.key, None)
            self._changed(session.key)

    def _take_rows(self, session: Session, rows: Any) -> None:
        run = session.run
        if run is None:
            return
        for hop in server_trace.join(run.trace.hops, rows):
            self._moved(session.key, hop.id)
        page = server_trace.refused_page(rows)
        if page is not None and run.phase is Phase.AUTHORIZING:
            facts = {"status": str(page.status), "error": page.error, "request_id": page.request_id}
            number = next((one.id for one in reversed(run.trace.hops) if one.name == "authorize"), 0)
            run.fail(Failure(Reason.BROWSER_PAGE_ERROR, number, facts))

    async def watch(self, session: Session) -> None:
        """Ask the server now and then, for a browser that is not ours tells nothing."""
        while session.running:
            await asyncio.sleep(LOOK_SECONDS)
            self.ask(session)
