"""The client that every bench over HTTP uses: plain sockets and ready bytes, so that little is its own time."""

import json
import socket
import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit


class Caller:
    """Calls one server over some connections at once, each of which has one call under way at a time."""

    def __init__(self, base_url: str, connections: int = 1) -> None:
        """Call ``base_url`` over so many connections."""
        parts = urlsplit(base_url)
        self._at = (parts.hostname or "", parts.port or 80)
        self.host = parts.netloc
        self._count = connections

    def calls(self, requests: Sequence[bytes], count: int) -> float:
        """Make ``count`` calls with ``requests`` in turn; return how many a second were answered with 200.

        The connections are new each time, since servers hang up on idle ones, and open before the clock starts.
        """
        with ExitStack() as stack:
            lines = [stack.enter_context(_Line(self._at)) for _ in range(self._count)]
            started = time.perf_counter()
            for number, line in enumerate(lines):
                line.send(requests[number % len(requests)])
            for number in range(count):
                line = lines[number % self._count]
                line.answer()
                following = number + self._count
                if following < count:
                    line.send(requests[following % len(requests)])
            return count / (time.perf_counter() - started)

    def ask(self, request: bytes) -> Any:
        """Make one call and return the JSON of its answer."""
        with _Line(self._at) as line:
            line.send(request)
            return json.loads(line.answer())


class _Line:
    def __init__(self, at: tuple[str, int]) -> None:
        self._socket = socket.create_connection(at)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> "_Line":
        return self

    def __exit__(self, *error: object) -> None:
        self._socket.close()

    def send(self, request: bytes) -> None:
        self._socket.sendall(request)

    def answer(self) -> bytes:
        """Return the body of the next answer, which has to be 200 and tell its length."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise AssertionError(head.decode("latin-1").splitlines()[0])
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        while len(body) < length:
            body += self._more()
        return body

    def _more(self) -> bytes:
        data = self._socket.recv(65_536)
        if not data:
            raise ConnectionError("the server hung up")
        return data
