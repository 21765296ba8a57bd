"""HTTP/1.1 as uvicorn speaks it with llhttp's parser, and with what that leaves to its host.

A head has a bound, since an endless header would be kept in memory; a request names its host once (RFC 9112 §3.2);
and a target in absolute form, whose own host the parser would pass over in silence, is no path for the guard.
"""

from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_MAX: Final = 65_536
"""Bytes that the request line and the headers may have together."""


class _HeadError(ValueError):
    pass


class BoundedProtocol(HttpToolsProtocol):
    """One connection; what breaks HTTP itself is answered with 400, and the connection closed."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        """Take what uvicorn gives."""
        super().__init__(*arguments, **more)
        self._in_head = True
        self._moved = False
        self._head = 0

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
