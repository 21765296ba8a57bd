"""The one file that knows httpx: sends a request, bounds the answer, and turns every failure into our own errors.

Nothing here logs, and no error is chained to httpx's: its requests carry the bearer token.
"""

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncGenerator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import stamina
import stamina.instrumentation

from bcdesk import __version__
from bcdesk.client.address import checked_address, is_loopback
from bcdesk.client.bearer import Bearer
from bcdesk.client.errors import ClientError, Conflict, Garbled, RateLimited, ServerFault, Unreachable
from bcdesk.client.replies import JSON, Reply, refusal, seconds
from bcdesk.contract.codes import Code

REPLY_MOST: Final = 8 * 2**20
"""The largest answer taken, in bytes."""
PARALLEL_MOST: Final = 8
STREAMS_MOST: Final = 8
"""How many answers that go on may be read beside the others."""
CONNECTIONS_MOST: Final = PARALLEL_MOST + STREAMS_MOST
WHOLE_SECONDS: Final = 60.0
"""How long one attempt may take in all, however slowly its bytes drip."""
SILENT_SECONDS: Final = 45.0
"""How long an answer that goes on may be silent: the server says something each 15 s."""
RETRY_AFTER_MOST: Final = 10.0
ATTEMPTS: Final = 4
EVENTS: Final = "text/event-stream"
_TIMEOUTS: Final = httpx.Timeout(30.0, connect=5.0, pool=None)

stamina.instrumentation.set_on_retry_hooks([])  # they would print a call's arguments


class Transport:
    """One HTTP client for life: at most 8 requests at a time, no redirects, no compression, bounded answers."""

    def __init__(self, base_url: str, bearer: Bearer, *, inner: httpx.AsyncBaseTransport | None = None) -> None:
        """Refuse an address that is not https and not on this machine (`InsecureAddress`); nothing is sent yet."""
        self.base_url = checked_address(base_url)
        self._bearer = bearer
        self._inner = inner
        self._client: httpx.AsyncClient | None = None
        self._opening = asyncio.Lock()
        self._slots = asyncio.Semaphore(PARALLEL_MOST)
        self._streams = asyncio.Semaphore(STREAMS_MOST)
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
        uncertain = False
        failure: ClientError
        attempt_again = stamina.retry_context(
            on=_worth_another, attempts=attempts, timeout=WHOLE_SECONDS, wait_initial=0.2, wait_max=5.0, wait_jitter=0.3
        )
        try:
            async for attempt in attempt_again:
                with attempt:
                    try:
                        return await self._attempt(method, path, query, body, headers)
                    except ClientError as error:
                        uncertain = uncertain or error.uncertain
                        raise
            raise AssertionError("the loop returns or raises")  # pragma: no cover
        except ClientError as error:
            failure = error
        failure.uncertain = uncertain
        raise failure.with_traceback(None)  # its frames hold the token

    async def stream(
        self, path: str, *, query: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> AsyncGenerator[bytes, None]:
        """Yield the bytes of an answer that goes on (SSE), until it ends; raise a `ClientError` where it breaks.

        Close the generator (``aclose``) to stop reading.
        """
        client = await self._opened()
        all_headers = {"Authorization": self._bearer.header(), "Accept": EVENTS, **(headers or {})}
        timeout = httpx.Timeout(SILENT_SECONDS, connect=5.0, pool=None)
        request = client.build_request("GET", path, params=query or None, headers=all_headers, timeout=timeout)
        failure: ClientError
        try:
            async with self._streams:
                response = await client.send(request, stream=True)
                try:
                    if response.headers.get("Content-Type", "").split(";")[0].strip().lower() != EVENTS:
                        await _taken(response)  # raises what a refusal means
                        raise Garbled("content_type", status=response.status_code, uncertain=False)
                    async for chunk in response.aiter_raw():
                        yield chunk
                    return
                finally:
                    await response.aclose()
        except ClientError as error:
            failure = error
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, RuntimeError) as error:
            if isinstance(error, RuntimeError) and not isinstance(error, httpx.StreamError) and not self.closed:
                raise
            failure = unreachable(error)
        raise failure

    async def aclose(self) -> None:
        """Close all connections; calls after this fail as cut."""
        self.closed = True
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _attempt(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        body: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None,
    ) -> Reply:
        """Send once; raise errors of ours only, outside any handler so that nothing is chained."""
        client = await self._opened()
        all_headers = {"Authorization": self._bearer.header(), "Accept": "application/json", **(headers or {})}
        content = None
        if body is not None:
            content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
            all_headers.setdefault("Content-Type", "application/json")
        request = client.build_request(method, path, params=query or None, content=content, headers=all_headers)
        failure: ClientError
        try:
            async with self._slots, asyncio.timeout(WHOLE_SECONDS):
                response = await client.send(request, stream=True)
                try:
                    return await _taken(response)
                finally:
                    await response.aclose()
        except ClientError as error:
            failure = error
        except TimeoutError:
            failure = Unreachable("timeout", uncertain=True)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, RuntimeError) as error:
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
                self._client = httpx.AsyncClient(
                    base_url=self.base_url,
                    verify=await asyncio.to_thread(ssl.create_default_context) if secure else False,
                    timeout=_TIMEOUTS,
                    limits=httpx.Limits(max_connections=CONNECTIONS_MOST, max_keepalive_connections=PARALLEL_MOST),
                    follow_redirects=False,
                    trust_env=not is_loopback(urlsplit(self.base_url).hostname or ""),
                    headers={"User-Agent": f"bcdesk/{__version__}", "Accept-Encoding": "identity"},
                    transport=self._inner,
                )
            return self._client


