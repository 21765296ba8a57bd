"""HTTP/1.1 as uvicorn speaks it with llhttp's parser, and with what that leaves to its host.

A head has a bound, since an endless header would be kept in memory; a request names its host once (RFC 9112 §3.2);
and a target in absolute form, whose own host the parser would pass over in silence, is no path for the guard.
Head and body of a reply leave together: sending is what costs most, and uvicorn would send twice.
"""

import asyncio
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_MAX: Final = 65_536
"""Bytes that the request line and the headers may have together."""


class _HeadError(ValueError):
    pass


class Corked:
    """A transport that sends once for each turn of the loop, and before it closes."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        """Send by ``transport``."""
        self._transport: Final = transport
        self._loop: Final = loop
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Send ``data`` at the end of this turn."""
        if not self._waiting:
            self._loop.call_soon(self._flush)
        self._waiting.append(data)

    def close(self) -> None:
        """Send what waits, then close."""
        self._flush()
        self._transport.close()

    def is_closing(self) -> bool:
        """Tell whether the connection ends."""
        return self._transport.is_closing()

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting and not self._transport.is_closing():
            self._transport.write(b"".join(waiting))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class BoundedProtocol(HttpToolsProtocol):
    """One connection; what breaks HTTP itself is answered with 400, and the connection closed."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        """Take what uvicorn gives."""
        super().__init__(*arguments, **more)
        self._in_head = True
        self._moved = False
        self._head = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin a connection."""
        super().connection_made(transport)
        self.transport = cast("asyncio.Transport", Corked(transport, self.loop))

    def data_received(self, data: bytes) -> None:
        """Parse ``data``, and count it where a head neither began nor ended with it."""
        self._moved = False
        super().data_received(data)
        self._head = 0 if self._moved else self._head + len(data)
        if self._in_head and self._head > HEAD_MAX and not self.transport.is_closing():
            self.send_400_response("The head of the request is too long.")

    def on_headers_complete(self) -> None:
        """Begin the request; from here on its body is bounded by the guard."""
        self._in_head, self._moved = False, True
        hosts, size = 0, len(self.url)
        for name, value in self.headers:
            hosts += name == b"host"
            size += len(name) + len(value)
        if hosts > 1 or size > HEAD_MAX or (not hosts and self.parser.get_http_version() == "1.1"):
            raise _HeadError
        super().on_headers_complete()
        if not self.url.startswith(b"/"):
            self.scope["path"] = self.url.decode("latin-1")

    def on_message_complete(self) -> None:
        """End the request; what follows is the head of the next."""
        super().on_message_complete()
        self._in_head, self._moved = True, True
