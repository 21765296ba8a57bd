"""Just enough HTTP/1.1 to receive a redirect on this machine: one bounded request a connection, strictly read."""

import asyncio
import re
from typing import Final, NamedTuple

HEAD_MOST: Final = 16_384
BODY_MOST: Final = 16_384
SECONDS: Final = 10.0
_LINE: Final = re.compile(rb"([A-Z]{1,20}) (/[\x21-\x7e]*) HTTP/1\.[01]")
_HEADER: Final = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x20-\x7e\x80-\xff\t]*?)[ \t]*")
_REASONS: Final = {
    200: "OK", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    411: "Length Required", 413: "Content Too Large", 431: "Request Header Fields Too Large",
}  # fmt: skip


class Request(NamedTuple):
    """A request as it came: the target is raw, header names are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: str

    def __repr__(self) -> str:
        return f"<Request {self.method}>"


class BadRequestError(Exception):
    """What came is no request that is taken; ``status`` answers it."""

    def __init__(self, status: int) -> None:
        """Name the status."""
        super().__init__(str(status))
        self.status = status


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """Read one request; None where the other side left without any; raise `BadRequestError` for a broken one."""
    try:
        async with asyncio.timeout(SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
            method, target, headers = _head(head)
            body = await _body(reader, headers) if method == "POST" else ""
    except asyncio.LimitOverrunError:
        status = 431
    except (TimeoutError, asyncio.IncompleteReadError, ConnectionError):
        return None
    else:
        return Request(method, target, headers, body)
    raise BadRequestError(status)


def _head(head: bytes) -> tuple[str, str, dict[str, str]]:
    first, *lines = head[:-4].split(b"\r\n")
    line = _LINE.fullmatch(first)
    if line is None:
        raise BadRequestError(400)
    headers: dict[str, str] = {}
    for text in lines:
        found = _HEADER.fullmatch(text)
        if found is None:
            raise BadRequestError(400)
        name = found[1].decode("ascii").lower()
        if name in headers and name in ("host", "origin", "content-length"):
            raise BadRequestError(400)
        headers[name] = found[2].decode("latin-1")
    if "host" not in headers:
        raise BadRequestError(400)
    return line[1].decode("ascii"), line[2].decode("ascii"), headers


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> str:
    length = headers.get("content-length", "")
    if "transfer-encoding" in headers or not re.fullmatch(r"[0-9]{1,9}", length):
        raise BadRequestError(411)
    if int(length) > BODY_MOST:
        raise BadRequestError(413)
    return (await reader.readexactly(int(length))).decode("utf-8", "replace")


def response(status: int, content: str = "", *, headers: tuple[tuple[str, str], ...] = ()) -> bytes:
    """Return an answer after which the connection ends, that nothing stores and no page frames."""
    body = content.encode()
    lines = (
        f"HTTP/1.1 {status} {_REASONS[status]}",
        f"Content-Length: {len(body)}",
        "Connection: close",
        "Cache-Control: no-store",
        "Referrer-Policy: no-referrer",
        "X-Content-Type-Options: nosniff",
        "Cross-Origin-Opener-Policy: same-origin",
        "Cross-Origin-Resource-Policy: same-origin",
        *(f"{name}: {value}" for name, value in headers),
    )
    return "\r\n".join((*lines, "", "")).encode("latin-1") + body
