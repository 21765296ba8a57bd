"""A run that is ended at any moment leaves nothing: no task, no connection, no secret, and no step under way."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bcdesk.flow.failures import Failure, FlowError, Reason
from bcdesk.flow.run import Run
from bcdesk.flow.values import ENDED, Phase
from tests.unit.flow.foreign_server import ISSUER, REDIRECT, Foreign


async def whole(server: Foreign, run: Run) -> None:
    """Take a run through all its steps, with an ID token on the way."""
    waiting = run.prepare()
    url = await waiting
    server.nonce = url.partition("nonce=")[2].partition("&")[0]
    async with asyncio.TaskGroup() as group:
        waiter = group.create_task(run.callback())
        await asyncio.sleep(0)
        run.offer(f"{REDIRECT}?code=c0de-123456&state={run.state}&iss={ISSUER}")
        await waiter
    await run.go_on()


def server_with_all() -> Foreign:
    server = Foreign()
    server.answers["/tenant/token"] = (
        200, {}, lambda: {**server.token, "refresh_token": "rt-0123456789", "id_token": server.id_token()},
    )  # fmt: skip
    server.answers["/tenant/introspection"] = (200, {}, {"active": True})
    server.answers["/tenant/revocation"] = (200, {}, b"")
    return server


STEPS = ("refresh", "introspect", "userinfo", "revoke")


async def steps_of_a_whole_run() -> int:
    """Count the turns of the loop that a run takes."""
    server = server_with_all()
    run = server.run("s3cr3t-of-the-client", then=STEPS)
    count, task = 0, asyncio.get_running_loop().create_task(whole(server, run))
    while not task.done():
        count += 1
        await asyncio.sleep(0)
    await task
    await run.aclose()
    assert run.phase is Phase.DONE
    return count


async def by_task(run: Run, task: "asyncio.Task[None]") -> None:
    task.cancel()


async def by_cancel(run: Run, task: "asyncio.Task[None]") -> None:
    run.cancel()


async def by_close(run: Run, task: "asyncio.Task[None]") -> None:
    await run.aclose()


@pytest.mark.parametrize("end", [by_task, by_cancel, by_close])
async def test_that_a_run_can_be_ended_at_every_turn(
    end: Callable[[Run, "asyncio.Task[None]"], Awaitable[None]],
) -> None:
    turns = await steps_of_a_whole_run()
    assert turns > 30
    phases = set()
    for turn in range(turns):
        server = server_with_all()
        run = server.run("s3cr3t-of-the-client", then=STEPS)
        task = asyncio.get_running_loop().create_task(whole(server, run))
        for _ in range(turn):
            await asyncio.sleep(0)
        phases.add(run.phase)
        await end(run, task)
        await asyncio.wait([task], timeout=10)
        assert task.done(), f"turn {turn}: still under way"
        if not task.cancelled():
            failed = task.exception()
            assert failed is None or isinstance(failed, asyncio.CancelledError | FlowError), f"turn {turn}: {failed!r}"
        held = [one for _, one in run._redactor._held]
        await run.aclose()
        assert all(one.spent for one in held)
        assert run.phase in ENDED, f"turn {turn}: {run.phase}"
        assert all(hop.ok is not None for hop in run.trace.hops), f"turn {turn}"
        assert asyncio.all_tasks() == {asyncio.current_task()}, f"turn {turn}"
    assert {Phase.PREPARING, Phase.TOKEN, Phase.USING} <= phases


async def test_that_an_ended_run_takes_nothing_more() -> None:
    server = Foreign()
    run = server.run()
    url = await server.come_back(run)
    run.cancel()
    run.cancel()
    assert run.offer(url).kind == "foreign"
    with pytest.raises(asyncio.CancelledError):
        await run.callback()
    with pytest.raises(asyncio.CancelledError):
        await run.go_on()
    await run.aclose()
    assert server.count("/tenant/token") == 0


async def test_that_a_code_is_sent_once() -> None:
    server = Foreign()
    run = server.run(scopes=("a",))
    url = await server.come_back(run)
    await run.exchange()
    assert run.offer(url).kind == "foreign"
    with pytest.raises(FlowError) as caught:
        await run.exchange()
    assert caught.value.reason is Reason.STEP_MISSING
    assert server.count("/tenant/token") == 1
    await run.aclose()


async def test_that_steps_out_of_their_order_ask_nothing() -> None:
    server = Foreign()
    run = server.run()
    for step in (run.callback, run.exchange, run.refresh, run.introspect, run.userinfo, run.revoke, run.go_on):
        with pytest.raises(FlowError) as caught:
            await step()
        assert caught.value.reason is Reason.STEP_MISSING
    await run.prepare()
    with pytest.raises(FlowError):
        await run.prepare()
    assert server.count("/tenant/token") == 0
    await run.aclose()


async def test_that_a_foreign_answer_lets_the_run_go_on() -> None:
    server = Foreign()
    run = server.run(scopes=("a",))
    await run.prepare()
    for _ in range(100):
        assert run.offer(f"{REDIRECT}?code=evil&state=forged").kind == "foreign"
        assert run.offer("https://elsewhere.example/?code=evil").kind == "foreign"
    assert run.phase is Phase.AUTHORIZING
    assert len(run.trace.hops) < 60
    verdict = run.offer(f"{REDIRECT}?code=c0de-123456&state={run.state}&iss={ISSUER}", via="paste")
    assert verdict.kind == "code"
    assert run.trace.hops[-1].facts["via"] == "paste"
    await run.callback()
    await run.aclose()


async def test_that_what_the_window_found_out_ends_the_run() -> None:
    for failure in (
        Reason.BROWSER_CERTIFICATE,
        Failure(Reason.BROWSER_GONE, 4, {"a": "b"}),
        Failure(Reason.BROWSER_GONE, 0, {}),
    ):
        server = Foreign()
        run = server.run()
        await run.prepare()
        heard: list[Phase] = []
        stop = run.listen(lambda told: heard.append(told.phase))  # noqa: B023 - heard within this turn
        run.fail(failure)
        run.fail(Reason.BROWSER_TIMEOUT)
        stop()
        stop()
        assert heard == [Phase.FAILED]
        with pytest.raises(FlowError) as caught:
            await run.callback()
        assert caught.value.reason in (Reason.BROWSER_CERTIFICATE, Reason.BROWSER_GONE)
        assert run.failure is not None
        assert run.trace.hops[run.failure.hop - 1].failure == run.failure
        await run.aclose()


async def test_that_an_answer_after_the_time_is_too_late() -> None:
    server = Foreign()
    run = server.run(timeout=0.001)
    await run.prepare()
    await asyncio.sleep(0.01)
    assert run.remaining == 0.0
    assert run.offer(f"{REDIRECT}?code=c&state={run.state}&iss={ISSUER}").kind == "foreign"
    assert run.failure is not None
    assert run.failure.reason is Reason.BROWSER_TIMEOUT
    await run.aclose()


async def test_that_a_state_of_an_earlier_run_is_known_by_its_age() -> None:
    server = Foreign()
    first, second = server.run(), server.run()
    await first.prepare()
    await second.prepare()
    verdict = second.offer(f"{REDIRECT}?code=c&state={first.state}")
    assert (verdict.facts["cause"], verdict.facts["age"]) == ("earlier_run", "0")
    await first.aclose()
    await second.aclose()
