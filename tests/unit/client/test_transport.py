"""Every way in which a line or a server can fail becomes one error of ours, and nothing of it is given away."""

import asyncio
import contextlib
import gzip
import ssl
import traceback
from pathlib import Path
from typing import Any

import pytest

from bcdesk.client import transport as module
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
    Unreachable,
)
from bcdesk.client.transport import REPLY_MOST, Transport
from tests.unit.client.answering import Answer, answer, answering, problem, until_gone

TOKEN = "bct_canary-canary-canary-canary-canary-canary1"


async def ask(*script: Answer, **options: Any) -> tuple[Any, list[bytes]]:
    """Ask a server that answers by ``script``; return the answer or the error, and what arrived."""
    async with answering(*script) as server:
        transport = Transport(server.url, Bearer(TOKEN))
        outcome: Any
        try:
            outcome = await transport.send(options.pop("method", "GET"), "/path", **options)
        except ClientError as error:
            outcome = error
        finally:
            await transport.aclose()
        return outcome, server.asked


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


@pytest.mark.parametrize("where", [0, 5, 30, -1])
async def test_that_a_cut_answer_is_unreachable_and_uncertain(where: int) -> None:
    error, asked = await ask(answer({"a": 1})[:where], method="POST", body={})
    assert isinstance(error, Unreachable)
    assert (error.reason, error.uncertain, len(asked)) == ("cut", True, 1)


async def test_that_a_closed_port_is_refused_and_certain() -> None:
    async with answering(b"") as server:
        pass
    error = await failure(server.url)
    assert (error.reason, error.uncertain) == ("refused", False)


async def test_that_an_unknown_name_is_told_as_dns() -> None:
    error = await failure("https://desk.invalid")
    assert (error.reason, error.uncertain) == ("dns", False)


async def test_that_a_server_without_tls_is_told_as_tls() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    error = await failure(f"https://127.0.0.1:{listening.sockets[0].getsockname()[1]}")
    listening.close()
    await listening.wait_closed()
    assert (error.reason, error.uncertain) == ("tls", False)


async def test_that_a_certificate_nobody_vouches_for_is_told_as_tls(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*self_signed(tmp_path))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()  # pragma: no cover - the handshake fails first

    listening = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    error = await failure(f"https://127.0.0.1:{listening.sockets[0].getsockname()[1]}")
    listening.close()
    await listening.wait_closed()
    assert (error.reason, error.uncertain) == ("tls", False)


async def test_that_a_server_that_says_nothing_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WHOLE_SECONDS", 0.2)
    error, _ = await ask(until_gone, method="POST", body={})
    assert (error.reason, error.uncertain) == ("timeout", True)


async def test_that_an_answer_that_drips_times_out_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WHOLE_SECONDS", 0.3)

    async def drip(writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            for byte in answer({"a": 1}):
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0.05)

    error, _ = await ask(drip)
    assert isinstance(error, Unreachable)
    assert error.reason == "timeout"


async def test_that_what_may_be_repeated_is_repeated_after_a_cut() -> None:
    reply, asked = await ask(b"", answer({})[:20], answer({"a": 1}), method="POST", body={"b": 2}, attempts=4)
    assert reply.json() == {"a": 1}
    assert len(set(asked)) == 1
    assert len(asked) == 3


async def test_that_what_may_not_be_repeated_is_sent_once() -> None:
    error, asked = await ask(b"", answer({}), method="PATCH", body={})
    assert isinstance(error, Unreachable)
    assert len(asked) == 1


async def test_that_a_refusal_after_a_cut_attempt_stays_uncertain() -> None:
    error, _ = await ask(b"", problem(403, "forbidden_role"), method="POST", body={}, attempts=4)
    assert isinstance(error, Forbidden)
    assert error.uncertain


async def test_that_retry_after_is_waited_for() -> None:
    loop = asyncio.get_running_loop()
    started = loop.time()
    reply, _ = await ask(problem(429, "rate_limited", "Retry-After: 1\r\n"), answer({}), attempts=4)
    assert reply.status == 200
    assert loop.time() - started >= 1.0


@pytest.mark.parametrize("script", [problem(429, "rate_limited", "Retry-After: 60\r\n"), problem(500, "internal")])
async def test_that_a_long_wait_and_a_broken_server_are_told_at_once(script: bytes) -> None:
    error, asked = await ask(script, attempts=4)
    assert len(asked) == 1
    assert getattr(error, "retry_after", None) in (60.0, None)


async def test_that_a_request_under_way_elsewhere_is_waited_for() -> None:
    reply, asked = await ask(problem(409, "idempotency_in_flight"), answer({}), method="POST", body={}, attempts=4)
    assert reply.status == 200
    assert len(asked) == 2


async def test_that_at_most_eight_requests_are_under_way() -> None:
    under_way, most, release = 0, 0, asyncio.Event()

    async def hold(writer: asyncio.StreamWriter) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        if under_way == 8:
            release.set()
        await release.wait()
        writer.write(answer({}))
        await writer.drain()
        under_way -= 1

    async with answering(hold) as server:
        transport = Transport(server.url, Bearer(TOKEN))
        async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
            for _ in range(20):
                tasks.create_task(transport.send("GET", "/"))
        await transport.aclose()
    assert most == 8


async def test_that_a_proxy_of_the_environment_is_not_used_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    reply, asked = await ask(answer({}))
    assert reply.status == 200
    assert asked[0].startswith(b"GET /path ")


async def test_that_a_redirect_is_not_followed() -> None:
    async with answering(answer({})) as other:
        error, _ = await ask(answer({}, 307, headers=f"Location: {other.url}/stolen\r\n"), method="POST", body={})
    assert isinstance(error, Garbled)
    assert other.asked == []


async def test_that_a_closed_transport_is_unreachable() -> None:
    transport = Transport("http://127.0.0.1:9", Bearer(TOKEN))
    await transport.aclose()
    await transport.aclose()
    with pytest.raises(Unreachable):
        await transport.send("GET", "/")


async def test_that_a_call_under_way_when_the_transport_closes_is_unreachable() -> None:
    arrived = asyncio.Event()

    async def hold(writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await until_gone(writer)

    async with answering(hold) as server:
        transport = Transport(server.url, Bearer(TOKEN))
        async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
            call = tasks.create_task(told(transport))
            await arrived.wait()
            await transport.aclose()
        assert isinstance(call.result(), Unreachable)


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


async def told(transport: Transport) -> object:
    try:
        return await transport.send("GET", "/")
    except ClientError as error:
        return error


async def failure(url: str) -> Unreachable:
    transport = Transport(url, Bearer(TOKEN))
    error = await told(transport)
    await transport.aclose()
    assert isinstance(error, Unreachable)
    return error


def self_signed(folder: Path) -> tuple[Path, Path]:
    """Write a certificate for 127.0.0.1 that signs itself, and its key."""
    import datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem", folder / "key.pem"
