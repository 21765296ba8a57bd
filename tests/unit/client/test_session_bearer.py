"""A session renews itself once, whoever asks, keeps what came before it uses it, and ends once."""

import asyncio
import copy
import logging
import pickle
import traceback

import pytest
import stamina

from bcdesk.client.errors import ClientError, Forbidden, Garbled, RateLimited, ServerFault, SignInNeeded, Unreachable
from bcdesk.client.session_bearer import SETTLE_SECONDS, UNPROVEN_MOST
from tests.unit.client.answering import answer, problem
from tests.unit.client.renewing import FIRST, LIMIT, access_of, refresh_of, session, until


async def test_that_a_session_that_was_kept_renews_before_its_first_request() -> None:
    async with session() as kept:
        assert await kept.told() == {"path": "/a"}
        assert kept.server.asked == ["/oauth/token", "/a"]
        assert kept.done == [f"keeping {refresh_of(1)}", f"kept {refresh_of(1)}"]


async def test_that_a_token_that_lives_is_not_renewed() -> None:
    async with session(known=True) as kept:
        assert await kept.told() == {"path": "/a"}
        assert isinstance(await kept.told("/forbidden"), Forbidden)
        assert kept.server.asked == ["/a", "/forbidden"]


async def test_that_a_request_whose_token_is_refused_is_repeated_once_with_the_next() -> None:
    async with session(access=access_of(9)) as kept:
        assert await kept.told() == {"path": "/a"}
        assert kept.server.asked == ["/a", "/oauth/token", "/a"]
        assert await kept.told() == {"path": "/a"}
        assert kept.server.renewals == 1


async def test_that_eight_refusals_at_once_make_one_renewal() -> None:
    async with session(access=access_of(9)) as kept:
        kept.server.gate.clear()
        async with asyncio.timeout(LIMIT), asyncio.TaskGroup() as group:
            calls = [group.create_task(kept.told(f"/{number}")) for number in range(8)]
            await kept.server.arrived.wait()
            await until(lambda: len(kept.server.asked) == 9)  # all were refused
            kept.server.gate.set()
        assert [call.result() for call in calls] == [{"path": f"/{number}"} for number in range(8)]
        assert kept.server.renewals == 1
        assert len(kept.server.asked) == 8 + 1 + 8


async def test_that_a_late_refusal_of_an_old_token_renews_nothing() -> None:
    async with session(access=access_of(9)) as kept:
        stale = kept.bearer.header()
        assert await kept.told() == {"path": "/a"}
        assert await kept.bearer.renew(stale, kept.transport.form) is True
        assert kept.server.renewals == 1


async def test_that_nothing_is_used_before_it_is_kept() -> None:
    async with session() as kept:
        kept.keeping.clear()
        async with asyncio.timeout(LIMIT), asyncio.TaskGroup() as group:
            call = group.create_task(kept.told())
            await until(lambda: bool(kept.done))
            for _ in range(50):
                await asyncio.sleep(0)
            assert kept.server.asked == ["/oauth/token"]
            assert kept.bearer.header() == ""
            kept.keeping.set()
        assert call.result() == {"path": "/a"}


async def test_that_a_renewal_whose_answer_was_lost_is_repeated_with_the_same_token() -> None:
    async with session() as kept:
        kept.server.cut = 2
        assert await kept.told() == {"path": "/a"}
        assert [form["refresh_token"] for form in kept.server.forms] == [FIRST] * 3
        assert kept.done[-1] == f"kept {refresh_of(1)}"


async def test_that_a_renewal_that_never_came_back_is_no_end_and_repeated_at_the_next_request() -> None:
    async with session() as kept:
        kept.server.cut = 1
        with stamina.set_testing(True, attempts=1):
            error = await kept.told()
            assert isinstance(error, Unreachable)
            assert not error.uncertain  # the request itself was never sent
            assert (kept.ends, kept.bearer.ended) == (0, False)
            assert await kept.told() == {"path": "/a"}
        assert [form["refresh_token"] for form in kept.server.forms] == [FIRST] * 2


