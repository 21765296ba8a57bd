"""A real `bcdesk serve` process for tests, and raw requests that no HTTP client would send."""

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

COMMAND = (sys.executable, "-m", "bcdesk")
STOP_SECONDS = 15


@dataclass
class Served:
    """A running server: its process, what its ready line said, and where its stderr goes."""

    process: "subprocess.Popen[str]"
    ready: dict[str, Any] = field(repr=False)
    folder: Path
    errors: Path

    @property
    def base_url(self) -> str:
        return str(self.ready["base_url"])

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.base_url)
        return parts.hostname or "", parts.port or 0

    @property
    def authority(self) -> str:
        return urlsplit(self.base_url).netloc

    def client(self, token: str | None = None) -> httpx.Client:
        """Return a client that carries ``token``, by default the owner's."""
        token = token or str(self.ready["owner_token"])
        return httpx.Client(
            base_url=self.base_url, headers={"Authorization": f"Bearer {token}"}, trust_env=False, timeout=20
        )

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS)


@contextlib.contextmanager
def serving(folder: Path, *arguments: str, owner_token: bool = True) -> Iterator[Served]:
    """Run a server on ``folder`` until the block ends; it must stop cleanly unless the test ended it."""
    errors = folder.with_name(f"{folder.name}-stderr-{secrets.token_hex(4)}")
    wanted = (*COMMAND, "serve", "--data", str(folder), *(("--owner-token",) if owner_token else ()), *arguments)
    with errors.open("w") as stderr:
        process = subprocess.Popen(wanted, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, text=True)
    with process:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise AssertionError(f"no ready line, exit code {process.wait()}: {errors.read_text()}")
        served = Served(process, json.loads(line), folder, errors)
        try:
            yield served
        finally:
            if process.poll() is None:
                assert served.stop() == 0, errors.read_text()


def run(*arguments: str, **more: Any) -> "subprocess.CompletedProcess[str]":
    """Run a verb of the program to its end."""
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
        **more,
    )


def make_key(client: httpx.Client, **body: object) -> dict[str, Any]:
    """Create a key and return the whole answer, secret included."""
    body = {"name": "A key", "environment": "sandbox", "scopes": ["beats.read"]} | body
    reply = client.post("/manage/v1/keys", json=body, headers={"Idempotency-Key": secrets.token_urlsafe(32)})
    assert reply.status_code == 201, reply.text
    made: dict[str, Any] = reply.json()
    return made


def send_raw(served: Served, request: bytes, *, hang_up: bool = False) -> bytes:
    """Send bytes as they are, perhaps hang up, and return all that comes back until the server hangs up."""
    with socket.create_connection(served.address, timeout=20) as connection:
        connection.sendall(request)
        if hang_up:
            connection.shutdown(socket.SHUT_WR)
        reply = b""
        with contextlib.suppress(ConnectionResetError):
            while chunk := connection.recv(65536):
                reply += chunk
    return reply


def wait_for_exit(pid: int) -> None:
    """Wait until a process that is no child of ours has ended."""
    import select

    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        ended, _, _ = select.select([handle], [], [], STOP_SECONDS)
        assert ended, f"process {pid} is still there"
    finally:
        os.close(handle)
