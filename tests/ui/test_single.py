"""One desk a folder, by the real lock and the real socket, with the other starts in processes of their own."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalSocket
from PySide6.QtWidgets import QWidget

from bcdesk.ui import single
from bcdesk.ui.single import Asked, HeldError, Single
from bcdesk.ui.single_place import may_run, place

TOP = Path(__file__).resolve().parents[2]
OTHER = """
import sys
from pathlib import Path
from bcdesk.ui import single
print(single.hand_over(Path(sys.argv[1]), sys.argv[2:]), flush=True)
"""
HOLDER = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from bcdesk.ui import single
app = QCoreApplication([])
print("ready", flush=True)
sys.stdin.readline()
held = single.hold(Path(sys.argv[1]), ["bcdesk:keys"], patience=20)
print("handed over" if held is None else "holds", flush=True)
if held is not None:
    LIVE
"""
SERVE = "held.asked.connect(lambda asked: print(*asked.words, flush=True)); app.exec()"
DEAF = "sys.stdin.readline()"


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give a folder whose path is short enough for a socket in it, as a user's own is."""
    with tempfile.TemporaryDirectory(prefix="bcdesk-") as short:
        yield Path(short) / "desk"


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[[str], "subprocess.Popen[str]"]]:
    started = []

    def one(live: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER.replace("LIVE", live), str(folder)],
            cwd=TOP, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8",
        )  # fmt: skip
        started.append(process)
        assert said(process) == "ready"
        return process

    yield one
    for process in started:
        process.kill()
        process.communicate()


def said(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def go(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


@pytest.fixture
def held(folder: Path) -> Iterator[Single]:
    held = single.hold(folder)
    assert held is not None
    yield held
    held.release()
    held.deleteLater()


async def other_start(folder: Path, *words: str) -> str:
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", OTHER, str(folder), *words],
        cwd=TOP, capture_output=True, text=True, check=True,
        env={**os.environ, "XDG_ACTIVATION_TOKEN": "from the launcher"},
    )  # fmt: skip
    return done.stdout.strip()


async def test_that_a_second_start_hands_its_words_and_its_token_over(held: Single, folder: Path) -> None:
    asked: asyncio.Future[Asked] = asyncio.get_running_loop().create_future()
    held.asked.connect(asked.set_result)
    assert await other_start(folder, "bcdesk:apps", "bcdesk:keys/key_1 2'\"") == "True"
    assert await asked == Asked(("bcdesk:apps", "bcdesk:keys/key_1 2'\""), "from the launcher")


def test_that_nobody_is_asked_where_no_desk_can_run(folder: Path) -> None:
    assert not may_run(folder)
    held = single.hold(folder)
    assert held is not None
    assert may_run(folder)
    held.release()
    held.deleteLater()
    assert not may_run(folder)


async def test_that_nobody_takes_over_where_no_desk_runs(folder: Path) -> None:
    assert await other_start(folder) == "False"


def test_that_the_socket_is_open_to_this_user_alone(held: Single, folder: Path) -> None:
    found = os.stat(place(folder))
    assert stat.S_ISSOCK(found.st_mode)
    assert stat.S_IMODE(found.st_mode) == 0o600
    assert Path(place(folder)).parent == folder


def test_that_another_way_to_the_folder_is_the_same_place(held: Single, folder: Path) -> None:
    link = folder.with_name("link")
    link.symlink_to(folder)
    assert os.path.samefile(place(link), place(folder))
    assert Path(place(folder.with_name("other"))).name != Path(place(folder)).name


@pytest.mark.parametrize("mode", [0o700, 0o777])
def test_that_a_long_path_has_its_socket_in_the_sessions_folder_if_that_is_private(
    folder: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    session = folder.with_name("session")
    session.mkdir()
    session.chmod(mode)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(session))
    deep = folder / ("x" * 80)
    deep.mkdir(parents=True)
    home = Path(place(deep)).parent
    assert (home == session) == (mode == 0o700)
    assert os.stat(home).st_mode & 0o022 == 0
    held = single.hold(deep)
    assert held is not None
    assert held.listens
    held.release()
    held.deleteLater()


async def test_that_the_place_of_a_dead_desk_is_taken(
    start: Callable[[str], "subprocess.Popen[str]"], folder: Path
) -> None:
    dead = start(SERVE)
    go(dead)
    assert said(dead) == "holds"
    dead.send_signal(signal.SIGKILL)
    dead.wait()
    assert Path(place(folder)).exists()
    held = single.hold(folder)
    assert held is not None
    assert held.listens
    asked: asyncio.Future[Asked] = asyncio.get_running_loop().create_future()
    held.asked.connect(asked.set_result)
    assert await other_start(folder, "bcdesk:apps") == "True"
    assert (await asked).words == ("bcdesk:apps",)
    held.release()
    held.deleteLater()


def test_that_of_eight_that_start_at_once_one_holds_and_hears_of_seven(
    start: Callable[[str], "subprocess.Popen[str]"],
) -> None:
    all_of_them = [start(SERVE) for _ in range(8)]
    for one in all_of_them:
        go(one)
    first = {one: said(one) for one in all_of_them}
    assert sorted(first.values()) == ["handed over"] * 7 + ["holds"]
    holder = next(one for one, words in first.items() if words == "holds")
    assert [said(holder) for _ in range(7)] == ["bcdesk:keys"] * 7


def test_that_a_desk_that_holds_and_does_not_answer_is_never_joined_by_another(
    start: Callable[[str], "subprocess.Popen[str]"], folder: Path
) -> None:
    deaf = start(DEAF)
    go(deaf)
    assert said(deaf) == "holds"
    with pytest.raises(HeldError):
        single.hold(folder, patience=0.1)


@pytest.mark.parametrize(
    "line",
    [
        b"[]",
        b"{",
        b'{"words": [1], "activation": ""}',
        b'{"words": [], "activation": 1}',
        b"\xff",
        b"[" * 60000,
        b'{"words": [], "activation": "a\\u0000b"}',
        b'{"words": [], "activation": "\\ud800"}',
    ],
    ids=["list", "cut", "number", "token", "bytes", "deep", "nul", "surrogate"],
)
async def test_that_what_is_no_start_is_cut_off_and_nothing_is_asked(held: Single, folder: Path, line: bytes) -> None:
    asked: list[Asked] = []
    held.asked.connect(asked.append)
    await talk(folder, line + b"\n")
    assert not asked


async def test_that_who_talks_without_end_is_cut_off(held: Single, folder: Path) -> None:
    await talk(folder, b"x" * 70000)


async def talk(folder: Path, what: bytes) -> None:
    """Say ``what`` and wait until the other side ends it."""
    ended = asyncio.get_running_loop().create_future()
    socket = QLocalSocket()
    socket.disconnected.connect(lambda: ended.set_result(None))
    socket.connected.connect(lambda: socket.write(what))
    socket.connectToServer(place(folder))
    await ended
    socket.deleteLater()


def test_that_a_window_comes_to_the_front_from_the_task_bar(host: QWidget) -> None:
    host.showMinimized()
    single.raise_window(host, "from the launcher")
    assert not host.isMinimized()
    assert host.isVisible()
    assert os.environ.pop("XDG_ACTIVATION_TOKEN") == "from the launcher"
