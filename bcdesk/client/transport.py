"""The one file that knows httpx: sends a request, bounds the answer, and turns every failure into our own errors.

Nothing here logs, and no error is chained to httpx's: its requests carry the bearer token.
"""

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import httpx

from bcdesk import __version__
from bcdesk.client.address import checked_address, is_loopback
from bcdesk.client.bearer import Authorization
from bcdesk.client.errors import ClientError, Garbled, Refused, SignInNeeded, Unreachable
from bcdesk.client.repeat import WHOLE_SECONDS, repeated
from bcdesk.client.replies import JSON, Reply, refusal, seconds
from bcdesk.client.tls import TlsOptions, context_of, proxy_of, usable_environment

REPLY_MOST: Final = 8 * 2**20
"""The largest answer taken, in bytes."""
PARALLEL_MOST: Final = 8
STREAMS_MOST: Final = 8
"""How many answers that go on may be read beside the others."""
CONNECTIONS_MOST: Final = PARALLEL_MOST + STREAMS_MOST
SILENT_SECONDS: Final = 45.0
"""How long an answer that goes on may be silent: the server says something each 15 s."""
ATTEMPTS: Final = 4
EVENTS: Final = "text/event-stream"
FORM: Final = "application/x-www-form-urlencoded"
FORM_SECONDS: Final = 12.0
"""How long one attempt at a form may take: all of them lie within the minute in which a renewal may be repeated."""
_TIMEOUTS: Final = httpx.Timeout(30.0, connect=5.0, pool=None)


class Transport:
    """One HTTP client for life: at most 8 requests at a time, no redirects, no compression, bounded answers."""

    def __init__(
        self,
        base_url: str,
        bearer: Authorization,
        *,
        tls: TlsOptions | None = None,
        inner: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Refuse an address that is not https and not on this machine (`InsecureAddress`); nothing is sent yet."""
        self.base_url = checked_address(base_url)
        self._bearer = bearer
        self._tls = tls or TlsOptions()
        self._inner = inner
        self._client: httpx.AsyncClient | None = None
        self._opening = asyncio.Lock()
        self._slots, self._streams = asyncio.Semaphore(PARALLEL_MOST), asyncio.Semaphore(STREAMS_MOST)
        self.closed = False

    def __repr__(self) -> str:
        return f"<Transport {self.base_url}>"

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        attempts: int = 1,
    ) -> Reply:
        """Send a request and return a 2xx answer; raise a `ClientError` for everything else.

        ``attempts`` above 1 is for calls that may be repeated: reads, and writes that carry the same
        Idempotency-Key. An attempt that may have done something marks what is raised later as ``uncertain``.
        """
        content = None
        all_headers = {"Accept": "application/json", **(headers or {})}
        if body is not None:
            content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
            all_headers.setdefault("Content-Type", "application/json")

        async def attempt() -> Reply:
            return await self._authorized(
                lambda header: self._attempt(
                    method, path, query, content, {**all_headers, "Authorization": header}, WHOLE_SECONDS
                )
            )

        return await repeated(attempt, attempts)

    async def form(self, path: str, pairs: Mapping[str, str]) -> Reply:
        """Post a form, without a token, and return the answer: 2xx, or a refusal of RFC 6749 §5.2 (400, 401).

        It is repeated where its reply was lost; of what else goes wrong a `ClientError` tells.
        """
        content = urlencode(pairs).encode("ascii")
        headers = {"Accept": "application/json", "Content-Type": FORM}
        return await repeated(lambda: self._attempt("POST", path, None, content, headers, FORM_SECONDS), ATTEMPTS)

    async def document(self, most: int) -> bytes:
        """Get what lies at the address itself: of any type, at most ``most`` bytes, told nothing of who asks."""
        headers = {"Accept": "application/json, */*", "User-Agent": "bcdesk"}
        return (await self._attempt("GET", self.base_url, None, None, headers, WHOLE_SECONDS, most)).content

    async def stream(
        self, path: str, *, query: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> AsyncGenerator[bytes, None]:
        """Yield the bytes of an answer that goes on (SSE), until it ends; raise a `ClientError` where it breaks.

        Close the generator (``aclose``) to stop reading.
        """
        for again in (False, True):
            header = await self._header()
            try:
                async with aclosing(self._streamed(path, query, headers, header)) as chunks:
                    async for chunk in chunks:
                        yield chunk
                return
            except ClientError as error:
                failure = error.with_traceback(None)  # its frames hold the token
            renews = isinstance(failure, SignInNeeded) and not again
            if not (renews and await self._bearer.renew(header, self.form)):
                header = ""
                raise failure

    async def _streamed(
        self, path: str, query: Mapping[str, str] | None, headers: Mapping[str, str] | None, header: str
    ) -> AsyncGenerator[bytes, None]:
        client = await self._opened()
        all_headers = {"Authorization": header, "Accept": EVENTS, **(headers or {})}
        timeout = httpx.Timeout(SILENT_SECONDS, connect=5.0, pool=None)
        failure: ClientError
        try:
            request = client.build_request("GET", path, params=query or None, headers=all_headers, timeout=timeout)
            async with self._streams:
                response = await client.send(request, stream=True)
                try:
                    if response.headers.get("Content-Type", "").split(";")[0].strip().lower() != EVENTS:
                        await _taken(response)  # raises what a refusal means
                        raise Garbled("content_type", status=response.status_code, uncertain=False)
                    self._bearer.accepted(header)
                    parts = response.aiter_raw()  # named, so that it outlives the closing: see `_taken`
                    async for chunk in parts:
                        yield chunk
                    return
                finally:
                    await response.aclose()
        except ClientError as error:
            failure = error
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, UnicodeError, RuntimeError) as error:
            if isinstance(error, RuntimeError) and not isinstance(error, httpx.StreamError) and not self.closed:
                raise
            failure = unreachable(error)
        raise failure

    async def aclose(self) -> None:
        """Close all connections, once a renewal of the session has its answer; calls after this fail as cut."""
        await self._bearer.settle()
        self.closed = True
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _header(self) -> str:
        header = self._bearer.header()
        if not header:
            await self._bearer.renew(header, self.form)
            header = self._bearer.header()
        return header

    async def _authorized(self, call: Callable[[str], Awaitable[Reply]]) -> Reply:
        """Call with the bearer's header; where the server does not know the token, once more with the next one."""
        for again in (False, True):
            header = await self._header()
            try:
                reply = await call(header)
                self._bearer.accepted(header)
                return reply
            except SignInNeeded as error:
                refused = error
            except Refused:
                self._bearer.accepted(header)
                raise
            if again or not await self._bearer.renew(header, self.form):
                raise refused
        raise AssertionError("the second turn returns or raises")  # pragma: no cover

    async def _attempt(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        content: bytes | None,
        headers: Mapping[str, str],
        seconds: float,
        document: int = 0,
    ) -> Reply:
        """Send once; raise errors of ours only, outside any handler so that nothing is chained."""
        client = await self._opened()
        failure: ClientError
        try:
            request = client.build_request(method, path, params=query or None, content=content, headers=headers)
            async with self._slots, asyncio.timeout(seconds):
                response = await client.send(request, stream=True)
                try:
                    return await _taken(response, form=headers.get("Content-Type") == FORM, document=document)
                finally:
                    await response.aclose()
        except ClientError as error:
            failure = error.with_traceback(None)  # while the loop runs, for its frames hold what was half read
        except TimeoutError:
            failure = Unreachable("timeout", uncertain=True)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, UnicodeError, RuntimeError) as error:
            if isinstance(error, RuntimeError) and not isinstance(error, httpx.StreamError) and not self.closed:
                raise
            failure = unreachable(error)
        raise failure

    async def _opened(self) -> httpx.AsyncClient:
        """Return the one client, made at the first call; reading the CA file happens in a thread."""
        async with self._opening:
            if self.closed:
                raise Unreachable("cut")
            if self._client is None:
                secure = self.base_url.startswith("https://")
                here = self._inner is not None or is_loopback(urlsplit(self.base_url).hostname or "")
                proxy = None if here else proxy_of(self._tls)
                self._client = httpx.AsyncClient(
                    base_url=self.base_url,
                    verify=await asyncio.to_thread(context_of, self._tls) if secure else False,
                    proxy=proxy,
                    timeout=_TIMEOUTS,
                    limits=httpx.Limits(max_connections=CONNECTIONS_MOST, max_keepalive_connections=PARALLEL_MOST),
                    follow_redirects=False,
                    trust_env=not here and proxy is None and usable_environment(),
                    headers={"User-Agent": f"bcdesk/{__version__}", "Accept-Encoding": "identity"},
                    transport=self._inner,
                )
            return self._client


