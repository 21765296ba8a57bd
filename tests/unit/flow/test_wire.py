"""The back channel on real sockets: bounded, without memory, and its every failure an error of ours."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bcdesk.flow.failures import FlowError, Reason
from bcdesk.flow.values import TlsProfile
from bcdesk.flow.wire import Got, Wire
from tests.e2e.flow.browser.pages import Authority
from tests.unit.client.answering import answer, answering, until_gone


async def cut(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def send(url: str, tls: TlsProfile | None = None, **more: object) -> Got:
    wire = Wire(tls or TlsProfile())
    try:
        return await wire.send("GET", url, **more)  # type: ignore[arg-type]
    finally:
        await wire.aclose()


async def failing(url: str, tls: TlsProfile | None = None) -> FlowError:
    with pytest.raises(FlowError) as caught:
        await send(url, tls)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return caught.value


async def test_that_an_answer_comes_as_it_was_sent() -> None:
    async with answering(answer({"a": 1}, 418, headers="X-Twice: 1\r\nX-Twice: 2\r\n")) as server:
        wire = Wire(TlsProfile())
        got = await wire.send(
            "POST", f"{server.url}/token?t=1", headers=[("X-One", "1")], form=[("a", "b c"), ("ü", "&")]
        )
        await wire.aclose()
    assert (got.status, got.content) == (418, b'{"a": 1}')
    assert [value for name, value in got.headers if name.lower() == "x-twice"] == ["1", "2"]
    asked = server.asked[0]
    assert asked.startswith(b"POST /token?t=1 HTTP/1.1\r\n")
    assert asked.endswith(b"\r\n\r\na=b+c&%C3%BC=%26")
    assert b"application/x-www-form-urlencoded" in asked
    assert b"gzip" not in asked
    assert repr(got) == "<Got 418, 8 bytes>"


@pytest.mark.parametrize(
    ("script", "reason", "fact"),
    [
        (cut, Reason.UNREACHABLE, ("cause", "cut")),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort", Reason.UNREACHABLE, ("cause", "cut")),
        (b"SSH-2.0-OpenSSH\r\n\r\n", Reason.UNREACHABLE, ("cause", "cut")),
        (answer(b"x" * (2**20 + 1)), Reason.STEP_GARBLED, ("what", "too_large")),
        (answer(b"x", headers="Content-Encoding: br\r\n"), Reason.STEP_GARBLED, ("what", "encoding")),
    ],
)
async def test_that_an_answer_that_is_none_is_an_error_of_ours(
    script: bytes | Callable[[asyncio.StreamWriter], Awaitable[None]], reason: Reason, fact: tuple[str, str]
) -> None:
    async with answering(script) as server:
        error = await failing(server.url)
    assert error.reason is reason
    assert error.facts[fact[0]] == fact[1]


async def test_that_nobody_there_is_told_as_refused_and_no_name_as_dns() -> None:
    assert (await failing("http://127.0.0.1:9/")).facts == {"cause": "refused", "host": "127.0.0.1"}
    assert (await failing("https://nowhere.invalid/")).facts == {"cause": "dns", "host": "nowhere.invalid"}


@pytest.mark.parametrize(
    "url",
    ["http://shop.example/", "ftp://127.0.0.1/", "https://me:pw@shop.example/", "https://shop.example/#x", "", "https://",
     "https://shop.example/\r\nX: y", "https://[::1", "javascript:alert(1)", "https://shop.example\\@127.0.0.1/"],
)  # fmt: skip
async def test_that_nothing_is_sent_to_what_is_no_safe_address(url: str) -> None:
    error = await failing(url)
    assert (error.reason, error.facts["what"]) == (Reason.SETUP_INVALID, "address")


async def test_that_a_redirect_is_not_followed_and_a_cookie_not_kept() -> None:
    moved = answer(b"", 302, headers="Location: https://evil.example/\r\nSet-Cookie: sid=s3cret; Path=/\r\n")
    async with answering(moved) as server:
        wire = Wire(TlsProfile())
        assert (await wire.send("GET", server.url)).status == 302
        await wire.send("GET", server.url)
        await wire.aclose()
    assert len(server.asked) == 2
    assert b"s3cret" not in server.asked[1]


async def test_that_a_closed_wire_sends_nothing_and_ends_what_is_under_way() -> None:
    arrived = asyncio.Event()

    async def hold(writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await until_gone(writer)

    async with answering(hold) as server:
        wire = Wire(TlsProfile())
        async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
            call = tasks.create_task(told(wire, server.url))
            await arrived.wait()
            await wire.aclose()
        assert call.result().facts["cause"] == "cut"
        assert (await told(wire, server.url)).facts["cause"] == "cut"
        await wire.aclose()


async def told(wire: Wire, url: str) -> FlowError:
    with pytest.raises(FlowError) as caught:
        await wire.send("GET", url)
    return caught.value


@asynccontextmanager
async def over_tls(context: ssl.SSLContext) -> AsyncIterator[str]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer({}))
        await writer.drain()
        writer.close()

    asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # a refused handshake is the test
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        server.close()
        await server.wait_closed()


async def test_that_a_private_authority_is_trusted_where_the_profile_names_it(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with over_tls(authority.context("127.0.0.1")) as url:
        assert (await failing(url)).facts["cause"] == "tls"
        assert (await send(url, TlsProfile(ca_bundle=authority.ca))).status == 200


async def test_that_a_client_certificate_is_shown_where_the_profile_has_one(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate, key = authority.issue("me", client=True)
    async with over_tls(authority.context("127.0.0.1", asks_client=True)) as url:
        assert (await failing(url, TlsProfile(authority.ca))).reason is Reason.UNREACHABLE
        assert (await send(url, TlsProfile(authority.ca, certificate, key))).status == 200


async def test_that_a_name_that_is_not_the_certificates_is_refused(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with over_tls(authority.context("other.example")) as url:
        assert (await failing(url, TlsProfile(authority.ca))).facts["cause"] == "tls"


@pytest.mark.parametrize("fault", ["ca_bundle", "client_certificate", "proxy"])
async def test_that_a_profile_that_cannot_be_read_is_a_fault_of_the_setup(tmp_path: Path, fault: str) -> None:
    (tmp_path / "bad.pem").write_text("nothing of use")
    tls = {
        "ca_bundle": TlsProfile(ca_bundle=tmp_path / "bad.pem"),
        "client_certificate": TlsProfile(client_certificate=tmp_path / "none.pem"),
        "proxy": TlsProfile(proxy="ftp://127.0.0.1:1"),
    }[fault]
    error = await failing("https://shop.example/", tls)
    assert error.facts == {"what": "tls", "why": fault}


async def test_that_a_key_under_a_password_asks_nobody(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives import serialization

    authority = Authority(tmp_path)
    certificate, key = authority.issue("me", client=True)
    private = serialization.load_pem_private_key(key.read_bytes(), None)
    locked = serialization.BestAvailableEncryption(b"password")
    key.write_bytes(private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked))
    error = await failing("https://shop.example/", TlsProfile(None, certificate, key))
    assert error.facts["why"] == "client_certificate"


async def test_that_a_proxy_carries_all_but_this_machine() -> None:
    async with answering(answer({})) as server, answering(answer(b"", 502)) as proxy:
        tls = TlsProfile(proxy=proxy.url)
        assert (await send(server.url, tls)).status == 200
        assert proxy.asked == []
        error = await failing("https://shop.example/", tls)
        assert error.facts == {"cause": "proxy", "host": "shop.example"}
        assert proxy.asked[0].startswith(b"CONNECT shop.example:443 ")


async def test_that_a_proxy_of_the_environment_that_nobody_can_take_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1")
    error = await failing("https://shop.example/", TlsProfile())
    assert error.facts == {"cause": "proxy", "host": "shop.example"}
