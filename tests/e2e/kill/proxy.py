"""A proxy between desk and server that holds one request, or its reply, back: the moments that a clock hardly hits."""

import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO, Literal

Stage = Literal["request", "reply", "half"]


@dataclass
class Hold:
    """What is held: the first request whose line has ``words``, before it (``request``) or after its reply."""

    words: tuple[bytes, ...]
    stage: Stage
    on_hit: Callable[[], None]
    hit: threading.Event = field(default_factory=threading.Event)


class Proxy:
    """Passes whole messages on, one connection to the server for each of the desk's."""

    def __init__(self, host: str, port: int) -> None:
        """Listen on a free port for the server at ``host`` and ``port``."""
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.hold: Hold | None = None
        self._over = threading.Event()
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        """Cut every connection, those that are held too."""
        self._over.set()
        for one in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(near)
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(self._target, timeout=60)
        except OSError:
            near.close()
            return
        self._open.append(far)
        for one in (near, far):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(OSError, ValueError), near, far:
            asked, answered = near.makefile("rb"), far.makefile("rb")
            while True:
                head, body = _message(asked)
                held = self._held(head)
                if held == "request":
                    return self._wait()
                far.sendall(self._redirected(head) + body)
                reply = b"".join(_message(answered))
                if held == "half":
                    near.sendall(reply[: len(reply) // 2])
                if held is not None:
                    return self._wait()
                near.sendall(reply)

    def _held(self, head: bytes) -> Stage | None:
        hold, line = self.hold, head.partition(b"\r\n")[0]
        if hold is None or hold.hit.is_set() or not all(word in line for word in hold.words):
            return None
        if hold.stage == "request":
            self._tell(hold)
        return hold.stage

    def _wait(self) -> None:
        hold = self.hold
        if hold is not None:
            self._tell(hold)
        self._over.wait()

    def _tell(self, hold: Hold) -> None:
        if not hold.hit.is_set():
            hold.hit.set()
            hold.on_hit()

    def _redirected(self, head: bytes) -> bytes:
        host, port = self._target
        return head.replace(f"127.0.0.1:{self.port}".encode(), f"{host}:{port}".encode())


def _message(stream: BinaryIO) -> tuple[bytes, bytes]:
    """Read one HTTP message that says its length; raise OSError at the end of the connection."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        line: bytes = stream.readline()
        if not line:
            raise ConnectionResetError
        head += line
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    body: bytes = stream.read(length) if length else b""
    if len(body) < length:
        raise ConnectionResetError
    return head, body