async def _taken(response: httpx.Response, *, form: bool = False, document: int = 0) -> Reply:
    """Read a bounded answer and judge it by its status; a refused ``form`` is judged by whoever sent it.

    A ``document`` is of any type, and of so many bytes at most.
    """
    status = response.status_code
    request_id = response.headers.get("X-Request-Id", "")[:64]
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise Garbled("encoding", status=status)
    content = bytearray()
    # Named, so that it lives until the response is closed. One that goes before is closed by Python, which awaits
    # nothing where the loop (qasync's) has no hook for it, and says so on stderr.
    parts = response.aiter_raw()
    async for chunk in parts:
        content += chunk
        if len(content) > (document or REPLY_MOST):
            raise Garbled("too_large", status=status)
    if 300 <= status < 400 or status < 200:
        raise Garbled("redirect" if status >= 300 else "status", status=status, uncertain=False)
    kind = response.headers.get("Content-Type", "").split(";")[0].strip().lower()
    reply = Reply(status, bytes(content), request_id)
    if form and ((status in (400, 401) and kind in JSON) or (status == 200 and not content)):
        return reply  # a revocation is answered without a body (RFC 7009 §2.2)
    if status >= 400:
        raise refusal(reply, kind, seconds(response.headers.get("Retry-After")))
    if status != 204 and kind not in JSON and not document:
        raise Garbled("content_type", status=status)
    return reply


def unreachable(error: Exception) -> Unreachable:
    """Name the reason of a failed attempt by what lies beneath httpx's error."""
    if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
        return Unreachable("timeout")
    if isinstance(error, httpx.TimeoutException):
        return Unreachable("timeout", uncertain=True)
    if isinstance(error, httpx.ProxyError):
        return Unreachable("proxy")
    if isinstance(error, httpx.ConnectError | httpx.UnsupportedProtocol | httpx.InvalidURL | UnicodeError):
        causes = [error, *_causes(error)]
        if any(isinstance(cause, ssl.SSLError) for cause in causes):
            return Unreachable("tls")
        unnamed = any(isinstance(cause, socket.gaierror | UnicodeError) for cause in causes)
        return Unreachable("dns" if unnamed else "refused")
    return Unreachable("cut", uncertain=True)


def _causes(error: BaseException) -> list[BaseException]:
    causes: list[BaseException] = []
    next_one = error.__cause__ or error.__context__
    while next_one is not None and len(causes) < 10:
        causes.append(next_one)
        next_one = next_one.__cause__ or next_one.__context__
    return causes
