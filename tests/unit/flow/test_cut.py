"""A network that is cut at any request ends a run with a reason, and leaves nothing of it."""

import asyncio

import httpx
import pytest

from bcdesk.flow.failures import FlowError, Reason
from bcdesk.flow.values import Phase
from tests.unit.flow.foreign_server import Foreign
from tests.unit.flow.test_ending import STEPS, server_with_all, whole


class Cable(httpx.AsyncBaseTransport):
    """Carries a number of requests to a server; the next one is cut, before it arrives or before its reply does."""

    def __init__(self, server: Foreign, most: int, *, arrives: bool) -> None:
        self.inner, self.most, self.arrives = httpx.ASGITransport(server), most, arrives
        self.carried = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.carried >= self.most:
            if self.arrives:
                await self.inner.handle_async_request(request)
            raise httpx.ReadError("cut", request=request)
        self.carried += 1
        return await self.inner.handle_async_request(request)


async def walked(most: int, *, arrives: bool) -> tuple[Phase, Reason | None, int]:
    """Take a run as far as the network goes; everything that it held and began must be gone."""
    server = server_with_all()
    cable = Cable(server, most, arrives=arrives)
    server.transport = cable  # type: ignore[assignment]  # any transport will do
    run = server.run("s3cr3t-of-the-client", then=STEPS)
    reason = None
    try:
        await whole(server, run)
    except FlowError as error:
        reason = error.reason
    held = [one for _, one in run._redactor._held]
    assert all(hop.ok is not None for hop in run.trace.hops)
    await run.aclose()
    assert all(one.spent for one in held)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    return run.phase, reason, cable.carried


@pytest.mark.parametrize("arrives", [False, True])
async def test_that_a_network_cut_at_any_request_ends_the_run_and_leaves_nothing(*, arrives: bool) -> None:
    phase, reason, requests = await walked(1000, arrives=arrives)
    assert (phase, reason) == (Phase.DONE, None)
    assert requests >= 6
    for most in range(requests):
        phase, reason, _ = await walked(most, arrives=arrives)
        assert (phase, reason) == (Phase.FAILED, Reason.UNREACHABLE), f"cut at request {most}: {phase} {reason}"
