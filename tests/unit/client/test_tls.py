"""The desk's way to its server over TLS: verified always, by the connection's own files where it has some."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bcdesk.client.bearer import Bearer
from bcdesk.client.errors import ClientError, TlsFault, Unreachable
from bcdesk.client.tls import TlsOptions
from bcdesk.client.transport import Transport
from tests.e2e.flow.browser.pages import Authority
from tests.unit.client.answering import answer, answering

TOKEN = "bct_canary-canary-canary-canary-canary-canary1"


@asynccontextmanager
async def over_tls(context: ssl.SSLContext) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Serve over TLS; yield the address and what arrived."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer({"a": 1}))
        await writer.drain()
        writer.close()

    asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # a refused handshake is the test
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked
    finally:
        server.close()
        await server.wait_closed()


async def told(url: str, tls: TlsOptions | None = None) -> object:
    """Ask once, and return the answer's JSON or the error."""
    transport = Transport(url, Bearer(TOKEN), tls=tls)
    try:
        return (await transport.send("GET", "/a")).json()
    except ClientError as error:
        return error
    finally:
        await transport.aclose()


def reason_of(outcome: object) -> str:
    assert isinstance(outcome, Unreachable)
    assert (outcome.uncertain, outcome.__context__) == (False, None)
    return outcome.reason


async def test_that_a_private_authority_is_trusted_where_the_connection_names_it(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with over_tls(authority.context("127.0.0.1")) as (url, asked):
        assert reason_of(await told(url)) == "tls"
        assert asked == []  # no token leaves before the certificate is known to be good
        assert await told(url, TlsOptions(ca_bundle=authority.ca)) == {"a": 1}


@pytest.mark.parametrize(("name", "days"), [("other.example", 30), ("127.0.0.1", -1)])
async def test_that_another_name_and_an_expired_certificate_are_refused(tmp_path: Path, name: str, days: int) -> None:
    authority = Authority(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.issue(name, days=days))
    async with over_tls(context) as (url, asked):
        assert reason_of(await told(url, TlsOptions(ca_bundle=authority.ca))) == "tls"
        assert asked == []


async def test_that_a_client_certificate_is_shown_where_the_connection_has_one(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate, key = authority.issue("me", client=True)
    async with over_tls(authority.context("127.0.0.1", asks_client=True)) as (url, _):
        assert isinstance(await told(url, TlsOptions(authority.ca)), Unreachable)
        assert await told(url, TlsOptions(authority.ca, certificate, key)) == {"a": 1}


@pytest.mark.parametrize("at_fault", ["ca_bundle", "client_certificate", "proxy"])
async def test_that_what_is_of_no_use_is_named_and_nothing_is_sent(tmp_path: Path, at_fault: str) -> None:
    (tmp_path / "bad.pem").write_text("nothing of use")
    tls = {
        "ca_bundle": TlsOptions(ca_bundle=tmp_path / "bad.pem"),
        "client_certificate": TlsOptions(client_certificate=tmp_path / "none.pem", client_key=tmp_path / "none.key"),
        "proxy": TlsOptions(proxy="ftp://127.0.0.1:1"),
    }[at_fault]
    fault = await told("https://desk.example", tls)
    assert isinstance(fault, TlsFault)
    assert fault.what == at_fault
    assert str(tmp_path) not in str(fault)


@pytest.mark.parametrize(
    "proxy", ["", "proxy.example:3128", "http://", "socks5://127.0.0.1:1", "http://a b", "http://[::1", "http://x:0"]
)
async def test_that_what_is_no_proxy_is_not_taken_for_one(proxy: str) -> None:
    fault = await told("https://desk.example", TlsOptions(proxy=proxy))
    assert isinstance(fault, TlsFault)


async def test_that_a_proxy_carries_all_but_this_machine() -> None:
    async with answering(answer({"a": 2})) as server, answering(answer(b"", 502)) as proxy:
        tls = TlsOptions(proxy=proxy.url)
        assert await told(server.url, tls) == {"a": 2}
        assert proxy.asked == []
        assert reason_of(await told("https://desk.example", tls)) == "proxy"
        assert proxy.asked[0].startswith(b"CONNECT desk.example:443 ")
        assert b"canary" not in proxy.asked[0]


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "socks://127.0.0.1:1"])
async def test_that_a_proxy_of_the_environment_that_nobody_can_take_is_told_as_such(
    proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    assert reason_of(await told("https://desk.example")) == "proxy"
    monkeypatch.setenv("NO_PROXY", "*")
    assert reason_of(await told("https://desk.invalid")) == "dns"


async def test_that_a_name_that_is_none_is_not_found() -> None:
    assert reason_of(await told("https://xn--a.example")) == "dns"


async def test_that_no_keys_of_the_session_are_written_where_the_environment_asks_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys.log"))
    authority = Authority(tmp_path)
    async with over_tls(authority.context("127.0.0.1")) as (url, _):
        assert await told(url, TlsOptions(ca_bundle=authority.ca)) == {"a": 1}
    assert "SECRET" not in (tmp_path / "keys.log").read_text()


async def test_that_a_proxy_that_is_not_there_is_told_as_such() -> None:
    assert reason_of(await told("https://desk.example", TlsOptions(proxy="http://127.0.0.1:9"))) in ("proxy", "refused")


async def test_that_a_token_reaches_a_server_behind_the_proxy_through_tls_alone(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with over_tls(authority.context("desk.example")) as (url, asked), tunnel(url) as (proxy, seen):
        assert await told("https://desk.example", TlsOptions(authority.ca, proxy=proxy)) == {"a": 1}
    assert b"canary" in asked[0]
    assert seen[0].startswith(b"CONNECT desk.example:443 ")
    assert all(b"canary" not in chunk for chunk in seen)


@asynccontextmanager
async def tunnel(to: str) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Run a proxy that leads every tunnel to one address, and keeps what went through it."""
    seen: list[bytes] = []
    serving: set[asyncio.Task[object] | None] = set()
    port = int(to.rpartition(":")[2])

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(65536):
            seen.append(chunk)
            writer.write(chunk)
            await writer.drain()
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(pump(reader, inner_writer), pump(inner_reader, writer), return_exceptions=True)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", seen
    finally:
        server.close()
        await asyncio.wait([task for task in serving if task is not None], timeout=20)
        await server.wait_closed()
