"""The gate in front of every route, around programs of a line."""

import json
from collections.abc import Iterable
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from bcdesk.server.guard import BODY_MAX, Guard

URL = "http://127.0.0.1:8765"
HOST = (b"host", b"127.0.0.1:8765")


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the body, then wait for the caller to leave."""
    message = await receive()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": message.get("body", b"")})
    if message.get("body"):
        assert (await receive())["type"] == "http.disconnect"


async def talk(
    app: Any,
    *headers: tuple[bytes, bytes],
    method: str = "GET",
    path: str = "/manage/v1/keys",
    body: Iterable[bytes] = (),
    kind: str = "http",
) -> list[Message]:
    """Send one request and return what was sent back."""
    parts = list(body)
    incoming: list[Message] = [
        {"type": "http.request", "body": part, "more_body": number + 1 < len(parts)}
        for number, part in enumerate(parts)
    ] or [{"type": "http.request", "body": b"", "more_body": False}]
    incoming.append({"type": "http.disconnect"})
    sent: list[Message] = []

    async def receive() -> Message:
        return incoming.pop(0) if incoming else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": kind, "method": method, "path": path, "headers": list(headers), "query_string": b""}
    await app(scope, receive, send)
    return sent


def code_of(sent: list[Message]) -> tuple[int, str]:
    return sent[0]["status"], str(json.loads(sent[1]["body"])["code"])


@pytest.mark.parametrize(
    ("url", "good", "bad"),
    [
        ("http://127.0.0.1:8765", [b"127.0.0.1:8765"], [b"127.0.0.1", b"127.0.0.1:80"]),
        ("http://[::1]:8765", [b"[::1]:8765"], [b"::1:8765", b"[::1]"]),
        ("https://keys.example.org", [b"keys.example.org", b"keys.example.org:443", b"KEYS.example.ORG"],
         [b"keys.example.org:80", b"keys.example.org.", b"x.keys.example.org", b"keys.example.org:8443"]),
        ("http://localhost", [b"localhost", b"localhost:80"], [b"localhost:443", b"127.0.0.1"]),
    ],
)  # fmt: skip
async def test_that_an_address_is_known_by_its_own_spellings_alone(
    url: str, good: list[bytes], bad: list[bytes]
) -> None:
    guard = Guard(echo, [url])
    assert [(await talk(guard, (b"host", host)))[0]["status"] for host in good] == [200] * len(good)
    assert [code_of(await talk(guard, (b"host", host))) for host in bad] == [(421, "wrong_host")] * len(bad)


async def test_that_the_program_gets_a_chunked_body_whole_and_learns_that_the_caller_left() -> None:
    headers = (HOST, (b"content-type", b"application/json"), (b"transfer-encoding", b"chunked"))
    sent = await talk(Guard(echo, [URL]), *headers, method="POST", body=[b"[1,", b"2", b"]"])
    assert (sent[0]["status"], sent[1]["body"]) == (200, b"[1,2]")


async def test_that_a_body_without_end_is_cut_off() -> None:
    headers = (HOST, (b"content-type", b"application/json"), (b"transfer-encoding", b"chunked"))
    assert code_of(await talk(Guard(echo, [URL]), *headers, method="POST", body=[b" " * 1000] * 1000)) == (
        413,
        "body_too_large",
    )
    length = str(BODY_MAX + 1).encode()
    headers = (HOST, (b"content-type", b"application/json"), (b"content-length", length))
    assert code_of(await talk(Guard(echo, [URL]), *headers, method="POST")) == (413, "body_too_large")


async def test_that_nothing_is_done_for_a_caller_who_left_within_the_body() -> None:
    async def never(scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError

    async def left() -> Message:
        return {"type": "http.disconnect"}

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [HOST, (b"content-type", b"application/json"), (b"content-length", b"10")]
    scope = {"type": "http", "method": "POST", "path": "/manage/v1/keys", "headers": headers}
    await Guard(never, [URL])(scope, left, send)
    assert sent == []


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
async def test_that_a_merge_patch_is_taken_by_patch_alone(method: str) -> None:
    headers = (HOST, (b"content-type", b"application/merge-patch+json"), (b"content-length", b"2"))
    sent = await talk(Guard(echo, [URL]), *headers, method=method, body=[b"{}"])
    assert sent[0]["status"] == (200 if method == "PATCH" else 415)


async def test_that_an_error_before_the_reply_is_a_bare_500(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("bca_live_planted")

    sent = await talk(Guard(broken, [URL]), HOST)
    assert code_of(sent) == (500, "internal")
    assert b"planted" not in sent[1]["body"]
    assert "planted" not in caplog.text
    assert "unexpected RuntimeError: " in caplog.text
    assert "broken:" in caplog.text


async def test_that_an_error_within_the_reply_ends_it_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError

    sent = await talk(Guard(broken, [URL]), HOST)
    assert [message["type"] for message in sent] == ["http.response.start"]
    assert "unexpected RuntimeError" in caplog.text


async def test_that_a_websocket_is_closed_and_the_lifespan_passes() -> None:
    seen = []

    async def noting(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    guard = Guard(noting, [URL])
    assert (await talk(guard, HOST, kind="websocket"))[0] == {"type": "websocket.close", "code": 1008}
    await talk(guard, kind="lifespan")
    assert seen == ["lifespan"]


async def test_that_the_same_host_twice_is_one_too_many() -> None:
    assert code_of(await talk(Guard(echo, [URL]), HOST, HOST)) == (421, "wrong_host")


@pytest.mark.parametrize(
    ("path", "kept"), [("/manage/v1/keys", False), ("/manage/v1", False), ("/v1/me", False), ("/healthz", True)]
)
async def test_that_replies_with_data_are_kept_out_of_caches(path: str, kept: bool) -> None:
    sent = await talk(Guard(echo, [URL]), HOST, path=path)
    assert ((b"cache-control", b"no-store") in sent[0]["headers"]) is not kept


@pytest.mark.parametrize(
    ("path", "status"), [("/v1/me", 200), ("/manage/v1/keys", 403), ("/healthz", 403), ("/v1x", 403)]
)
async def test_that_only_the_open_api_bears_foreign_pages(path: str, status: int) -> None:
    for header in ((b"origin", b"https://evil.example"), (b"sec-fetch-site", b"cross-site")):
        assert (await talk(Guard(echo, [URL]), HOST, header, path=path))[0]["status"] == status
