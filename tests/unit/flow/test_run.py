"""A run against the real server: each step, each end, and what it leaves."""

import asyncio

import pytest

from bcdesk.flow.failures import FlowError, Reason
from bcdesk.flow.values import Phase
from tests.contract.oauth_support import put_app
from tests.unit.flow.walking_server import LOOPBACK, Walk


@pytest.mark.parametrize("kind", ["web", "mobile", "spa"])
async def test_that_a_run_goes_from_discovery_to_the_end_of_its_tokens(walk: Walk, kind: str) -> None:
    app = put_app(walk.oauth.state, kind, redirect_uris=[LOOPBACK])
    then = (
        ("refresh", "userinfo", "call", "revoke")
        if kind != "web"
        else ("refresh", "introspect", "userinfo", "call", "revoke")
    )
    run = walk.run(app, then=then, api_url=f"{walk.oauth.state.base_url}/v1/beats?limit=1")
    url = await run.prepare()
    verdict = run.offer(await walk.consent(url))
    assert (verdict.kind, verdict.reason) == ("code", None)
    await run.callback()
    await run.go_on()
    assert run.phase is Phase.DONE
    assert run.failure is None
    assert [hop.name for hop in run.trace.hops] == ["discovery", "prepare", "authorize", "callback", "token", *then]
    assert all(hop.ok for hop in run.trace.hops)
    await run.aclose()
    assert run.tokens is None


async def test_that_a_user_who_denies_ends_the_run_before_any_token(walk: Walk) -> None:
    app = put_app(walk.oauth.state, "mobile", redirect_uris=[LOOPBACK])
    run = walk.run(app)
    verdict = run.offer(await walk.consent(await run.prepare(), "deny"))
    assert (verdict.kind, verdict.error) == ("error", "access_denied")
    with pytest.raises(FlowError) as caught:
        await run.callback()
    assert caught.value.reason is Reason.CALLBACK_ERROR
    assert run.phase is Phase.FAILED
    assert walk.transport.token_requests == 0
    await run.aclose()


async def test_that_the_browsers_time_ends(walk: Walk) -> None:
    app = put_app(walk.oauth.state, "mobile", redirect_uris=[LOOPBACK])
    run = walk.run(app, timeout=0.01)
    await run.prepare()
    with pytest.raises(FlowError) as caught:
        await run.callback()
    assert caught.value.reason is Reason.BROWSER_TIMEOUT
    await run.aclose()


async def test_that_cancel_ends_a_wait(walk: Walk) -> None:
    app = put_app(walk.oauth.state, "mobile", redirect_uris=[LOOPBACK])
    run = walk.run(app)
    await run.prepare()
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(run.callback())
        await asyncio.sleep(0)
        run.cancel()
    assert waiting.cancelled()
    assert run.phase is Phase.CANCELLED
    await run.aclose()
