"""The listener takes the redirect and nothing else, says what became of it, and leaves nothing behind."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from bcdesk.flow.callback import Verdict
from bcdesk.flow.failures import FlowError, Reason
from bcdesk.flow.front import Via
from bcdesk.flow.loopback import Listener
from bcdesk.flow.loopback_page import WORDS


class Taken:
    """Remembers what was offered, and answers as told."""

    def __init__(self) -> None:
        self.urls: list[str] = []
        self.answer = Verdict("code")

    def __call__(self, url: str, *, via: Via) -> Verdict:
        assert via == "listener"
        self.urls.append(url)
        return self.answer


@asynccontextmanager
async def listening(uri: str = "http://127.0.0.1:0/back") -> AsyncIterator[tuple[Listener, Taken, httpx.AsyncClient]]:
    taken = Taken()
    listener = Listener(uri, taken)
    await listener.start()
    try:
        async with httpx.AsyncClient(trust_env=False) as http:
            yield listener, taken, http
    finally:
        await listener.close()


async def raw(listener: Listener, request: bytes, address: str = "127.0.0.1") -> bytes:
    """Send bytes to the listener and return all it answers."""
    reader, writer = await asyncio.open_connection(address, port_of(listener))
    writer.write(request)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


def port_of(listener: Listener) -> int:
    found = re.search(r":([0-9]+)(?:/|$)", listener.redirect_uri)
    assert found is not None, listener.redirect_uri
    return int(found[1])


@pytest.mark.parametrize(
    ("uri", "at"),
    [
        ("http://127.0.0.1:0/back", r"http://127\.0\.0\.1:[1-9][0-9]*/back"),
        ("http://127.0.0.1/back?app=1", r"http://127\.0\.0\.1:[1-9][0-9]*/back\?app=1"),
        ("http://localhost:0/back", r"http://localhost:[1-9][0-9]*/back"),
        ("http://127.0.0.1:0", r"http://127\.0\.0\.1:[1-9][0-9]*"),
        ("http://[::1]:0/back", r"http://\[::1\]:[1-9][0-9]*/back"),
    ],
)
async def test_that_a_redirect_arrives_as_it_was_sent(uri: str, at: str) -> None:
    async with listening(uri) as (listener, taken, http):
        assert re.fullmatch(at, listener.redirect_uri)
        url = f"{listener.redirect_uri}{'&' if '?' in uri else '?'}code=%7Ea+b&state=s"
        reply = await http.get(url)
        assert reply.status_code == 200
        assert WORDS["code"] in reply.text
        assert taken.urls == [url if url.count("/") > 2 else url.replace("?", "/?")]


async def test_that_both_protocols_reach_the_listener() -> None:
    async with listening("http://localhost:0/back") as (listener, taken, _):
        for address in ("127.0.0.1", "::1"):
            request = f"GET /back?code=1 HTTP/1.1\r\nHost: localhost:{port_of(listener)}\r\n\r\n"
            assert (await raw(listener, request.encode(), address)).startswith(b"HTTP/1.1 200 ")
        assert len(taken.urls) == 2


@pytest.mark.parametrize("path", ["/", "/back/", "/Back", "/back%2F", "/%62ack", "//back", "/favicon.ico", "/backdoor"])
async def test_that_another_path_is_not_found(path: str) -> None:
    async with listening() as (listener, taken, _):
        request = f"GET {path}?code=1&state=s HTTP/1.1\r\nHost: 127.0.0.1:{port_of(listener)}\r\n\r\n"
        assert (await raw(listener, request.encode())).startswith(b"HTTP/1.1 404 ")
        assert taken.urls == []


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "localhost:{port}", "127.0.0.1:{port}.evil.example", "[::1]:{port}", ""]
)
async def test_that_another_host_is_not_found(host: str) -> None:
    """A page whose name was pointed at this machine asks for its own name."""
    async with listening() as (listener, taken, _):
        request = f"GET /back?code=1&state=s HTTP/1.1\r\nHost: {host.format(port=port_of(listener))}\r\n\r\n"
        assert (await raw(listener, request.encode())).startswith(b"HTTP/1.1 404 ")
        assert taken.urls == []


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /back?code=1 HTTP/1.1\r\n\r\n", b"400"),
        (b"GET /back?code=1 HTTP/2\r\nHost: HOST\r\n\r\n", b"400"),
        (b"GET  /back?code=1 HTTP/1.1\r\nHost: HOST\r\n\r\n", b"400"),
        (b"GET http://HOST/back?code=1 HTTP/1.1\r\nHost: HOST\r\n\r\n", b"400"),
        (b"GET /back?code=\xff HTTP/1.1\r\nHost: HOST\r\n\r\n", b"400"),
        (b"GET /back?code=1 HTTP/1.1\r\nHost: HOST\r\nHost: HOST\r\n\r\n", b"400"),
        (b"GET /back?code=1 HTTP/1.1\r\nHost: HOST\r\n folded\r\n\r\n", b"400"),
        (b"GET /back?code=1 HTTP/1.1\r\nHost : HOST\r\n\r\n", b"400"),
        (b"GET /back?code=1 HTTP/1.1\nHost: HOST\n\r\n\r\n", b"400"),
        (b"GET /back?code=" + b"1" * 17_000 + b" HTTP/1.1\r\nHost: HOST\r\n\r\n", b"431"),
        (b"HEAD /back?code=1 HTTP/1.1\r\nHost: HOST\r\n\r\n", b"405"),
        (b"OPTIONS /back HTTP/1.1\r\nHost: HOST\r\n\r\n", b"405"),
        (b"POST /back HTTP/1.1\r\nHost: HOST\r\n\r\n", b"411"),
        (b"POST /back HTTP/1.1\r\nHost: HOST\r\nContent-Length: 99999999\r\n\r\n", b"413"),
        (b"POST /back HTTP/1.1\r\nHost: HOST\r\nContent-Length: 1\r\n\r\n#", b"403"),
        (b"POST /back HTTP/1.1\r\nHost: HOST\r\nOrigin: https://evil.example\r\nContent-Length: 1\r\n\r\n#", b"403"),
        (b"POST /back HTTP/1.1\r\nHost: HOST\r\nOrigin: null\r\nContent-Length: 1\r\n\r\n#", b"403"),
        (b"GET /back?code=1 HTTP/1.1\r\nHost: HOST\r\nSec-Fetch-Dest: image\r\n\r\n", b"403"),
        (b"GET /back?code=1 HTTP/1.1\r\nHost: HOST\r\nSec-Fetch-Dest: iframe\r\n\r\n", b"403"),
        (b"GET /back?code=1 HTTP/1.1\r\nHost: HOST\r\nSec-Purpose: prefetch\r\n\r\n", b"403"),
    ],
)
async def test_that_what_no_browser_sends_after_a_redirect_is_refused(request_: bytes, status: bytes) -> None:
    async with listening() as (listener, taken, _):
        answer = await raw(listener, request_.replace(b"HOST", f"127.0.0.1:{port_of(listener)}".encode()))
        assert answer.split(b" ")[1] == status
        assert taken.urls == []


@pytest.mark.parametrize("kind", ["code", "error", "foreign", "refused"])
async def test_that_the_page_says_what_became_of_it_and_carries_nothing(kind: str) -> None:
    async with listening() as (listener, taken, http):
        taken.answer = Verdict(kind)  # type: ignore[arg-type]  # mypy does not see that these are all
        reply = await http.get(f"{listener.redirect_uri}?code=<b>s3cret&state=s3cret")
        assert WORDS[kind] in reply.text
        assert "s3cret" not in reply.text
        assert "history.replaceState" in reply.text
        assert reply.headers["cache-control"] == "no-store"
        assert reply.headers["referrer-policy"] == "no-referrer"
        policy = reply.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "set-cookie" not in reply.headers


async def test_that_a_fragment_is_sent_on_by_our_own_page_alone() -> None:
    async with listening() as (listener, taken, http):
        probe = await http.get(listener.redirect_uri)
        assert 'fetch(at,{method:"POST"' in probe.text
        assert taken.urls == []
        origin = listener.redirect_uri.removesuffix("/back")
        taken.answer = Verdict("refused", Reason.CALLBACK_FRAGMENT)
        reply = await http.post(listener.redirect_uri, content="#access_token=a", headers={"Origin": origin})
        assert reply.text == WORDS["refused"]
        await http.post(listener.redirect_uri, content="", headers={"Origin": origin})
        assert taken.urls == [f"{listener.redirect_uri}#access_token=a", listener.redirect_uri]


async def test_that_a_port_that_is_taken_is_said() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        for host in ("127.0.0.1", "localhost"):
            with pytest.raises(FlowError) as caught:
                await Listener(f"http://{host}:{port}/back").start()
            assert caught.value.reason is Reason.LISTENER_PORT_TAKEN
            assert caught.value.facts == {"port": str(port), "why": "taken"}


async def test_that_another_program_on_the_other_protocol_disturbs_localhost_alone() -> None:
    with socket.socket(socket.AF_INET6) as other:
        other.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        other.bind(("::1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(FlowError):
            await Listener(f"http://localhost:{port}/back").start()
        listener = Listener(f"http://127.0.0.1:{port}/back")
        await listener.start()
        await listener.close()


@pytest.mark.parametrize(
    "uri",
    ["https://127.0.0.1/back", "http://shop.example/back", "beatfusion://callback", "http://127.0.0.2/", "http://a@127.0.0.1/",
     "http://127.0.0.1:080/", "http://127.0.0.1:65536/", "http://127.0.0.1/#x", "http://LOCALHOST/", ""],
)  # fmt: skip
def test_that_what_cannot_be_received_here_is_refused(uri: str) -> None:
    with pytest.raises(FlowError) as caught:
        Listener(uri)
    assert caught.value.reason is Reason.LISTENER_NOT_LOOPBACK


async def test_that_the_port_is_free_again_at_once() -> None:
    async with listening() as (listener, _, http):
        await http.get(f"{listener.redirect_uri}?code=1")
        again = Listener(listener.redirect_uri)
    await again.start()
    await again.close()
    await again.close()


async def test_that_closing_waits_for_no_silent_connection() -> None:
    listener = Listener("http://127.0.0.1:0/back", Taken())
    await listener.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", port_of(listener))
    writer.write(b"GET /ba")
    await asyncio.sleep(0.05)
    async with asyncio.timeout(0.9):
        await listener.close()
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await reader.readexactly(1)
    writer.close()


async def test_that_the_page_leaves_although_the_listener_closes_upon_it() -> None:
    listener = Listener("http://127.0.0.1:0/back")
    came = asyncio.Event()

    def offer(url: str, *, via: Via) -> Verdict:
        came.set()
        return Verdict("code")

    listener.offer = offer
    await listener.start()

    async def close() -> None:
        await came.wait()
        await listener.close()

    async with asyncio.TaskGroup() as group, httpx.AsyncClient(trust_env=False) as http:
        group.create_task(close())
        reply = await http.get(f"{listener.redirect_uri}?code=1")
    assert WORDS["code"] in reply.text
