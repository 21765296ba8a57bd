"""The real clipboard of X11, seen by a second client: hints, time, other people's copies, signals, crashes."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bcdesk.contract.key_format import generate, parse

TOP = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(
    not (shutil.which("Xvfb") and shutil.which("xclip")), reason="needs Xvfb and xclip, a second X client"
)


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """Run an X server of our own and name its display."""
    read, write = os.pipe()
    with subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        os.close(write)
        with os.fdopen(read) as answer:
            yield f":{answer.readline().strip()}"
        server.terminate()


class Screen:
    """One X display with the programs that the test runs on it."""

    def __init__(self, display: str, folder: Path, stack: ExitStack) -> None:
        self.environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "PYTHONPATH": str(TOP)}
        self.folder = folder
        self.key = secrets.token_hex(32)
        self._stack = stack

    def press(self, *words: str) -> None:
        """Work the keyboard of the display."""
        subprocess.run(["xdotool", *words], env=self.environment, check=True)

    def desk(self, script: str, first: str) -> "Holder":
        """Start the real desk with the hand of ``script``, and wait for the line ``first``."""
        command = [sys.executable, "-m", f"tests.e2e.{script}", str(self.folder / "data")]
        process = self._stack.enter_context(
            subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, encoding="ascii")
        )
        holder = Holder(process)
        self._stack.callback(holder.kill)
        holder.expect(first)
        return holder

    def hold(self, seconds: float = 30.0) -> "Holder":
        """Start a program that holds secrets as the desk does."""
        command = [sys.executable, str(TOP / "tests/e2e/clipboard_holder.py"), self.key, str(self.folder), str(seconds)]
        process = self._stack.enter_context(
            subprocess.Popen(
                command, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="ascii"
            )
        )
        holder = Holder(process)
        self._stack.callback(holder.kill)
        holder.expect("ready")
        return holder

    def seen(self, target: str = "", selection: str = "clipboard") -> str | None:
        """Return what a second X client gets for ``target``, None where nobody owns the selection."""
        command = ["xclip", "-o", "-selection", selection, *(["-t", target] if target else [])]
        done = subprocess.run(command, env=self.environment, capture_output=True, encoding="utf-8", check=False)
        return done.stdout if done.returncode == 0 else None

    def copy(self, text: str) -> None:
        """Copy ``text`` in another program, which goes on holding it."""
        subprocess.run(
            ["xclip", "-i", "-selection", "clipboard"],
            env=self.environment,
            input=text,
            encoding="utf-8",
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while text and self.seen() != text:  # xclip returns before it owns the selection
            pass

    def take_over(self) -> None:
        """Do as a clipboard manager does that outlives the owner: hold the same content itself."""
        self.copy(self.seen() or "")
        while self.seen("x-kde-passwordManagerHint") == "secret":
            pass


class Holder:
    """The program that holds a secret, by its lines."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def order(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def expect(self, line: str) -> None:
        """Read the next line; it must be ``line``."""
        assert self.process.stdout is not None
        assert self.process.stdout.readline().strip() == line

    def end(self, number: signal.Signals) -> None:
        self.process.send_signal(number)
        self.process.wait(20)

    def kill(self) -> None:
        self.process.kill()


@pytest.fixture
def screen(display: str, tmp_path: Path) -> Iterator[Screen]:
    with ExitStack() as stack:
        screen = Screen(display, tmp_path, stack)
        screen.copy("")
        yield screen
        screen.copy("")  # ends the program that held the last copy


def test_that_another_client_gets_the_value_bare_with_the_hint_and_no_other_format(screen: Screen) -> None:
    value = generate("live")
    holder = screen.hold()
    holder.order(f"offer {value}")
    holder.expect("held")
    assert screen.seen() == value
    targets = set((screen.seen("TARGETS") or "").split())
    assert screen.seen("x-kde-passwordManagerHint") == "secret"
    assert targets - {"TARGETS", "MULTIPLE", "TIMESTAMP", "SAVE_TARGETS"} == {
        "x-kde-passwordManagerHint",
        "text/plain",
        "UTF8_STRING",
        "STRING",
        "TEXT",
    }
    assert screen.seen(selection="primary") is None


def test_that_it_is_gone_for_every_client_after_its_time(screen: Screen) -> None:
    holder = screen.hold(0.4)
    holder.order(f"offer {generate('live')}")
    holder.expect("held")
    holder.expect("ended time")
    assert screen.seen() is None
    assert screen.seen("TARGETS") is None


