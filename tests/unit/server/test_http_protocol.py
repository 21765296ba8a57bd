"""What waits to be sent leaves together, before the connection closes, and never after."""

import asyncio

from bcdesk.server.http_protocol import Corked


class Recorder(asyncio.Transport):
    """A transport that remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[bytes] = []
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.sent.append(bytes(data))

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def get_extra_info(self, name: str, default: object = None) -> object:
        return "here" if name == "peername" else default


async def test_that_what_one_turn_writes_is_sent_once() -> None:
    recorder = Recorder()
    transport = Corked(recorder, asyncio.get_running_loop())
    transport.write(b"head")
    transport.write(b"body")
    assert recorder.sent == []
    await asyncio.sleep(0)
    assert recorder.sent == [b"headbody"]
    transport.write(b"next")
    await asyncio.sleep(0)
    assert recorder.sent == [b"headbody", b"next"]


async def test_that_closing_sends_first_and_nothing_is_sent_afterwards() -> None:
    recorder = Recorder()
    transport = Corked(recorder, asyncio.get_running_loop())
    transport.write(b"last words")
    transport.close()
    assert recorder.sent == [b"last words"]
    assert transport.is_closing()
    transport.write(b"too late")
    await asyncio.sleep(0)
    assert recorder.sent == [b"last words"]


async def test_that_all_else_is_the_transports() -> None:
    assert Corked(Recorder(), asyncio.get_running_loop()).get_extra_info("peername") == "here"
