"""A real TCP server that answers each request with the next bytes of a script: whole, cut, late or nonsense."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

Answer = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Answering:
    """What the server was asked, and where it listens."""

    port: int
    asked: list[bytes] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once it was asked anything."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def answer(
    body: object, status: int = 200, kind: str = "application/json", headers: str = "", length: int | None = None
) -> bytes:
    """Write a whole HTTP/1.1 answer, with any ``Content-Length``."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = (
        f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(content) if length is None else length}"
    )
    return f"{head}\r\nConnection: close\r\n{headers}\r\n".encode() + content


def problem(status: int, code: str, headers: str = "", **more: object) -> bytes:
    """Write a problem document as the contract has it."""
    told = {
        "type": "about:blank",
        "title": "X",
        "status": status,
        "detail": "A sentence.",
        "instance": "/x",
        "code": code,
    }
    return answer({**told, "request_id": "req_1", "errors": [], **more}, status, "application/problem+json", headers)


@contextlib.asynccontextmanager
async def answering(*script: Answer) -> AsyncIterator[Answering]:
    """Answer the first request with the first of ``script`` and so on; the last one answers all that follow."""
    left = list(script)
    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
                )
                server.asked.append(head + await reader.readexactly(length))
                server.heard.set()
                now = left.pop(0) if len(left) > 1 else left[0]
                if isinstance(now, bytes):
                    writer.write(now)
                    await writer.drain()
                else:
                    await now(writer)
        finally:
            serving.discard(task)
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    server = Answering(listening.sockets[0].getsockname()[1])
    try:
        yield server
    finally:
        listening.close()
        while serving:
            for task in serving:
                task.cancel()
            await asyncio.wait(serving)
        await listening.wait_closed()


async def until_gone(writer: asyncio.StreamWriter) -> None:
    """Say nothing until the server ends."""
    await asyncio.Event().wait()