def test_that_a_copy_which_a_manager_took_over_is_cleared_too(screen: Screen) -> None:
    value = generate("live")
    holder = screen.hold(1.5)
    holder.order(f"offer {value}")
    holder.expect("held")
    screen.take_over()
    assert screen.seen() == value
    holder.expect("ended time")
    assert screen.seen() is None


def test_that_what_is_copied_later_survives_time_and_end(screen: Screen) -> None:
    holder = screen.hold()
    holder.order(f"offer {generate('live')}")
    holder.expect("held")
    screen.copy("a shopping list")
    holder.expect("ended replaced")
    assert screen.seen() == "a shopping list"
    holder.end(signal.SIGTERM)
    assert screen.seen() == "a shopping list"


def test_that_sigterm_clears_what_a_manager_would_keep(screen: Screen) -> None:
    holder = screen.hold()
    holder.order(f"offer {generate('live')}")
    holder.expect("held")
    screen.take_over()
    holder.end(signal.SIGTERM)
    assert screen.seen() is None
    assert not (screen.folder / "clipboard.mark").exists()


@pytest.mark.parametrize("later", ["", "a shopping list"])
def test_that_the_next_start_clears_what_a_killed_desk_left_and_nothing_else(screen: Screen, later: str) -> None:
    value = generate("live")
    holder = screen.hold()
    holder.order(f"offer {value}")
    holder.expect("held")
    screen.take_over()
    holder.end(signal.SIGKILL)
    assert screen.seen() == value
    assert value.encode() not in (screen.folder / "clipboard.mark").read_bytes()
    if later:
        screen.copy(later)
    after = screen.hold()
    after.order("leftover")
    after.expect(f"cleared {not later}")
    assert screen.seen() == (later or None)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_that_the_desk_itself_clears_the_clipboard_when_a_signal_ends_it(
    screen: Screen, number: signal.Signals
) -> None:
    desk = screen.desk("desk_that_copies", "held")
    copied = screen.seen() or ""
    assert parse(copied) is not None
    screen.take_over()
    desk.end(number)
    assert desk.process.returncode == 0
    assert screen.seen() is None


@pytest.mark.skipif(not shutil.which("xdotool"), reason="needs xdotool, a hand on the keyboard")
def test_that_locking_clears_what_a_manager_took_over_and_leaves_what_was_copied_later(screen: Screen) -> None:
    desk = screen.desk("desk_that_copies", "held")
    assert parse(screen.seen() or "") is not None
    screen.take_over()
    screen.press("key", "ctrl+l")
    while b"--locked" not in Path(f"/proc/{desk.process.pid}/cmdline").read_bytes():
        assert desk.process.poll() is None
    assert screen.seen() is None
    assert not (screen.folder / "data" / "desk" / "clipboard.mark").exists()
    screen.copy("a shopping list")
    desk.end(signal.SIGTERM)
    assert screen.seen() == "a shopping list"


@pytest.mark.skipif(not shutil.which("xdotool"), reason="needs xdotool, a hand on the keyboard")
def test_that_the_systems_own_idleness_is_known_and_any_key_ends_it(screen: Screen) -> None:
    code = (
        "import sys, time\n"
        "from PySide6.QtGui import QGuiApplication\n"
        "from bcdesk.ui.lock_idle import SystemIdle\n"
        "app = QGuiApplication([])\n"
        "idle = SystemIdle()\n"
        "time.sleep(0.5)\n"
        "print(idle.seconds(), flush=True)\n"
        "input()\n"
        "print(idle.seconds(), flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], env=screen.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        before = process.stdout.readline().strip()
        if before == "None":
            process.stdin.close()
            pytest.skip("the library of X11's screen saver is not here")
        screen.press("key", "shift")
        process.stdin.write("\n")
        process.stdin.flush()
        after = process.stdout.readline()
        assert float(before) >= 0.5
        assert float(after) < float(before)


@pytest.mark.skipif(not shutil.which("xdotool"), reason="needs xdotool, a hand on the keyboard")
def test_that_enter_held_since_the_form_spends_nothing_and_a_fresh_one_counts(screen: Screen) -> None:
    desk = screen.desk("desk_that_asks", "ready")
    screen.press("keydown", "Return")
    desk.expect("repeated")
    screen.press("keyup", "Return")
    desk.expect("face waiting")
    assert not screen.seen()
    screen.press("key", "Escape")
    desk.expect("face nobody")
    screen.press("key", "Return")
    desk.expect("outcome discarded")
    desk.end(signal.SIGTERM)
    assert desk.process.returncode == 0