async def test_that_whoever_is_cancelled_leaves_the_renewal_to_the_others() -> None:
    async with session(access=access_of(9)) as kept:
        kept.server.gate.clear()
        async with asyncio.timeout(LIMIT), asyncio.TaskGroup() as group:
            first = group.create_task(kept.told("/first"))
            await kept.server.arrived.wait()
            other = group.create_task(kept.told("/other"))
            first.cancel()
            await until(first.done)
            kept.server.gate.set()
        assert other.result() == {"path": "/other"}
        assert kept.server.renewals == 1


async def test_that_a_renewal_is_kept_though_everybody_who_asked_was_cancelled() -> None:
    async with session() as kept:
        kept.server.gate.clear()
        async with asyncio.timeout(LIMIT), asyncio.TaskGroup() as group:
            only = group.create_task(kept.told())
            await kept.server.arrived.wait()
            only.cancel()
        closing = kept.transport.aclose()  # waits for the answer, which would be lost
        async with asyncio.timeout(LIMIT), asyncio.TaskGroup() as group:
            group.create_task(closing)
            kept.server.gate.set()
        assert kept.done[-1] == f"kept {refresh_of(1)}"


@pytest.mark.parametrize("error", ["invalid_grant", "invalid_client", "unauthorized_client"])
@pytest.mark.parametrize("status", [400, 401])
async def test_that_a_session_that_the_server_ended_is_told_once_and_asks_no_more(error: str, status: int) -> None:
    async with session(access=access_of(9)) as kept:
        kept.server.says = answer({"error": error}, status)
        async with asyncio.TaskGroup() as group:
            calls = [group.create_task(kept.told()) for _ in range(8)]
        assert {type(call.result()) for call in calls} == {SignInNeeded}
        assert (kept.ends, kept.bearer.ended, kept.server.renewals) == (1, True, 1)
        before = list(kept.server.asked)
        assert isinstance(await kept.told(), SignInNeeded)
        assert isinstance(await kept.told(), SignInNeeded)
        assert (kept.ends, kept.server.asked, kept.done) == (1, before, [])


async def test_that_a_server_that_does_not_know_its_own_tokens_is_not_asked_for_ever() -> None:
    async with session() as kept:
        kept.server.forgetful = True
        for _ in range(20):
            assert isinstance(await kept.told(), SignInNeeded)
        assert kept.server.renewals == UNPROVEN_MOST
        assert (kept.ends, kept.bearer.ended) == (1, True)


@pytest.mark.parametrize(
    ("says", "kind"),
    [
        (problem(429, "rate_limited", "Retry-After: 60\r\n"), RateLimited),
        (problem(500, "internal"), ServerFault),
        (answer({"error": "invalid_request"}, 400), Garbled),
        (answer({}), Garbled),
        (answer([]), Garbled),
        (answer(b"{"), Garbled),
        (answer(b"<html>", 400, "text/html"), Garbled),
        (answer({"access_token": "a", "refresh_token": "r", "token_type": "mac"}), Garbled),
        (answer({"access_token": "a", "refresh_token": "b c", "token_type": "bearer"}), Garbled),
        (answer({"access_token": "a", "refresh_token": None, "token_type": "bearer"}), Garbled),
        (answer({"access_token": "a\r\nX: y", "refresh_token": "r", "token_type": "bearer"}), Garbled),
        (answer({"access_token": "x" * 5000, "refresh_token": "r", "token_type": "bearer"}), Garbled),
        (answer({}, 302, headers="Location: http://127.0.0.1:9/\r\n"), Garbled),
    ],
)
async def test_that_what_is_no_pair_and_no_end_leaves_the_session_as_it_was(
    says: bytes, kind: type[ClientError]
) -> None:
    async with session() as kept:
        kept.server.says = says
        assert type(await kept.told()) is kind
        assert (kept.ends, kept.bearer.ended, kept.done) == (0, False, [])
        kept.server.says = None
        assert await kept.told() == {"path": "/a"}


async def test_that_a_stream_renews_too() -> None:
    async with session(access=access_of(9)) as kept:
        chunks = [chunk async for chunk in kept.transport.stream("/events")]
        assert b"".join(chunks).startswith(b"id: 1")
        assert kept.server.asked == ["/events", "/oauth/token", "/events"]


