"""A suite leaves no twin behind, holds no secret in its traces, and calls nothing passed that was not carried out."""

import asyncio
import re
from typing import Any

import httpx
import pytest
import stamina

from bcdesk.client.bearer import Bearer
from bcdesk.client.client import Client
from bcdesk.client.transport import Transport
from bcdesk.contract.rows import AppRow
from bcdesk.flow.checks.data import BY_ID, CHECKS
from bcdesk.flow.checks.model import Outcome, Result, Why
from bcdesk.flow.checks.runner import run_checks
from bcdesk.flow.checks.twin import TAG, remove_leftovers
from bcdesk.flow.values import Setup, TlsProfile
from bcdesk.flow.wire import Wire
from bcdesk.server import users
from bcdesk.server.oauth import metadata as metadata_document
from bcdesk.server.oauth import routes
from tests.contract.oauth_support import OAuth
from tests.unit.flow.checks.conftest import Studio

SOME = ("server.s256", "redirect.unregistered", "pkce.no_verifier", "client.wrong_secret")


async def names(studio: Studio) -> set[str]:
    page = await studio.client.apps.list()
    return {row.name for row in page.items if isinstance(row, AppRow)}


async def test_that_no_twin_is_left(studio: Studio) -> None:
    app = await studio.app()
    seen: list[set[str]] = []
    loop_names = [await names(studio)]
    context = studio.context(app)
    await run_checks(context, only=SOME, on_result=lambda result: seen.append({result.check_id}))
    assert await names(studio) == loop_names[0] == {app.name}
    assert len(seen) == len(SOME)
    assert not context.left_behind


async def test_that_a_suite_that_is_cancelled_deletes_its_twins_and_says_what_was_not_run(studio: Studio) -> None:
    app, told = await studio.app(), list[Result]()
    begun = asyncio.Event()

    def started(check_id: str) -> None:
        if check_id == "pkce.no_verifier":
            begun.set()

    async with asyncio.TaskGroup() as group:
        suite = group.create_task(run_checks(studio.context(app), on_start=started, on_result=told.append))
        await begun.wait()
        assert len(await names(studio)) > 1
        suite.cancel()
        await asyncio.wait([suite])
    assert suite.cancelled()
    assert await names(studio) == {app.name}
    assert len(told) == len(CHECKS)
    left = [result for result in told if result.why is Why.CANCELLED]
    assert left
    assert all(result.outcome is Outcome.NOT_RUN for result in left)
    assert told[-len(left) :] == left, "what was judged before the end stands, all else was not run"
    assert len(left) >= len(CHECKS) / 2


async def test_that_a_suite_that_breaks_deletes_its_twins(studio: Studio) -> None:
    app = await studio.app()

    def broken(_: Result) -> None:
        raise RuntimeError("whoever listens broke")

    with pytest.raises(RuntimeError):
        await run_checks(studio.context(app), only=["pkce.plain"], on_result=broken)
    assert await names(studio) == {app.name}


async def test_that_what_a_crashed_suite_left_goes_with_the_next_one(studio: Studio) -> None:
    app, left = await studio.app(), await studio.app("spa", tags=(TAG, "suite-crashed"))
    assert {app.name, left.name} <= await names(studio)
    await run_checks(studio.context(app), only=["server.s256"])
    assert await names(studio) == {app.name}


async def test_that_another_members_suite_is_left_alone_until_it_cannot_run_any_more(studio: Studio) -> None:
    left = await studio.app("spa", tags=(TAG, "suite-elsewhere"))
    owner = studio.calling("owner")
    assert await remove_leftovers(owner, studio.clock) == 0
    assert await names(studio) == {left.name}
    studio.clock.advance(3601)
    assert await remove_leftovers(owner, studio.clock) == 1
    await owner.aclose()


async def test_that_nothing_in_the_traces_is_a_secret(studio: Studio) -> None:
    results = await run_checks(studio.context(await studio.app()))
    assert sum(len(result.hops) for result in results) > 100
    told = repr(results)
    assert "code_verifier" in told
    assert not re.findall(r"bc[a-z]_[A-Za-z0-9_-]{43}", told)


async def test_that_a_viewer_registers_nothing_and_nothing_passes_that_needs_a_twin(studio: Studio) -> None:
    context = studio.context(await studio.app())
    context.client = studio.calling("viewer")
    results = await run_checks(context)
    await context.client.aclose()
    for result in results:
        if "server." in result.check_id and not BY_ID[result.check_id].needs:
            assert result.outcome is Outcome.PASSED
        else:
            assert (result.outcome, result.why) == (Outcome.NOT_RUN, Why.CANNOT_REGISTER), result


async def test_that_without_a_clock_an_expired_code_is_not_run(studio: Studio) -> None:
    context = studio.context(await studio.app(), clock=False)
    (result,) = await run_checks(context, only=["code.expired"])
    assert (result.outcome, result.why) == (Outcome.NOT_RUN, Why.NO_CLOCK)


