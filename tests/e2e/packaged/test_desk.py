"""The frozen desk: it starts its own server, also where it has no stdout, locks by becoming itself anew, and ends."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from bcdesk import settings
from devlib import session
from tests.e2e.packaged.frozen import CONSOLE, DESK, INSIDE, SECONDS, environment
from tests.profiles import at_demo

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="a program of Windows has no descriptors to close")
SCREEN = pytest.mark.skipif(
    sys.platform != "linux" or not (shutil.which("Xvfb") and shutil.which("xdotool")), reason="needs Xvfb and xdotool"
)
CLOSED = ("sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh")


def until(wanted: Callable[[], object], what: str) -> None:
    """Look until ``wanted``."""
    end = time.monotonic() + SECONDS
    while not wanted():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.05)


@contextmanager
def desk(folder: Path, *before: str, **more: str) -> Iterator[psutil.Process]:
    """Run the desk on its demo, and yield it when its server listens."""
    data = at_demo(folder / "data")
    settings.save(replace(settings.load(data), vault_choice="memory"))  # there is no keyring, and nobody to ask
    with psutil.Popen(
        [*before, str(DESK), "--data", str(data)], env=environment(folder, **more), cwd=folder
    ) as process:
        try:
            until(lambda: process.poll() is not None or listening(process), "its server never listened")
            assert process.poll() is None, f"the desk ended with {process.poll()}"
            yield process
        finally:
            for one in (*process.children(recursive=True), process) if process.is_running() else ():
                one.kill()


def servers(process: psutil.Process) -> list[psutil.Process]:
    """Return the children that serve."""
    found = []
    for child in process.children(recursive=True):
        try:
            if "serve" in child.cmdline():
                found.append(child)
        except psutil.NoSuchProcess:
            continue
    return found


def listening(process: psutil.Process) -> bool:
    """Tell whether a server of the desk takes connections."""
    try:
        return any(one.status == psutil.CONN_LISTEN for child in servers(process) for one in child.net_connections())
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("before", [(), pytest.param(CLOSED, marks=POSIX)], ids=["with_a_stdout", "without_any"])
def test_that_the_desk_runs_its_server_from_the_same_folder_and_ends_with_it(
    before: tuple[str, ...], tmp_path: Path
) -> None:
    with desk(tmp_path, *before) as process:
        (server,) = servers(process)
        assert Path(server.exe()) == CONSOLE.resolve()
        assert Path(server.cwd()) == DESK.parent
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) == 0
        psutil.wait_procs([server], timeout=SECONDS)
        assert not server.is_running()


@SCREEN
def test_that_it_locks_by_becoming_itself_anew_and_opens_again(tmp_path: Path) -> None:
    with session.virtual_display() as display:
        more = {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        with desk(tmp_path, **more) as process:
            pid, before = process.pid, servers(process)
            until(lambda: titles(tmp_path, more), "no window came up")
            press(tmp_path, more, "ctrl+l")
            until(lambda: any(word.startswith("--locked=") for word in process.cmdline()), "it never locked")
            until(lambda: titles(tmp_path, more) == ["bcdesk is locked"], "the lock never showed")
            assert process.pid == pid
            assert Path(process.exe()) == DESK.resolve()
            assert not any(one.is_running() for one in before)
            paths = process.environ().get("LD_LIBRARY_PATH", "").split(":")
            assert paths.count(str(INSIDE)) <= 1, "it does not grow from lock to lock"
            until(lambda: opened(tmp_path, more), "it never opened")
            until(lambda: listening(process), "its server never came back")


def press(folder: Path, more: dict[str, str], key: str) -> None:
    """Press a key in the window; no window manager is there to give it the keyboard."""
    words = ["search", "--onlyvisible", "--name", ".", "windowfocus", "--sync", "key", key]
    subprocess.run(["xdotool", *words], env=environment(folder, **more), check=False)


def opened(folder: Path, more: dict[str, str]) -> bool:
    """Press Enter while it is locked; tell whether another window is there."""
    shown = titles(folder, more)
    if shown == ["bcdesk is locked"]:
        press(folder, more, "Return")
    return bool(shown) and shown != ["bcdesk is locked"]


def titles(folder: Path, more: dict[str, str]) -> list[str]:
    """Return the titles of the windows on the display."""
    found = subprocess.run(
        ["xdotool", "search", "--onlyvisible", "--name", ".", "getwindowname", "%@"],
        env=environment(folder, **more), capture_output=True, text=True, check=False,
    )  # fmt: skip
    return found.stdout.splitlines()