async def test_that_a_stream_of_a_session_that_is_over_asks_to_sign_in() -> None:
    async with session(access=access_of(9)) as kept:
        kept.server.says = answer({"error": "invalid_grant"}, 400)
        with pytest.raises(SignInNeeded):
            [chunk async for chunk in kept.transport.stream("/events")]
        assert kept.ends == 1


@pytest.mark.parametrize("path", ["/forbidden", "/a"])
async def test_that_a_stream_that_fails_says_so_without_its_token(path: str) -> None:
    async with session(known=True) as kept:
        with pytest.raises(ClientError) as failed:
            [chunk async for chunk in kept.transport.stream(path)]
        assert isinstance(failed.value, Forbidden | Garbled)
        assert "canary" not in everything_said_of(failed.value)


async def test_that_a_session_that_is_revoked_is_over_here_and_there() -> None:
    async with session(known=True) as kept:
        assert await kept.bearer.revoke(kept.transport.form) is True
        assert kept.server.forms[-1] == {
            "token": FIRST,
            "token_type_hint": "refresh_token",
            "client_id": "bcdesk",
        }
        assert isinstance(await kept.told(), SignInNeeded)
        assert await kept.bearer.revoke(kept.transport.form) is True
        assert (kept.server.asked, kept.ends) == (["/oauth/revoke"], 0)  # who signs out is not told to sign in


async def test_that_a_server_that_did_not_hear_of_it_is_told_of() -> None:
    async with session(known=True) as kept:
        kept.server.port = 9
        kept.transport.base_url = kept.server.url
        assert await kept.bearer.revoke(kept.transport.form) is False
        assert kept.bearer.ended


async def test_that_a_renewal_under_way_ends_with_the_sign_out_and_is_not_kept() -> None:
    async with session() as kept:
        kept.server.gate.clear()
        async with asyncio.timeout(LIMIT), asyncio.TaskGroup() as group:
            call = group.create_task(kept.told())
            await kept.server.arrived.wait()
            assert await kept.bearer.revoke(kept.transport.form) is True
        assert isinstance(call.result(), SignInNeeded)
        assert (kept.done, kept.ends) == ([], 0)


async def test_that_a_renewal_that_gets_no_answer_does_not_hold_up_the_end() -> None:
    async with session() as kept:
        kept.server.gate.clear()
        async with asyncio.timeout(SETTLE_SECONDS + 2), asyncio.TaskGroup() as group:
            call = group.create_task(kept.told())
            await kept.server.arrived.wait()
            group.create_task(kept.transport.aclose())
        assert isinstance(call.result(), Unreachable)
        assert (kept.done, kept.ends) == ([], 0)


def everything_said_of(error: BaseException) -> str:
    words = [str(error), repr(error), repr(vars(error)), *traceback.format_exception(error)]
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__) if "bcdesk/client" in str(frame)]
    assert frames
    words += [repr(frame.f_locals) for frame in frames]
    return "".join(words)


async def test_that_no_token_is_printed_copied_logged_or_in_an_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with session(access=access_of(9)) as kept:
        printed = repr(kept.bearer) + str(kept.bearer) + f"{kept.bearer}" + repr(kept.transport)
        for duplicate in (copy.copy, copy.deepcopy, pickle.dumps):
            with pytest.raises(TypeError):
                duplicate(kept.bearer)
        for says in (answer(b"{"), answer({"access_token": "bct_canary", "token_type": "x"}), problem(500, "internal")):
            kept.server.says = says
            error = await kept.told()
            assert isinstance(error, ClientError)
            assert error.__context__ is None
            printed += everything_said_of(error)
        kept.server.says = answer({"error": "invalid_grant", "error_description": FIRST}, 400)
        error = await kept.told()
        assert isinstance(error, SignInNeeded)
        printed += everything_said_of(error) + repr(kept.bearer)
    said = printed + "".join(str(record.__dict__) + record.getMessage() for record in caplog.records)
    assert "canary" not in said
    assert "/oauth/token" in said or not caplog.records  # what is logged of requests has been looked through