async def _taken(response: httpx.Response) -> Reply:
    """Read a bounded answer and judge it by its status."""
    status = response.status_code
    request_id = response.headers.get("X-Request-Id", "")[:64]
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise Garbled("encoding", status=status)
    content = bytearray()
    async for chunk in response.aiter_raw():
        content += chunk
        if len(content) > REPLY_MOST:
            raise Garbled("too_large", status=status)
    if 300 <= status < 400 or status < 200:
        raise Garbled("redirect" if status >= 300 else "status", status=status, uncertain=False)
    kind = response.headers.get("Content-Type", "").split(";")[0].strip().lower()
    reply = Reply(status, bytes(content), request_id)
    if status >= 400:
        raise refusal(reply, kind, seconds(response.headers.get("Retry-After")))
    if status != 204 and kind not in JSON:
        raise Garbled("content_type", status=status)
    return reply


def _worth_another(error: Exception) -> bool | float:
    """Tell stamina whether to try again, or after how many seconds."""
    if isinstance(error, Unreachable):
        return error.reason != "tls"
    if isinstance(error, RateLimited):
        return error.retry_after if error.retry_after <= RETRY_AFTER_MOST else False
    if isinstance(error, ServerFault):
        if error.status not in (502, 503, 504) or (error.retry_after or 0.0) > RETRY_AFTER_MOST:
            return False
        return error.retry_after if error.retry_after is not None else True
    return isinstance(error, Conflict) and error.code == Code.IDEMPOTENCY_IN_FLIGHT


def unreachable(error: Exception) -> Unreachable:
    """Name the reason of a failed attempt by what lies beneath httpx's error."""
    if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
        return Unreachable("timeout")
    if isinstance(error, httpx.TimeoutException):
        return Unreachable("timeout", uncertain=True)
    if isinstance(error, httpx.ConnectError | httpx.UnsupportedProtocol | httpx.InvalidURL | httpx.ProxyError):
        causes = _causes(error)
        if any(isinstance(cause, ssl.SSLError) for cause in causes):
            return Unreachable("tls")
        return Unreachable("dns" if any(isinstance(cause, socket.gaierror) for cause in causes) else "refused")
    return Unreachable("cut", uncertain=True)


def _causes(error: BaseException) -> list[BaseException]:
    causes: list[BaseException] = []
    next_one = error.__cause__ or error.__context__
    while next_one is not None and len(causes) < 10:
        causes.append(next_one)
        next_one = next_one.__cause__ or next_one.__context__
    return causes
