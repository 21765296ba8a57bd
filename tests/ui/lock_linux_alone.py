"""The session's lock and the machine's sleep on real buses of their own, with a logind that is played."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bcdesk.ui.lock_linux import SCREEN_SAVERS, SessionWatch

TOP = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("dbus-daemon") is None, reason="needs a message bus"
)


def bus(stack: ExitStack) -> str:
    """Run a message bus and return its address."""
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"]
    daemon = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    stack.enter_context(daemon)
    stack.callback(daemon.kill)
    assert daemon.stdout is not None
    return daemon.stdout.readline().strip()


class Played:
    """The played logind, by its lines."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    async def says(self) -> str:
        assert self.process.stdout is not None
        return (await asyncio.to_thread(self.process.stdout.readline)).strip()

    def order(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()


Play = Callable[..., Awaitable[Played]]


@pytest.fixture(scope="module")
def addresses() -> Iterator[dict[str, str]]:
    """Run both buses, the same ones for all tests: libdbus asks the environment once in a process."""
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        found = {kind: bus(stack) for kind in ("SESSION", "SYSTEM")}
        for kind, address in found.items():
            patch.setenv(f"DBUS_{kind}_BUS_ADDRESS", address)
        yield found


@pytest.fixture
def play(addresses: dict[str, str]) -> Iterator[Play]:
    with ExitStack() as stack:

        def start(kind: str, *more: str) -> "subprocess.Popen[str]":
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.ui.logind", addresses[kind], *more],
                cwd=TOP, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8",
            )  # fmt: skip
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        async def one(kind: str = "SYSTEM", *more: str) -> Played:
            played = Played(start(kind, *more))
            assert await played.says() == "ready"
            return played

        yield one


class Watching:
    """A watch that counts."""

    def __init__(self) -> None:
        self.locks: asyncio.Queue[None] = asyncio.Queue()
        self.watch = SessionWatch(lambda: self.locks.put_nowait(None))

    async def locked(self, again: Callable[[], object] = lambda: None) -> None:
        """Wait for a lock; do ``again`` what should cause it until it does: it may not listen yet."""
        async with asyncio.timeout(20):
            while True:
                again()
                try:
                    await asyncio.wait_for(self.locks.get(), 0.2)
                    return
                except TimeoutError:
                    continue

    def close(self) -> None:
        self.watch.stop()
        self.watch.deleteLater()


@pytest.fixture
def watching(addresses: dict[str, str]) -> Iterator[Callable[[], Watching]]:
    made: list[Watching] = []

    def one() -> Watching:
        made.append(Watching())
        return made[-1]

    yield one
    for watch in made:
        watch.close()


async def test_that_the_machine_waits_with_its_sleep_until_the_desk_has_forgotten(
    play: Play, watching: Callable[[], Watching]
) -> None:
    logind = await play()
    desk = watching()
    assert await logind.says() == "inhibited sleep bcdesk Lock before the computer sleeps delay"
    assert await logind.says() == "session auto"
    await desk.locked(lambda: logind.order("sleep true"))
    assert desk.watch.delays_sleep
    desk.watch.stop()
    assert await logind.says() == "released"


@pytest.mark.parametrize("order", ["lock", "hint true"])
@pytest.mark.parametrize("old", [False, True], ids=["new", "old"])
async def test_that_the_sessions_own_lock_locks_the_desk(
    play: Play, watching: Callable[[], Watching], order: str, old: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_SESSION_ID", "37")
    logind = await play("SYSTEM", *(["--old"] if old else []))
    desk = watching()
    await logind.says()
    assert await logind.says() == "session auto"
    if old:
        assert await logind.says() == "session 37"
    await desk.locked(lambda: logind.order(order))


async def test_that_waking_up_and_the_lock_of_somebody_elses_session_lock_nothing(
    play: Play, watching: Callable[[], Watching]
) -> None:
    logind = await play()
    desk = watching()
    await desk.locked(lambda: logind.order("lock"))  # from here on it listens
    logind.order("hint false")
    logind.order("sleep false")
    logind.order("lock another")
    assert desk.locks.empty()
    logind.order("sleep true")  # what comes first is heard first
    await desk.locked()
    assert desk.locks.empty()


@pytest.mark.parametrize("interface", SCREEN_SAVERS)
async def test_that_a_covered_screen_locks_and_an_uncovered_one_does_not(
    play: Play, watching: Callable[[], Watching], interface: str
) -> None:
    saver = await play("SESSION")
    desk = watching()
    await desk.locked(lambda: saver.order(f"screen {interface} true"))
    saver.order(f"screen {interface} false")
    saver.order("screen org.freedesktop.ScreenSaver true")
    await desk.locked()
    assert desk.locks.empty()


def test_that_nothing_is_missed_where_no_bus_is() -> None:
    code = (
        "from PySide6.QtCore import QCoreApplication\n"
        "from bcdesk.ui.lock_linux import SessionWatch\n"
        "app = QCoreApplication([])\n"
        "watch = SessionWatch(lambda: None)\n"
        "print(watch.delays_sleep)\n"
        "watch.stop()\n"
    )
    nowhere = {f"DBUS_{kind}_BUS_ADDRESS": "unix:path=/nonexistent" for kind in ("SESSION", "SYSTEM")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=TOP, env={**os.environ, **nowhere}, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("False\n", "")
