"""Every answer of a server becomes a reply or one error of ours, and nothing of it is given away."""

import gzip
import traceback

import pytest

from bcdesk.client.bearer import Bearer
from bcdesk.client.errors import (
    ClientError,
    Conflict,
    FaultItem,
    Forbidden,
    Garbled,
    InsecureAddress,
    InvalidValues,
    NotFound,
    RateLimited,
    Refused,
    ServerFault,
    SignInNeeded,
    Stale,
)
from bcdesk.client.transport import REPLY_MOST, Transport
from tests.unit.client.answering import Answer, answer, answering, problem
from tests.unit.client.asking import TOKEN, ask


async def test_that_a_whole_answer_comes_back() -> None:
    reply, asked = await ask(answer({"a": 1}, headers="X-Request-Id: req_7\r\n"), query={"limit": "1"})
    assert (reply.status, reply.json(), reply.request_id) == (200, {"a": 1}, "req_7")
    assert asked[0].startswith(b"GET /path?limit=1 HTTP/1.1\r\n")
    assert f"Authorization: Bearer {TOKEN}".encode() in asked[0]
    assert b"Accept-Encoding: identity" in asked[0]


async def test_that_a_body_is_sent_as_the_same_bytes_each_time() -> None:
    _, asked = await ask(answer({}), method="POST", body={"b": "é", "a": None})
    assert asked[0].endswith(b'\r\n\r\n{"b":"\xc3\xa9","a":null}')
    assert b"Content-Type: application/json\r\n" in asked[0]


async def test_that_an_answer_without_a_body_is_fine() -> None:
    reply, _ = await ask(b"HTTP/1.1 204 X\r\n\r\n")
    assert (reply.status, reply.content) == (204, b"")


@pytest.mark.parametrize(
    ("script", "what"),
    [
        (answer(b"<html>", kind="text/html"), "content_type"),
        (answer({}, kind="application/jsonp"), "content_type"),
        (b"HTTP/1.1 200 X\r\nContent-Length: 2\r\n\r\n{}", "content_type"),
        (answer(gzip.compress(b"{}"), headers="Content-Encoding: gzip\r\n"), "encoding"),
        (answer(b"x" * (REPLY_MOST + 1)), "too_large"),
        (answer({}, 302, headers="Location: http://127.0.0.1:9/stolen\r\n"), "redirect"),
        (answer(b"<html>no</html>", 404, "text/html"), "status"),
        (answer(b"[1]", 418), "status"),
        (answer(b"{", 400), "status"),
    ],
)
async def test_that_an_answer_outside_the_contract_is_garbled(script: bytes, what: str) -> None:
    error, asked = await ask(script, attempts=4)
    assert isinstance(error, Garbled)
    assert error.what == what
    assert len(asked) == 1


@pytest.mark.parametrize("content", [b"{", b"", b"\xff", b"[" * 100_000, b"1" * 5000])
async def test_that_a_body_that_is_no_json_is_garbled(content: bytes) -> None:
    reply, _ = await ask(answer(content))
    with pytest.raises(Garbled, match="json") as garbled:
        reply.json()
    assert garbled.value.__context__ is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Refused),
        (401, SignInNeeded),
        (403, Forbidden),
        (404, NotFound),
        (409, Conflict),
        (412, Stale),
        (422, InvalidValues),
        (428, Refused),
        (429, RateLimited),
        (500, ServerFault),
    ],
)
async def test_that_each_refusal_has_its_class(status: int, kind: type[Refused]) -> None:
    error, _ = await ask(
        problem(status, "some_code", errors=[{"pointer": "/name", "code": "empty", "detail": "Sentence."}, 3])
    )
    assert type(error) is kind
    assert (error.status, error.code, error.detail, error.request_id) == (status, "some_code", "A sentence.", "req_1")
    assert error.faults == (FaultItem("/name", "empty", "Sentence."),)
    assert error.uncertain is (status == 500)


async def test_that_a_stale_row_names_its_fields_once() -> None:
    errors = [
        {"pointer": pointer, "code": "changed_meanwhile", "detail": ""} for pointer in ("/tags/0", "/tags/1", "/a")
    ]
    error, _ = await ask(problem(412, "stale", errors=errors), method="PATCH", body={})
    assert error.fields == ("tags", "a")


async def test_that_a_refusal_says_how_a_hand_over_ended() -> None:
    handover = {"id": "hnd_1", "state": "discarded", "expires_at": "2026-01-01T00:00:00Z"}
    error, _ = await ask(problem(409, "handover_ended", key_id="key_1", handover=handover))
    assert error.members == {"key_id": "key_1", "handover_id": "hnd_1", "handover_state": "discarded"}


@pytest.mark.parametrize(("status", "kind"), [(401, SignInNeeded), (403, Forbidden), (503, ServerFault)])
async def test_that_a_refusal_of_something_in_between_is_told_by_its_status(status: int, kind: type[Refused]) -> None:
    error, _ = await ask(answer(b"<html>", status, "text/html"))
    assert type(error) is kind


async def test_that_a_redirect_is_not_followed() -> None:
    async with answering(answer({})) as other:
        error, _ = await ask(answer({}, 307, headers=f"Location: {other.url}/stolen\r\n"), method="POST", body={})
    assert isinstance(error, Garbled)
    assert other.asked == []


def test_that_http_off_this_machine_is_refused() -> None:
    with pytest.raises(InsecureAddress):
        Transport("http://desk.example", Bearer(TOKEN))


SCRIPTS: list[Answer] = [
    b"",
    answer({"secret": TOKEN}, kind="text/html"),
    answer({"x": TOKEN}, 302),
    problem(500, "internal", detail="at /x?q=" + TOKEN[:4]),
    answer(b"{" + TOKEN.encode(), 404),
]


@pytest.mark.parametrize("script", SCRIPTS)
async def test_that_no_error_gives_away_token_query_body_or_reply(script: Answer) -> None:
    error, asked = await ask(
        script,
        method="POST",
        query={"q": "canary-query"},
        body={"c": "canary-body"},
        headers={"Idempotency-Key": "k" * 43},
    )
    assert b"canary-query" in asked[0]
    assert isinstance(error, ClientError)
    assert error.__cause__ is None
    assert error.__context__ is None
    words = [str(error), repr(error), repr(vars(error))]
    words += traceback.format_exception(error)
    words += [repr(frame.f_locals) for frame, _ in traceback.walk_tb(error.__traceback__) if "_attempt" in str(frame)]
    for canary in (TOKEN, "canary-query", "canary-body"):
        assert canary not in "".join(words)


def test_that_the_bearer_is_neither_printed_nor_copied() -> None:
    import copy
    import pickle

    bearer = Bearer(TOKEN)
    assert TOKEN not in repr(bearer) + str(bearer) + f"{bearer}"
    assert TOKEN not in repr(Transport("http://127.0.0.1:9", bearer))
    for duplicate in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError):
            duplicate(bearer)
    assert bearer.header() == f"Bearer {TOKEN}"


@pytest.mark.parametrize("token", ["a b", "a\r\nX: y", "é", "a\0"])
def test_that_a_token_that_would_break_the_header_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match="printable"):
        Bearer(token)
