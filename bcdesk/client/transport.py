"""The one file that knows httpx: sends a request, bounds the answer, and turns every failure into our own errors.

Nothing here logs, and no error is chained to httpx's: its requests carry the bearer token.
"""

import asyncio
import json
import socket
import ssl
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import httpx
import stamina
import stamina.instrumentation

from bcdesk import __version__
from bcdesk.client.address import checked_address, is_loopback
from bcdesk.client.bearer import Bearer
from bcdesk.client.errors import (
    ClientError,
    Conflict,
    FaultItem,
    Garbled,
    RateLimited,
    ServerFault,
    Unreachable,
    refused,
)
from bcdesk.contract.codes import Code

REPLY_MOST: Final = 8 * 2**20
"""The largest answer taken, in bytes."""
PARALLEL_MOST: Final = 8
WHOLE_SECONDS: Final = 60.0
"""How long one attempt may take in all, however slowly its bytes drip."""
RETRY_AFTER_MOST: Final = 10.0
ATTEMPTS: Final = 4
_TIMEOUTS: Final = httpx.Timeout(30.0, connect=5.0, pool=None)
_JSON: Final = frozenset({"application/json", "application/problem+json"})
_TEXT_MOST: Final = 2000

stamina.instrumentation.set_on_retry_hooks([])  # they would print a call's arguments


class Reply(NamedTuple):
    """A whole answer: status, parsed JSON (None without a body), request id."""

    status: int
    content: bytes
    request_id: str

    def json(self) -> Any:
        """Parse the body; raise `Garbled` where it is no JSON."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            status = self.status
        raise Garbled("json", status=status)


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
        self._closed = False

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

    async def aclose(self) -> None:
        """Close all connections; calls after this fail as cut."""
        self._closed = True
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
            if isinstance(error, RuntimeError) and not isinstance(error, httpx.StreamError) and not self._closed:
                raise
            failure = _unreachable(error)
        raise failure

    async def _opened(self) -> httpx.AsyncClient:
        """Return the one client, made at the first call; reading the CA file happens in a thread."""
        async with self._opening:
            if self._closed:
                raise Unreachable("cut")
            if self._client is None:
                secure = self.base_url.startswith("https://")
                self._client = httpx.AsyncClient(
                    base_url=self.base_url,
                    verify=await asyncio.to_thread(ssl.create_default_context) if secure else False,
                    timeout=_TIMEOUTS,
                    limits=httpx.Limits(max_connections=PARALLEL_MOST, max_keepalive_connections=PARALLEL_MOST),
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
        raise _refusal(reply, kind, _seconds(response.headers.get("Retry-After")))
    if status != 204 and kind not in _JSON:
        raise Garbled("content_type", status=status)
    return reply


def _refusal(reply: Reply, kind: str, retry_after: float | None) -> ClientError:
    """Turn a 4xx or 5xx answer into its error; one without a problem document is told by its status."""
    problem: Any = None
    if kind in _JSON:
        try:
            problem = json.loads(reply.content)
        except (ValueError, RecursionError):
            problem = None
    error: ClientError
    if isinstance(problem, dict) and isinstance(problem.get("code"), str):
        faults = problem.get("errors")
        error = refused(
            reply.status,
            _text(problem.get("code")),
            _text(problem.get("detail")),
            tuple(_fault(item) for item in faults if isinstance(item, dict)) if isinstance(faults, list) else (),
            _text(problem.get("request_id")) or reply.request_id,
            **_members(problem),
        )
    elif reply.status >= 500 or reply.status in (401, 403, 429):
        code = {401: Code.INVALID_TOKEN, 403: Code.FORBIDDEN_ROLE, 429: Code.RATE_LIMITED}.get(reply.status)
        error = refused(reply.status, code or Code.UNAVAILABLE, "", (), reply.request_id)
    else:
        return Garbled("status", status=reply.status, uncertain=False)
    if isinstance(error, RateLimited):
        error.retry_after = retry_after if retry_after is not None else 1.0
    elif isinstance(error, ServerFault):
        error.retry_after = retry_after
    return error


def _members(problem: Mapping[str, Any]) -> dict[str, str]:
    """Return the extension members that the contract knows (RFC 9457 §3.2), as text."""
    handover = problem.get("handover")
    found = {name: problem.get(name) for name in ("key_id", "app_id")}
    if isinstance(handover, dict):
        found |= {"handover_id": handover.get("id"), "handover_state": handover.get("state")}
    return {name: _text(value) for name, value in found.items() if isinstance(value, str)}


def _fault(item: Mapping[str, Any]) -> FaultItem:
    return FaultItem(_text(item.get("pointer")), _text(item.get("code")), _text(item.get("detail")))


def _text(value: object) -> str:
    return value[:_TEXT_MOST] if isinstance(value, str) else ""


def _seconds(text: str | None) -> float | None:
    """Read Retry-After as seconds (RFC 9110 §10.2.3); its date form is left to the usual backoff."""
    return float(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 7 else None


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


def _unreachable(error: Exception) -> Unreachable:
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
