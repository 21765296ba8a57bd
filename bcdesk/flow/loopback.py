"""Receives a redirect on this machine, when the browser is not ours (RFC 8252 §7.3)."""

import asyncio
import contextlib
import errno
import socket
import sys
from collections.abc import Mapping
from typing import Final, Protocol

from bcdesk.contract.redirects import Parts, parts_of
from bcdesk.flow.callback import Verdict
from bcdesk.flow.failures import FlowError, Reason
from bcdesk.flow.front import Via
from bcdesk.flow.loopback_http import HEAD_MOST, BadRequestError, Request, read_request, response
from bcdesk.flow.loopback_page import WORDS, page

CONNECTIONS_MOST: Final = 32
FRESH_TRIES: Final = 20
GRACE_SECONDS: Final = 1.0
"""How long `close` lets a page leave that is being sent."""
_HOSTS: Final = {"127.0.0.1": ("127.0.0.1", "::1"), "[::1]": ("::1", "127.0.0.1"), "localhost": ("127.0.0.1", "::1")}


class Offer(Protocol):
    """What takes a callback: `bcdesk.flow.run.Run.offer`."""

    def __call__(self, url: str, *, via: Via) -> Verdict:
        """Judge an address that a browser came to."""


class Listener:
    """Listens where a redirect URI points: its path alone, on 127.0.0.1 and ::1 both where this machine has both.

    ``redirect_uri`` is the address as it must be sent: with the port in place that was free, where port 0 was asked
    for, or where a loopback IP had none. A port that was named is that port, or LISTENER_PORT_TAKEN.
    """

    def __init__(self, redirect_uri: str, offer: Offer | None = None, *, words: Mapping[str, str] = WORDS) -> None:
        """Refuse what is not http on this machine (LISTENER_NOT_LOOPBACK); ``offer`` may be set until `start`."""
        parts = parts_of(redirect_uri)
        if parts is None or parts.scheme != "http" or parts.host not in _HOSTS or parts.userinfo is not None:
            raise FlowError(Reason.LISTENER_NOT_LOOPBACK)
        if "#" in redirect_uri or (parts.port or "0") != str(int(parts.port or "0")) or int(parts.port or "0") > 65535:
            raise FlowError(Reason.LISTENER_NOT_LOOPBACK)
        self.redirect_uri = redirect_uri
        self.offer = offer
        self._words = words
        self._parts: Parts = parts
        self._authority = ""
        self._path, _, self._query = parts.rest.partition("?")
        self._servers: list[asyncio.Server] = []
        self._waiting: set[asyncio.Task[object]] = set()
        self._answering: set[asyncio.Task[object]] = set()
        self._closed = False

    async def start(self) -> None:
        """Bind, then listen; raise LISTENER_PORT_TAKEN where another program has the port."""
        host = self._parts.host or ""
        wanted = self._wanted_port()
        sockets = _bind(_HOSTS[host], wanted, both=host == "localhost")
        port = sockets[0].getsockname()[1]
        self._authority = f"{host}:{port}" if self._parts.port is not None or port != 80 else host
        self.redirect_uri = f"http://{self._authority}{self._parts.rest}"
        try:
            while sockets:
                server = await asyncio.start_server(self._serve, sock=sockets[0], limit=HEAD_MOST)
                sockets.pop(0)
                self._servers.append(server)
        except BaseException:
            for left in sockets:
                left.close()
            await self.close()
            raise

    async def close(self) -> None:
        """Stop listening, let a page that is being sent leave, and end all connections; again does nothing."""
        self._closed = True
        servers, self._servers = self._servers, []
        for server in servers:
            server.close()
        for task in tuple(self._waiting):
            task.cancel()
        if self._answering:
            await asyncio.wait(tuple(self._answering), timeout=GRACE_SECONDS)
        left = tuple(self._answering | self._waiting)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        for server in servers:
            await server.wait_closed()

    def _wanted_port(self) -> int:
        """Return the port to bind: 0 where any will do, which a ``localhost`` without one does not say."""
        if self._parts.port:
            return int(self._parts.port)
        return 80 if self._parts.host == "localhost" else 0

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - this is a coroutine
        if self._closed or len(self._waiting) + len(self._answering) >= CONNECTIONS_MOST:
            writer.transport.abort()
            return
        self._waiting.add(task)
        try:
            answer = await self._answer_to(reader, task)
            if answer is not None:
                writer.write(answer)
                await writer.drain()
                writer.write_eof()
        except (asyncio.CancelledError, OSError):
            writer.transport.abort()
        finally:
            self._waiting.discard(task)
            self._answering.discard(task)
            writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _answer_to(self, reader: asyncio.StreamReader, task: "asyncio.Task[object]") -> bytes | None:
        try:
            request = await read_request(reader)
        except BadRequestError as error:
            return response(error.status)
        if request is None:
            return None
        self._waiting.discard(task)
        self._answering.add(task)
        return self._answer(request)

    def _answer(self, request: Request) -> bytes:
        path, _, query = request.target.partition("?")
        hosts = (self._authority, self._authority.removesuffix(":80"))
        if request.headers["host"].lower() not in hosts or path != (self._path or "/"):
            return response(404)
        if request.method not in ("GET", "POST"):
            return response(405, headers=(("Allow", "GET, POST"),))
        if request.method == "POST":
            return self._fragment(request)
        if request.headers.get("sec-fetch-dest", "document") != "document" or "sec-purpose" in request.headers:
            return response(403)  # a picture on some page, or a look ahead: nobody came back
        if query == self._query:
            return self._shown("probe")
        return self._shown(self._offered(f"http://{self._authority}{request.target}"))

    def _fragment(self, request: Request) -> bytes:
        """Take what our own page found behind the ``#``, which browsers keep to themselves."""
        origin, site = request.headers.get("origin", ""), request.headers.get("sec-fetch-site", "")
        if origin != f"http://{self._authority}" and not (origin == "null" and site == "same-origin"):
            return response(403)
        fragment = request.body.removeprefix("#")
        kind = self._offered(self.redirect_uri + (f"#{fragment}" if fragment else ""))
        return response(200, self._words[kind], headers=(("Content-Type", "text/plain; charset=utf-8"),))

    def _offered(self, url: str) -> str:
        return "foreign" if self.offer is None else self.offer(url, via="listener").kind

    def _shown(self, kind: str) -> bytes:
        shown, headers = page(kind, self._words)
        return response(400 if kind in ("foreign", "refused") else 200, shown, headers=headers)


