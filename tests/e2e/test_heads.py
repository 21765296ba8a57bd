"""What a parser in C leaves to its host: heads without an end, and requests behind one another."""

import contextlib
import socket

import pytest

from tests.e2e.serving import Served

GET = "GET /healthz HTTP/1.1\r\nHost: {host}\r\n"


def talk(served: Served, *parts: bytes) -> bytes:
    """Send parts of a request one after another, and return all that is answered until the server hangs up."""
    with socket.create_connection(served.address, 10) as connection:
        with contextlib.suppress(OSError):  # it may hang up while we still send
            for part in parts:
                connection.sendall(part)
        received = b""
        with contextlib.suppress(ConnectionResetError):
            while more := connection.recv(65_536):
                received += more
        return received


def head(served: Served, *lines: str) -> bytes:
    return (GET.format(host=served.authority) + "".join(f"{line}\r\n" for line in lines)).encode("ascii")


def test_that_a_header_without_an_end_is_not_kept(demo_server: Served) -> None:
    for beginning in (head(demo_server) + b"X-Endless: ", head(demo_server), b"GET /"):
        filler = b"a" * 8_192 if not beginning.endswith(b"\r\n") else b"X-A: a\r\n" * 1_024
        answer = talk(demo_server, beginning, *[filler] * 40)
        assert not answer or answer.startswith(b"HTTP/1.1 400")


def test_that_requests_behind_one_another_are_answered_in_turn(demo_server: Served) -> None:
    last = head(demo_server, "Connection: close") + b"\r\n"
    answer = talk(demo_server, (head(demo_server) + b"\r\n") * 400 + last)
    assert answer.count(b"HTTP/1.1 200") == 401


def test_that_a_request_may_come_byte_by_byte(demo_server: Served) -> None:
    request = head(demo_server, "Connection: close") + b"\r\n"
    assert talk(demo_server, *(bytes([byte]) for byte in request)).startswith(b"HTTP/1.1 200")


def test_that_a_head_of_60_kib_is_served_and_one_of_70_is_not(demo_server: Served) -> None:
    for size in (60_000, 70_000):
        request = head(demo_server, "Connection: close", "X-Long: " + "a" * size) + b"\r\n"
        parts = [request[start : start + 10_000] for start in range(0, len(request), 10_000)]
        assert talk(demo_server, *parts).startswith(b"HTTP/1.1 200") is (size == 60_000)


@pytest.mark.parametrize(
    "line",
    [
        "Content-Length: 1, 1",
        "Content-Length: +1",
        "Transfer-Encoding: chunked, gzip",
        "Content-Length: 1\r\nTransfer-Encoding: chunked",
        "X-A: 1\r\n folded: 2",
        "X A: 1",
        "X-A : 1",
    ],
)
def test_that_what_two_readers_could_read_differently_is_refused(demo_server: Served, line: str) -> None:
    answer = talk(demo_server, head(demo_server, "Connection: close", line) + b"\r\n0\r\n\r\n")
    assert not answer or answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 415"))
