"""The gate in front of every route: a server on loopback can be reached by every web page its user visits.

It asks for the exact ``Host`` (421 otherwise, RFC 9110 §15.5.20: another server was meant), refuses requests
that pages of other origins send where they have no business, takes bodies of 64 KiB alone and of the one kind that
a path is for, answers with a request id and with headers that keep replies out of caches and frames, and turns what
nobody caught into a bare 500. Only what browser applications call carries CORS headers, for their own origins,
and never with credentials.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bcdesk.contract.codes import Code
from bcdesk.server import problems
from bcdesk.server.guard_rules import JSON_OR_PATCH, Rule, rule_of
from bcdesk.server.problems import ProblemError

BODY_MAX: Final = 65_536
"""Bytes that a request's body may have, sent whole or in chunks."""

BODY: Final = "bcdesk.body"
"""Where a request's scope has its whole body, once it was read."""

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_ALWAYS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
)
_POLICY: Final = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_NO_STORE: Final = (b"cache-control", b"no-store")
_EXPOSED: Final = b"RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id"
_PREFLIGHT: Final = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "authorization, content-type",
    "Access-Control-Max-Age": "600",
}

IsAppOrigin = Callable[[bytes], Awaitable[bool]]
"""Tells whether an enabled browser application lives at an origin."""


class _Sent(NamedTuple):
    """The headers of a request that the gate looks at."""

    hosts: list[bytes]
    media: list[bytes]
    origin: bytes | None = None
    site: bytes | None = None
    target: bytes | None = None
    length: bytes | None = None
    chunked: bool = False
    encoded: bool = False
    preflight: bool = False


async def _nobody(_origin: bytes) -> bool:
    return False


