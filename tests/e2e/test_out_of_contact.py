"""A real desk whose network is down, and one whose server is away: what was known first, then the way back."""

import contextlib
import json
import os
import queue
import secrets
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bcdesk.server.database import Database, sqlite_url
from bcdesk.store.connections import Connections
from tests.e2e.serving import run, serving

KEYS = 10_000
BACK_SECONDS = 5.0
NETWORK_OF_ITS_OWN = ("unshare", "--net") if os.name == "posix" and os.geteuid() == 0 else ("unshare", "-r", "--net")
_COPY = """
INSERT INTO {table} ({names}) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
SELECT {values} FROM n, (SELECT * FROM {table} WHERE {which} LIMIT 1) AS one
"""


class Desk:
    """A desk in a process of its own, and what it tells."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.told: list[dict[str, Any]] = []
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)

    def until(self, at: str, seconds: float = 60.0, **members: Any) -> dict[str, Any]:
        """Wait until it tells that; return it whole."""
        ends = time.monotonic() + seconds
        while True:
            try:
                line = self._lines.get(timeout=max(0.01, ends - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no {at} {members} within {seconds} s, but {self.told[-6:]}") from None
            told: dict[str, Any] = json.loads(line)
            self.told.append(told)
            if told["at"] == at and all(told.get(name) == value for name, value in members.items()):
                return told

    def do(self, order: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{order}\n")
        self.process.stdin.flush()


@contextlib.contextmanager
def desk(folder: Path, *, token: str = "", before: tuple[str, ...] = ()) -> Iterator[Desk]:
    """Run a desk on ``folder`` until left; it must end by itself then. With a ``token`` it is signed in by it."""
    errors = folder.with_name(f"{folder.name}-stderr-{secrets.token_hex(4)}")
    command = (*before, sys.executable, "-m", "tests.e2e.desk_out_of_contact", str(folder))
    with errors.open("w") as stderr:
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, text=True, env=environment
        )
    with process:
        made = Desk(process)
        made.do(token)
        try:
            yield made
            made.do("quit")
            assert process.wait(30) == 0, errors.read_text()
            assert "Traceback" not in errors.read_text()
        finally:
            process.kill()


@pytest.fixture(scope="module")
def server_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the data of a server with ten thousand keys."""
    folder = tmp_path_factory.mktemp("studio") / "server"
    with serving(folder, "--demo"):
        pass
    database = Database(sqlite_url(folder / "server.sqlite3"))
    with database.write() as connection:
        one = connection.exec_driver_sql(
            "SELECT id FROM keys WHERE revoked_at IS NULL ORDER BY id LIMIT 1"
        ).scalar_one()
        for table, unlike in (
            ("keys", {"id": "'key_' || printf('%026d', i)", "name": "'Key ' || i"}),
            ("key_versions", {
                "id": "'ver_' || printf('%026d', i)", "key_id": "'key_' || printf('%026d', i)",
                "token_hmac": "randomblob(32)",
            }),
        ):  # fmt: skip
            names = [row[1] for row in connection.exec_driver_sql(f"PRAGMA table_info({table})")]
            values = ", ".join(unlike.get(name, f"one.{name}") for name in names)
            which = f"{'id' if table == 'keys' else 'key_id'} = '{one}'"
            connection.exec_driver_sql(
                _COPY.format(table=table, names=", ".join(names), values=values, count=KEYS, which=which)
            )
    database.close()
    return folder


def check_known_first(one: Desk) -> None:
    """Check that every row was on the screen before anything was asked."""
    cached = one.until("state", state="cached")
    assert (cached["rows"] >= KEYS, cached["requests"]) == (True, 0)
    first = one.until("first_request")
    assert first["known"] >= KEYS
    assert first["seen"] >= KEYS


def check_offline(one: Desk) -> None:
    """Check that nothing that needs the server can be done."""
    told = one.until("able", state="offline")
    assert told["commands"] == []


@pytest.mark.skipif(sys.platform != "linux", reason="a network of its own")
def test_that_a_desk_whose_network_is_down_shows_what_was_known_and_finds_back(
    server_folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(server_folder, tmp_path / "desk" / "server")
    with desk(tmp_path / "desk") as online:
        assert online.until("able", state="online")["commands"], "the control: online there is much to do"
    with desk(tmp_path / "desk", before=NETWORK_OF_ITS_OWN) as one:
        check_known_first(one)
        check_offline(one)
        one.do("up")
        up = one.until("up")
        back = one.until("state", state="online")
        assert back["moment"] - up["moment"] < BACK_SECONDS
        assert one.until("able", state="online")["commands"]


def test_that_a_desk_whose_server_is_away_shows_what_was_known_and_finds_back(
    server_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "server"
    shutil.copytree(server_folder, folder)
    token = _token(folder)
    with serving(folder) as first:
        port = str(first.address[1])
        connections = Connections(tmp_path / "desk" / "desk")
        connections.use(connections.add(name="Studio", url=first.base_url).id)
        with desk(tmp_path / "desk", token=token) as online:
            assert online.until("able", state="online")["commands"], "the control: online there is much to do"
    with desk(tmp_path / "desk", token=token) as one:
        check_known_first(one)
        check_offline(one)
        for _ in range(2):
            with serving(folder, "--port", port):
                begun = time.monotonic()
                back = one.until("state", state="online")
                assert back["moment"] - begun < BACK_SECONDS
                assert one.until("able", state="online")["commands"]
            check_offline(one)


def _token(folder: Path) -> str:
    """Return a lasting token of the owner of a server."""
    listed = run("member", "list", "--data", str(folder)).stdout
    owner = next(line for line in listed.splitlines() if "owner" in line)
    return run("member", "token", owner.split()[0], "--data", str(folder)).stdout.strip()
