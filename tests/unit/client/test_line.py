"""Every way in which a line can fail becomes one error of ours; what may be repeated is, and no more at once."""

import asyncio
import contextlib
import ssl
from pathlib import Path

import pytest

from bcdesk.client import transport as module
from bcdesk.client.bearer import Bearer
from bcdesk.client.errors import (
    Forbidden,
    Unreachable,
)
from bcdesk.client.transport import Transport
from tests.unit.client.answering import answer, answering, problem, until_gone
from tests.unit.client.asking import TOKEN, ask, failure, told


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