class Guard:
    """Lets through to ``app`` what is meant for this server, and finishes every reply."""

    def __init__(self, app: ASGIApp, base_urls: Iterable[str], is_app_origin: IsAppOrigin = _nobody) -> None:
        """Guard ``app``, which is reached at ``base_urls`` (the bound address, the published one) and nowhere else."""
        self._app = app
        self._is_app_origin = is_app_origin
        self._hosts: set[bytes] = set()
        self._origins: set[bytes] = set()
        for url in base_urls:
            parts = urlsplit(url)
            for netloc in _spellings(parts.scheme, parts.hostname or "", parts.port):
                self._hosts.add(netloc.encode("ascii"))
            self._origins.add(
                f"{parts.scheme}://{_spellings(parts.scheme, parts.hostname or '', parts.port)[0]}".encode()
            )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Judge one request, then hand it on with the reply's headers in place (ASGI 3)."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        rule = rule_of(scope["path"])
        extra = [(b"x-request-id", problems.request_id(scope).encode("ascii")), *_ALWAYS]
        if rule.no_store:
            extra.append(_NO_STORE)
        started = False

        async def finish(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = [*message.get("headers", ()), *extra]
                if all(name != _POLICY[0] for name, _ in headers):
                    headers.append(_POLICY)
                message["headers"] = headers
            await send(message)

        try:
            sent = _read_headers(scope)
            has_body = self._judge(scope, rule, sent)
            if rule.cors:
                extra.append((b"vary", b"Origin"))
                if sent.origin is not None and await self._is_app_origin(sent.origin):
                    extra.append((b"access-control-allow-origin", sent.origin))
                    extra.append((b"access-control-expose-headers", _EXPOSED))
                    if sent.preflight and scope["method"] == "OPTIONS":
                        await Response(status_code=204, headers=_PREFLIGHT)(scope, receive, finish)
                        return
            if has_body:
                body = await _read(receive)
                if body is None:
                    return  # the caller left before the body was whole
                scope[BODY] = body
                receive = _replay(body, receive)
            await self._app(scope, receive, finish)
        except ProblemError as error:
            await _send(scope, receive, finish, rule, error)
        except Exception as error:  # noqa: BLE001 - the last stop: neither the caller nor the log may see its text
            problem = problems.internal(scope, error)
            if not started:
                await _send(scope, receive, finish, rule, problem)

    def _judge(self, scope: Scope, rule: Rule, sent: _Sent) -> bool:
        """Raise the problem of a request that is not for us; tell whether the others have a body."""
        hosts = sent.hosts
        if rule.pages:
            self._judge_page(scope["method"], sent)
        elif not rule.foreign_pages and (
            (sent.origin is not None and sent.origin not in self._origins)
            or sent.site not in (None, b"same-origin", b"none")
        ):
            raise _foreign()
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts or scope["path"][:1] != "/":
            raise ProblemError(421, Code.WRONG_HOST, "This server answers at its own address alone.")
        has_body = sent.chunked or (sent.length or b"0").strip(b"0") != b""
        if sent.media or has_body:
            taken = JSON_OR_PATCH if scope["method"] == "PATCH" else rule.media
            if sent.encoded or len(sent.media) != 1 or not _is_media(sent.media[0], taken):
                kind = next(iter(rule.media)).decode("ascii")
                raise ProblemError(415, Code.UNSUPPORTED_MEDIA_TYPE, f"A body is {kind} in UTF-8, not compressed.")
        if sent.chunked and sent.length is not None:  # RFC 9112 §6.3: how requests are smuggled past a proxy
            raise ProblemError(
                400, Code.MALFORMED_JSON, "The body's length is given in two ways.", headers={"Connection": "close"}
            )
        if sent.length is not None and (len(sent.length) > 18 or int(sent.length) > BODY_MAX):
            raise _too_large()
        return has_body

    def _judge_page(self, method: str, sent: _Sent) -> None:
        """Refuse what is no visit to a page: another site may lead a whole tab here, and only our page sends a form.

        The form comes with ``Origin: null``, since our pages send no referrer (Fetch §3.2.5).
        """
        ours = sent.site in (None, b"same-origin", b"none")
        if method in ("GET", "HEAD"):
            if not ours and sent.target not in (None, b"document"):
                raise _foreign()
        elif not ours or not (sent.origin in (None, b"null") or sent.origin in self._origins):
            raise _foreign()


def _read_headers(scope: Scope) -> _Sent:
    hosts: list[bytes] = []
    media: list[bytes] = []
    found: dict[str, bytes] = {}
    chunked = encoded = preflight = False
    for name, value in scope["headers"]:
        if name == b"host":
            hosts.append(value)
        elif name == b"content-type":
            media.append(value)
        elif name in _KEPT:
            # A header sent twice counts as the one that is not ours.
            kept = _KEPT[name]
            found[kept] = value if found.get(kept, value) == value else b"(twice)"
        elif name == b"content-length":
            found["length"] = value
        elif name == b"transfer-encoding":
            chunked = True
        elif name == b"content-encoding":
            encoded = value.strip().lower() not in (b"", b"identity")
        elif name == b"access-control-request-method":
            preflight = True
    return _Sent(
        hosts,
        media,
        found.get("origin"),
        found.get("site"),
        found.get("target"),
        found.get("length"),
        chunked,
        encoded,
        preflight,
    )


_KEPT: Final = {b"origin": "origin", b"sec-fetch-site": "site", b"sec-fetch-dest": "target"}


async def _send(scope: Scope, receive: Receive, send: Send, rule: Rule, error: ProblemError) -> None:
    """Send a problem, in OAuth's form where the path is OAuth's (RFC 6749 §5.2)."""
    if not rule.oauth:
        await problems.send_problem(scope, receive, send, error)
        return
    code = "server_error" if error.status >= 500 else "invalid_request"
    await JSONResponse({"error": code, "error_description": error.detail}, error.status, error.headers)(
        scope, receive, send
    )


def _spellings(scheme: str, host: str, port: int | None) -> list[str]:
    """Return the forms of ``Host`` that mean this address, the one that programs send first."""
    host = f"[{host}]" if ":" in host else host
    default = _DEFAULT_PORTS.get(scheme)
    if port is None or port == default:
        return [host, f"{host}:{default}"]
    return [f"{host}:{port}"]


def _is_media(value: bytes, taken: frozenset[bytes]) -> bool:
    kind, *parameters = (part.strip().lower() for part in value.split(b";"))
    return kind in taken and all(part in (b"", b"charset=utf-8", b'charset="utf-8"') for part in parameters)


def _foreign() -> ProblemError:
    return ProblemError(403, Code.FOREIGN_ORIGIN, "Pages of other origins are not served here.")


def _too_large() -> ProblemError:
    return ProblemError(413, Code.BODY_TOO_LARGE, "A body has at most 64 KiB.")


async def _read(receive: Receive) -> bytes | None:
    """Collect the body; None where the caller left. Raises 413 as soon as it is too long."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if len(body) > BODY_MAX:
            raise _too_large()
        if not message.get("more_body", False):
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a ``receive`` that gives ``body`` once and then whatever the connection says."""
    pending = True

    async def replayed() -> Message:
        nonlocal pending
        if pending:
            pending = False
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return replayed
