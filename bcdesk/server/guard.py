"""The gate in front of every route: a server on loopback can be reached by every web page its user visits.

It asks for the exact ``Host`` (421 otherwise, RFC 9110 §15.5.20: another server was meant), refuses requests
that pages of other origins send, takes JSON bodies of 64 KiB alone, answers with a request id and with headers
that keep replies out of caches and frames, and turns what nobody caught into a bare 500. No reply carries a CORS
header or a cookie.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bcdesk.contract.codes import Code
from bcdesk.contract.routes import MANAGE
from bcdesk.server import problems
from bcdesk.server.problems import ProblemError

BODY_MAX: Final = 65_536
"""Bytes that a request's body may have, sent whole or in chunks."""

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_JSON: Final = frozenset({b"application/json"})
_JSON_OR_PATCH: Final = _JSON | {b"application/merge-patch+json"}
_ALWAYS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
)
_NO_STORE: Final = (b"cache-control", b"no-store")


class Rule(NamedTuple):
    """What the paths below ``prefix`` put up with."""

    prefix: str
    foreign_pages: bool = False
    """Whether a page of another origin may send the request; it reads no answer either way."""
    no_store: bool = True


RULES: Final = (
    Rule(MANAGE),
    Rule("/v1", foreign_pages=True),  # opened by a key alone, which no page of another origin has
    Rule("", no_store=False),
)
"""The first rule whose prefix fits decides; a route that other sites lead to by nature gets its line here."""


class Guard:
    """Lets through to ``app`` what is meant for this server, and finishes every reply."""

    def __init__(self, app: ASGIApp, base_urls: Iterable[str]) -> None:
        """Guard ``app``, which is reached at ``base_urls`` (the bound address, the published one) and nowhere else."""
        self._app = app
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
        rule = _rule_of(scope["path"])
        extra = [(b"x-request-id", problems.request_id(scope).encode("ascii")), *_ALWAYS]
        if rule.no_store:
            extra.append(_NO_STORE)
        started = False

        async def finish(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [*message.get("headers", ()), *extra]
            await send(message)

        try:
            has_body = self._judge(scope, rule)
            if has_body:
                body = await _read(receive)
                if body is None:
                    return  # the caller left before the body was whole
                receive = _replay(body, receive)
            await self._app(scope, receive, finish)
        except ProblemError as error:
            await problems.send_problem(scope, receive, finish, error)
        except Exception as error:  # noqa: BLE001 - the last stop: neither the caller nor the log may see its text
            problem = problems.internal(scope, error)
            if not started:
                await problems.send_problem(scope, receive, finish, problem)

    def _judge(self, scope: Scope, rule: Rule) -> bool:
        """Raise the problem of a request that is not for us; tell whether the others have a body."""
        hosts = []
        media = []
        length: bytes | None = None
        chunked = encoded = False
        for name, value in scope["headers"]:
            if name == b"host":
                hosts.append(value)
            elif name == b"origin":
                if not rule.foreign_pages and value not in self._origins:
                    raise _foreign()
            elif name == b"sec-fetch-site":
                if not rule.foreign_pages and value not in (b"same-origin", b"none"):
                    raise _foreign()
            elif name == b"content-type":
                media.append(value)
            elif name == b"content-length":
                length = value
            elif name == b"transfer-encoding":
                chunked = True
            elif name == b"content-encoding":
                encoded = value.strip().lower() not in (b"", b"identity")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts or scope["path"][:1] != "/":
            raise ProblemError(421, Code.WRONG_HOST, "This server answers at its own address alone.")
        has_body = chunked or (length or b"0").strip(b"0") != b""
        if media or has_body:
            taken = _JSON_OR_PATCH if scope["method"] == "PATCH" else _JSON
            if encoded or len(media) != 1 or not _is_media(media[0], taken):
                raise ProblemError(
                    415, Code.UNSUPPORTED_MEDIA_TYPE, "A body is application/json in UTF-8, not compressed."
                )
        if chunked and length is not None:  # RFC 9112 §6.3: how requests are smuggled past a proxy
            raise ProblemError(
                400, Code.MALFORMED_JSON, "The body's length is given in two ways.", headers={"Connection": "close"}
            )
        if length is not None and (len(length) > 18 or int(length) > BODY_MAX):
            raise _too_large()
        return has_body


def _spellings(scheme: str, host: str, port: int | None) -> list[str]:
    """Return the forms of ``Host`` that mean this address, the one that programs send first."""
    host = f"[{host}]" if ":" in host else host
    default = _DEFAULT_PORTS.get(scheme)
    if port is None or port == default:
        return [host, f"{host}:{default}"]
    return [f"{host}:{port}"]


def _rule_of(path: str) -> Rule:
    for rule in RULES:
        if path.startswith(rule.prefix) and path[len(rule.prefix) : len(rule.prefix) + 1] in ("", "/"):
            return rule
    return RULES[-1]


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
