"""How many keys a second the server checks: in process against hash and read, over HTTP against a bare route."""

import asyncio
import hashlib
import hmac
import socket
import tempfile
import time
from pathlib import Path

from bcdesk.server import key_check
from bcdesk.server.place import Place, opened
from bcdesk.server.state import ServerState
from tests.bench.figures import Figure, interleaved
from tests.bench.plant import plant
from tests.bench.processes import served

KEYS = 100_000
KNOWN = 200
CALLS = 4_000
HTTP_CALLS = 1_500
ROUNDS = 9
HTTP_ROUNDS = 7


def measure() -> list[Figure]:
    """Measure in process first, then over HTTP, on the same database."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tokens = plant(folder, KEYS, KNOWN)
        with opened(folder) as place:
            figures = _in_process(place, tokens)
        return figures + _over_http(folder, tokens)


def _in_process(place: Place, tokens: list[str]) -> list[Figure]:
    state = ServerState(database=place.database, secret=place.secret, server_id=place.server_id, version="bench")
    wanted = [tokens[number % KNOWN] for number in range(CALLS)]

    async def checks() -> float:
        now = state.now()
        started = time.perf_counter()
        for token in wanted:
            await key_check.check_key(state, token, now, "127.0.0.1")
        return CALLS / (time.perf_counter() - started)

    async def floor() -> float:
        pepper, execute, query = place.secret.pepper, state.database.points.execute, key_check._RAW
        started = time.perf_counter()
        for token in wanted:
            digest = hmac.digest(pepper, hashlib.sha256(token.encode("ascii")).digest(), "sha256")
            execute(query, (digest,)).fetchone()
        return CALLS / (time.perf_counter() - started)

    with asyncio.Runner() as runner:
        ours, base, ratio = interleaved(lambda: runner.run(checks()), lambda: runner.run(floor()), ROUNDS)
    return [
        Figure(
            name="key checks in process", value=ours, unit="/s", base=base, better="more",
            note=f"{ratio:.2f} of the bare hash and read; {KEYS:,} keys",
        )
    ]  # fmt: skip


def _over_http(folder: Path, tokens: list[str]) -> list[Figure]:
    with (
        served("bcdesk", "serve", "--data", str(folder), "--exit-with-parent") as ours,
        served("tests.bench.bare_server") as bare,
    ):
        server, plain = _Caller(ours["base_url"], tokens), _Caller(bare["base_url"], tokens)
        with server, plain:
            server.calls(KNOWN)
            plain.calls(KNOWN)
            one, base, ratio = interleaved(
                lambda: server.calls(HTTP_CALLS), lambda: plain.calls(HTTP_CALLS), HTTP_ROUNDS
            )
    return [
        Figure(
            name="key checks over HTTP", value=one, unit="/s", base=base, better="more",
            note=f"{ratio:.2f} of a bare Starlette route on uvicorn; GET /v1/me, one connection",
        )
    ]  # fmt: skip


class _Caller:
    """One kept connection that calls as fast as it is answered, each call with the next key."""

    def __init__(self, base_url: str, tokens: list[str]) -> None:
        host, _, port = base_url.removeprefix("http://").partition(":")
        self._at = (host, int(port))
        head = f"GET /v1/me HTTP/1.1\r\nHost: {host}:{port}\r\nUser-Agent: bench\r\nAuthorization: Bearer "
        self._requests = [f"{head}{token}\r\n\r\n".encode() for token in tokens]

    def __enter__(self) -> "_Caller":
        self._socket = socket.create_connection(self._at)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self

    def __exit__(self, *error: object) -> None:
        self._socket.close()

    def calls(self, count: int) -> float:
        """Make ``count`` calls and return how many a second were answered with 200."""
        started = time.perf_counter()
        for number in range(count):
            self._socket.sendall(self._requests[number % len(self._requests)])
            self._answer()
        return count / (time.perf_counter() - started)

    def _answer(self) -> None:
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise AssertionError(head.decode("latin-1").splitlines()[0])
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        while len(body) < length:
            body += self._more()

    def _more(self) -> bytes:
        data = self._socket.recv(65_536)
        if not data:
            raise ConnectionError("the server hung up")
        return data
