"""A real TCP proxy that cuts the answers to chosen requests after a number of bytes."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx


@dataclass
class Cutting:
    """Where the proxy listens, what it cuts, and how many bytes each answer to a watched request had."""

    port: int = 0
    watched: bytes = b"POST /manage/v1/keys HTTP/1.1\r\n"
    cut_after: int | None = None
    """Bytes of each watched answer that pass; None lets everything pass."""
    once: bool = False
    """Whether only the next watched answer is cut."""
    hard: bool = False
    """Whether a cut is a reset instead of an end."""
    passed: list[int] = field(default_factory=list)
    """After each piece of a watched answer, how many of its bytes the server had sent."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextlib.asynccontextmanager
async def cutting(target: tuple[str, int]) -> AsyncIterator[Cutting]:
    """Stand between a client and the server at ``target``; a cut connection stays cut, others are new."""
    proxy = Cutting()
    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        try:
            await _between(proxy, target, reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            serving.discard(task)
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    proxy.port = listening.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        listening.close()
        while serving:
            for task in serving:
                task.cancel()
            await asyncio.wait(serving)
        await listening.wait_closed()


def through(proxy: Cutting) -> httpx.AsyncBaseTransport:
    """Return an HTTP transport that connects to the proxy and asks for the server by its own name."""
    inner = httpx.AsyncHTTPTransport()

    class Through(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            request.url = request.url.copy_with(port=proxy.port)
            return await inner.handle_async_request(request)

        async def aclose(self) -> None:
            await inner.aclose()

    return Through()


async def _between(
    proxy: Cutting, target: tuple[str, int], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    server_reader, server_writer = await asyncio.open_connection(*target)
    limit: int | None = None
    counted = -1

    async def to_server() -> None:
        nonlocal limit, counted
        while chunk := await reader.read(65536):
            if chunk.startswith(proxy.watched):
                limit, counted = proxy.cut_after, 0
                proxy.cut_after = None if proxy.once else proxy.cut_after
            else:
                limit, counted = None, -1
            server_writer.write(chunk)
            await server_writer.drain()

    async def to_client() -> None:
        nonlocal counted
        while chunk := await server_reader.read(65536):
            if counted < 0:
                writer.write(chunk)
            else:
                let = chunk if limit is None else chunk[: max(0, limit - counted)]
                counted += len(chunk)
                writer.write(let)
                proxy.passed.append(counted)
                if limit is not None and counted >= limit:
                    await writer.drain()
                    return
            await writer.drain()

    try:
        async with asyncio.TaskGroup() as tasks:
            sending = tasks.create_task(to_server())
            await to_client()
            if proxy.hard:
                linger = struct.pack("ii", 1, 0)
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.close()
            sending.cancel()
    finally:
        server_writer.close()
