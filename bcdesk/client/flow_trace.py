"""What the server tells of the steps of flows: a list of the last hour, or each as it comes."""

import asyncio
import random
from collections.abc import AsyncGenerator
from typing import Final

from bcdesk.client.checked import checked, read
from bcdesk.client.convert_flow import hop_row
from bcdesk.client.errors import ClientError, Garbled, RateLimited, ServerFault, Unreachable
from bcdesk.client.replies import parsed
from bcdesk.client.resource import Resource
from bcdesk.client.transport import ATTEMPTS
from bcdesk.contract.app_routes import FLOW_TRACE
from bcdesk.contract.flow_rows import HopRow
from bcdesk.contract.wire.flow import HopList, HopTrace

_WAIT_FIRST: Final = 0.5
_WAIT_MOST: Final = 15.0


class FlowTrace(Resource):
    """The route ``/manage/v1/flow-trace``; ask for the hops of a run (`run_of` its state) or of a client."""

    async def list(self, *, run: str | None = None, client_id: str | None = None) -> tuple[HopRow, ...]:
        """Return the hops of the last hour, oldest first."""
        found = read(HopList, await self._call(FLOW_TRACE, query=_query(run, client_id), attempts=ATTEMPTS))
        return tuple(hop_row(hop) for hop in found.items)

    async def tail(
        self, *, client_id: str | None = None, run: str | None = None, last_id: str | None = None
    ) -> AsyncGenerator[HopRow, None]:
        """Yield each hop as it comes, those of the last hour (after ``last_id``) first, and never one twice.

        A connection that breaks is made anew for as long as that helps; raise a `ClientError` where it does not,
        such as `SignInNeeded`. Whoever stops reading closes the generator.
        """
        query, wait = _query(run, client_id), _WAIT_FIRST
        while True:
            parts = self._events(FLOW_TRACE.path, query, last_id)
            try:
                async for events in parts:
                    wait = _WAIT_FIRST
                    for event in events:
                        hop = _hop(event.data)
                        last_id = hop.id
                        yield hop
            except (Unreachable, RateLimited, ServerFault) as error:
                if self._transport.closed or not _passes(error):
                    raise
                wait = max(wait, getattr(error, "retry_after", None) or 0.0)
            finally:
                await parts.aclose()
            await asyncio.sleep(wait * random.uniform(0.8, 1.2))  # noqa: S311 - no secret: it spreads who comes back
            wait = min(wait * 2, _WAIT_MOST)


def _query(run: str | None, client_id: str | None) -> dict[str, str]:
    if (run is None) is (client_id is None):
        raise ValueError("the hops of a run or of a client are asked for")
    return {"run": run} if run is not None else {"client_id": client_id or ""}


def _hop(data: str) -> HopRow:
    try:
        told = parsed(data)
    except (ValueError, RecursionError):
        failure = Garbled("json", status=200, uncertain=False)
    else:
        return hop_row(checked(HopTrace, told))
    raise failure


def _passes(error: ClientError) -> bool:
    """Tell whether it may be better in a moment."""
    if isinstance(error, Unreachable):
        return error.reason not in ("tls", "dns")
    return not isinstance(error, ServerFault) or error.status in (502, 503, 504)