def _bind(addresses: tuple[str, str], port: int, *, both: bool) -> list[socket.socket]:
    """Bind the first address, and the second on the same port where the machine has it.

    With ``both`` another program's hold on the second counts: the browser may go to either.
    """
    for _ in range(FRESH_TRIES):
        first = _bound(addresses[0], port)
        if first is None:  # a machine without the protocol that the redirect names
            if not both:
                raise FlowError(Reason.LISTENER_PORT_TAKEN, port=str(port), why="no_address")
            second = _bound(addresses[1], port)
            if second is None:
                raise FlowError(Reason.LISTENER_PORT_TAKEN, port=str(port), why="no_address")
            return [second]
        try:
            second = _bound(addresses[1], first.getsockname()[1])
        except FlowError:
            if port == 0:
                first.close()
                continue
            if both:
                first.close()
                raise
            second = None
        return [first] if second is None else [first, second]
    raise FlowError(Reason.LISTENER_PORT_TAKEN, port="0", why="taken")


def _bound(address: str, port: int) -> socket.socket | None:
    """Return a bound socket, None where this machine has no such address; raise where the port is taken."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    why = "taken"
    sock = None
    try:
        sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if sys.platform == "win32":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind((address, port))
        sock.listen(CONNECTIONS_MOST)
        sock.setblocking(False)
    except OSError as error:
        if sock is not None:
            sock.close()
        if error.errno in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT):
            return None
        why = "denied" if error.errno in (errno.EACCES, errno.EPERM) else "taken"
    else:
        return sock
    raise FlowError(Reason.LISTENER_PORT_TAKEN, port=str(port), why=why)
