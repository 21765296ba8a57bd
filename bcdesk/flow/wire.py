"""The back channel: one request, one bounded answer, and every failure as an error of ours.

Nothing here logs, follows a redirect or keeps a cookie, and no error is chained to httpx's: its requests hold secrets.
"""

import asyncio
import ssl
import time
from collections.abc import Iterable
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode, urlsplit

import httpx

from bcdesk import __version__
from bcdesk.client.address import checked_address, is_loopback
from bcdesk.client.errors import InsecureAddress, TlsFault, Unreachable
from bcdesk.client.tls import context_of, proxy_of, usable_environment
from bcdesk.client.transport import unreachable
from bcdesk.flow.failures import FlowError, Reason
from bcdesk.flow.values import TlsProfile

REPLY_MOST: Final = 2**20
"""The largest answer taken, in bytes."""
WHOLE_SECONDS: Final = 30.0
_TIMEOUTS: Final = httpx.Timeout(20.0, connect=10.0, pool=None)


class Got(NamedTuple):
    """A whole answer; what it holds is printed nowhere."""

    status: int
    url: str
    headers: tuple[tuple[str, str], ...]
    content: bytes
    milliseconds: float
    certificate: dict[str, Any] | None = None
    """The server's, as `ssl.SSLSocket.getpeercert` tells it; None without TLS."""

    def header(self, name: str) -> str:
        """Return the first header of that name; empty where there is none."""
        return next((value for given, value in self.headers if given.lower() == name.lower()), "")

    def __repr__(self) -> str:
        return f"<Got {self.status}, {len(self.content)} bytes>"


class Wire:
    """Connections that last as long as a run, by its TLS profile."""

    def __init__(self, tls: TlsProfile, *, inner: httpx.AsyncBaseTransport | None = None) -> None:
        """Connect to nothing yet; ``inner`` stands in the network's place."""
        self._tls = tls
        self._inner = inner
        self._clients: dict[tuple[bool, bool], httpx.AsyncClient] = {}
        self._opening = asyncio.Lock()
        self._closed = False

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Iterable[tuple[str, str]] = (),
        form: Iterable[tuple[str, str]] | None = None,
        content: bytes | None = None,
    ) -> Got:
        """Send a request and return the answer, whatever its status; raise `FlowError` where none came."""
        host = check_address(url)
        all_headers = list(headers)
        if form is not None:
            content = urlencode(list(form), errors="surrogatepass").encode("ascii")
            all_headers.append(("Content-Type", "application/x-www-form-urlencoded"))
        failure: FlowError
        begun = time.perf_counter()
        try:
            client = await self._opened(is_loopback(host), secure=url.lower().startswith("https:"))
            request = client.build_request(method, url, headers=all_headers, content=content)
            async with asyncio.timeout(WHOLE_SECONDS):
                response = await client.send(request, stream=True)
                try:
                    return await _taken(response, begun)
                finally:
                    await response.aclose()
        except FlowError as error:
            failure = error
        except Unreachable as error:
            failure = FlowError(Reason.UNREACHABLE, cause=error.reason, host=host)
        except TimeoutError:
            failure = FlowError(Reason.UNREACHABLE, cause="timeout", host=host)
        except httpx.ProxyError:
            failure = FlowError(Reason.UNREACHABLE, cause="proxy", host=host)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, RuntimeError) as error:
            if isinstance(error, RuntimeError) and not isinstance(error, httpx.StreamError) and not self._closed:
                raise
            failure = FlowError(Reason.UNREACHABLE, cause=unreachable(error).reason, host=host)
        except (ValueError, UnicodeError):  # a header that cannot be sent
            failure = FlowError(Reason.SETUP_INVALID, what="request")
        raise failure

    async def aclose(self) -> None:
        """Close all connections; calls after this fail as cut."""
        self._closed = True
        clients = list(self._clients.values())
        self._clients.clear()
        for client in clients:
            await client.aclose()

    async def _opened(self, on_loopback: bool, *, secure: bool) -> httpx.AsyncClient:
        """Return the client for this machine, by no proxy, or the one for all others; files are read in a thread."""
        async with self._opening:
            if self._closed:
                raise FlowError(Reason.UNREACHABLE, cause="cut")
            key = (on_loopback, secure)
            if key not in self._clients:
                verify, proxy = await self._reach(on_loopback, secure)
                self._clients[key] = httpx.AsyncClient(
                    verify=verify,
                    proxy=proxy,
                    trust_env=not on_loopback and self._tls.proxy is None and usable_environment(),
                    timeout=_TIMEOUTS,
                    follow_redirects=False,
                    cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
                    headers={"User-Agent": f"bcdesk/{__version__}", "Accept-Encoding": "identity"},
                    transport=self._inner,
                )
            return self._clients[key]

    async def _reach(self, on_loopback: bool, secure: bool) -> tuple[ssl.SSLContext | bool, str | None]:
        """Return how to verify and which proxy to take; raise SETUP_INVALID for a profile that is of no use."""
        try:
            verify = await asyncio.to_thread(context_of, self._tls) if secure else False
            return verify, None if on_loopback or self._inner else proxy_of(self._tls)
        except TlsFault as error:
            at_fault = error.what
        raise FlowError(Reason.SETUP_INVALID, what="tls", why=at_fault)


def check_address(url: str) -> str:
    """Return the host of ``url``; raise SETUP_INVALID where it is not https and not on this machine either."""
    try:
        checked_address(url.partition("?")[0])
    except InsecureAddress as error:
        reason = error.reason
    else:
        return urlsplit(url).hostname or ""
    raise FlowError(Reason.SETUP_INVALID, what="address", why=reason)


async def _taken(response: httpx.Response, begun: float) -> Got:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise FlowError(Reason.STEP_GARBLED, what="encoding", status=str(response.status_code))
    stream = response.extensions.get("network_stream")
    secured = stream.get_extra_info("ssl_object") if stream is not None else None
    certificate = secured.getpeercert() if secured is not None else None
    content = bytearray()
    async for chunk in response.aiter_raw():
        content += chunk
        if len(content) > REPLY_MOST:
            raise FlowError(Reason.STEP_GARBLED, what="too_large", status=str(response.status_code))
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw)
    took = (time.perf_counter() - begun) * 1000
    return Got(response.status_code, str(response.url), headers, bytes(content), took, certificate)