async def test_that_nothing_passes_where_nobody_answers(studio: Studio) -> None:
    async def nobody(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody is there", request=request)

    context = studio.context(await studio.app())
    context.wire = Wire(TlsProfile(), inner=httpx.MockTransport(nobody))
    results = await run_checks(context)
    await context.wire.aclose()
    assert len(results) == len(CHECKS)
    assert {(result.outcome, result.why) for result in results} == {(Outcome.NOT_RUN, Why.UNREACHABLE)}


async def test_that_nothing_passes_where_the_line_is_cut_on_the_way(studio: Studio) -> None:
    """Cut the line after each number of requests in turn: what was not judged by then is not run."""
    app = await studio.app()
    whole = httpx.ASGITransport(studio.api.app)
    only = ("code.replayed", "redirect.unregistered", "token.refresh_reuse")
    for most in range(1, 30, 4):
        context, sent = studio.context(app), 0

        async def cut(request: httpx.Request, most: int = most) -> httpx.Response:
            nonlocal sent
            sent += 1
            if sent > most:
                raise httpx.ReadError("cut", request=request)
            return await whole.handle_async_request(request)

        context.wire = Wire(TlsProfile(), inner=httpx.MockTransport(cut))
        results = await run_checks(context, only=only)
        await context.wire.aclose()
        for result in results:
            assert result.outcome is not Outcome.FAILED
            if result.outcome is Outcome.NOT_RUN:
                assert result.why is Why.UNREACHABLE
    assert len(await names(studio)) == 1


async def test_that_twins_that_cannot_be_deleted_are_told(studio: Studio) -> None:
    app, context = await studio.app(), None
    whole, cut = httpx.ASGITransport(studio.api.app), False

    async def line(request: httpx.Request) -> httpx.Response:
        if cut:
            raise httpx.ConnectError("cut", request=request)
        return await whole.handle_async_request(request)

    def done(_: Result) -> None:
        nonlocal cut
        cut = True

    context = studio.context(app)
    context.client = Client(
        Transport(studio.api.state.base_url, Bearer(studio.api.tokens["manager"]), inner=httpx.MockTransport(line))
    )
    with stamina.set_testing(True, attempts=1):
        (result,) = await run_checks(context, only=["pkce.plain"], on_result=done)
    await context.client.aclose()
    assert result.outcome is Outcome.PASSED
    assert context.left_behind
    await run_checks(studio.context(app), only=["server.s256"])
    assert await names(studio) == {app.name}


@pytest.mark.parametrize(
    ("member", "value", "failed", "got"),
    [
        ("issuer", "http://127.0.0.1:8765/", "server.issuer", "different http://127.0.0.1:8765/"),
        ("issuer", None, "server.issuer", "absent"),
        ("token_endpoint", "http://elsewhere.example/token", "server.endpoints", "present token_endpoint"),
    ],
)
async def test_that_nothing_is_sent_to_a_server_that_is_not_who_it_says(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, member: str, value: Any, failed: str, got: str
) -> None:
    original = metadata_document.metadata
    monkeypatch.setattr(routes, "metadata", lambda issuer: original(issuer) | {member: value})
    results = await run_checks(studio.context(await studio.app()))
    assert [(one.check_id, str(one.got)) for one in results if one.outcome is Outcome.FAILED] == [(failed, got)]
    assert {one.why for one in results if one.outcome is Outcome.NOT_RUN} == {Why.NO_METADATA}


async def test_that_a_person_signs_in_where_a_password_is_asked_for(studio: Studio, oauth: OAuth) -> None:
    """Have nobody sign in first, then somebody who knows the password, as the window's browser would."""
    app = await studio.app()
    studio.api.state.demo = False
    with studio.api.state.database.write() as connection:
        users.add(studio.api.state, connection, actor="test", name="Pat", email="pat@home.example",
                  password="a long enough one", now=studio.clock())  # fmt: skip
    only = ("pkce.no_verifier", "code.replayed", "redirect.unregistered")
    results = await run_checks(studio.context(app), only=only)
    assert [(one.outcome, one.why) for one in results] == [
        (Outcome.PASSED, None), (Outcome.NOT_RUN, Why.SIGN_IN), (Outcome.NOT_RUN, Why.SIGN_IN),
    ]  # fmt: skip
    asked: list[str] = []

    async def browse(url: str, redirect_uri: str) -> str:
        asked.append(redirect_uri)
        browser = oauth.browser()
        page = await browser.http.get(url)
        page = await browser.submit(page, email="pat@home.example", password="a long enough one", action="sign_in")
        answer = await browser.submit(page, action="allow")
        return str(answer.headers["location"])

    context = studio.context(app)
    context.browse = browse
    results = await run_checks(context, only=only)
    assert [one.outcome for one in results] == [Outcome.PASSED] * 3, results
    assert asked == ["https://shop.example/callback"] * 3


async def test_that_a_server_that_registers_nobody_gets_checks_of_itself_alone(studio: Studio) -> None:
    app = await studio.app()
    context = studio.context(app)
    context.app = context.client = None
    context.setup = Setup(studio.api.state.issuer, app.client_id, app.redirect_uris[0], app.scopes)
    results = await run_checks(context)
    for result in results:
        if BY_ID[result.check_id].needs:
            assert result.outcome is Outcome.NOT_RUN
            assert result.why in (Why.CANNOT_REGISTER, Why.NOT_MANAGED, Why.NO_CLOCK), result
        else:
            assert result.outcome is Outcome.PASSED
