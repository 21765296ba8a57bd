"""A server in a process of its own that answers every request with a lie, or now and then with the truth.

A JSON object {path: true reply} as the first line on stdin, the seed as argument; its port as the first line on
stdout.
"""

import asyncio
import contextlib
import json
import random
import sys
from typing import Any

from tests.ui.fuzzing import mutated, sent, written

TRUE = 0.2
EVENTS = "/manage/v1/events"


async def main() -> None:
    """Answer until stdin ends."""
    sys.setrecursionlimit(20_000)  # it writes what is nested deeper than anybody reads
    true: dict[str, Any] = json.loads(sys.stdin.readline())
    dice = random.Random(int(sys.argv[1]))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                path = head.split(b" ", 2)[1].decode().partition("?")[0]
                told = true.get(path) or true.get(path.rpartition("/")[2]) or {}
                if dice.random() < TRUE and path in true:
                    answer, cut = _plain(json.dumps(told).encode()), False
                elif path == EVENTS:
                    notes = b"".join(
                        b"id: %d\ndata: %b\n\n" % (n, written(mutated(told, dice), dice)) for n in range(3)
                    )
                    answer, cut = sent(notes, "text/event-stream", dice)
                else:
                    answer, cut = sent(written(mutated(told, dice), dice), "application/json", dice)
                writer.write(answer)
                await writer.drain()
                if cut:
                    break
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=2**20)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    server.close()


def _plain(content: bytes) -> bytes:
    return b"HTTP/1.1 200 X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(content), content)


if __name__ == "__main__":
    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(main())
