"""The prompt of a real keyring on a real screen: the window goes on while it is open, and each answer is told."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.test_clipboard_x11 import display as display
from tests.e2e.test_secret_service import LOCK, PASSWORD, TOP, SecretService, on_the_ring

PROMPTER = Path("/usr/libexec/gcr-prompter")
pytestmark = [
    pytest.mark.keyring_real,
    pytest.mark.skipif(
        not (shutil.which("Xvfb") and shutil.which("xdotool") and shutil.which("gnome-keyring-daemon")
             and PROMPTER.exists()), reason="needs gnome-keyring, its prompter, Xvfb and xdotool",
    ),
]  # fmt: skip
MOST_MS = 50
"""How long the window may go without turning its loop while the prompt is open."""


class Desk:
    """A desk's window in a process of its own, offscreen, on the bus of a keyring."""

    def __init__(self, service: SecretService, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.desk_that_unlocks", str(folder)],
            env={**service.env, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(TOP)},
            cwd=TOP, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def do(self, line: str) -> None:
        """Have the desk do something."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def next(self, word: str) -> str:
        """Return the rest of the next line, which begins with ``word``."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        assert line.startswith(word), line
        return line.removeprefix(word).strip()

    def asked(self, line: str) -> str:
        """Have the desk tell something and return it."""
        self.do(line)
        return self.next(line)

    def judge_gap(self) -> None:
        """Fail where the window stood still since the last time; another process on its core is no fault of it."""
        clock, computed, beats = (int(one) for one in self.asked("gap").split())
        print(f"longest gap {clock} ms, {computed} ms of it computed, {beats} beats")  # noqa: T201
        assert beats > 100
        assert computed <= MOST_MS
        assert clock <= MOST_MS or (clock < 1000 and computed < 20), (
            "it waited for the prompt, which is open for longer"
        )

    def quit(self) -> None:
        """End the desk, which no open prompt holds up."""
        started = time.monotonic()
        self.do("quit")
        self.next("over")
        assert self.process.wait(10) == 0
        assert time.monotonic() - started < 5

    def close(self) -> None:
        """Leave nothing of the process."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()


class Prompt:
    """The prompt that stands on the screen, and a person before it."""

    def __init__(self, display: str) -> None:
        self._env = {"DISPLAY": display, "PATH": "/usr/bin:/bin"}
        found = self._run("search", "--sync", "--onlyvisible", "--name", "Unlock")
        self.window = found.split()[0]

    def press(self, *keys: str) -> None:
        """Type into it."""
        self._run("windowfocus", "--sync", self.window)
        for key in keys:
            self._run("key", key)

    def _run(self, *words: str) -> str:
        done = subprocess.run(
            ["xdotool", *words], env=self._env, check=True, stdout=subprocess.PIPE, text=True, timeout=30
        )
        return done.stdout


@pytest.fixture
def locked(tmp_path: Path, display: str) -> Iterator[SecretService]:
    """Run a Secret Service that holds a desk's key, is locked, and can ask on a screen."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    service = SecretService(home, display)
    first = Desk(service, tmp_path / "desk")
    first.next("state waiting")
    first.next("state ready")
    first.quit()
    first.close()
    on_the_ring(service, LOCK)
    yield service
    service.close()


@pytest.fixture
def desk(locked: SecretService, tmp_path: Path) -> Iterator[Desk]:
    """Start a desk on the locked keyring."""
    made = Desk(locked, tmp_path / "desk")
    yield made
    made.close()


def test_that_the_window_goes_on_while_a_prompt_is_open_and_tells_each_answer(
    desk: Desk, locked: SecretService, display: str
) -> None:
    desk.next("state waiting")
    prompt = Prompt(display)
    time.sleep(1.5)  # the time that is measured, with the prompt open
    assert desk.asked("said").startswith("The system asks for the password of your keyring.")
    desk.judge_gap()
    prompt.press("Escape")
    desk.next("state dismissed")
    assert desk.asked("said").startswith("Your keyring was not opened.")
    assert desk.asked("sealed") == "False"
    desk.do("vault.ask")
    desk.next("state waiting")
    Prompt(display).press(*PASSWORD, "Return")
    desk.next("state ready")
    assert desk.asked("said") == "nothing"
    assert desk.asked("sealed") == "b'text'"
    desk.judge_gap()
    desk.quit()


def test_that_waiting_can_be_stopped_and_a_late_answer_still_counts(desk: Desk, display: str) -> None:
    desk.next("state waiting")
    prompt = Prompt(display)
    desk.do("vault.stop")
    desk.next("state dismissed")
    prompt.press(*PASSWORD, "Return")
    desk.next("state ready")
    desk.judge_gap()
    desk.quit()


def test_that_a_desk_ends_at_once_while_a_prompt_is_open(desk: Desk, display: str) -> None:
    desk.next("state waiting")
    Prompt(display)
    desk.quit()


def test_that_a_bus_that_dies_while_the_prompt_is_open_is_told(desk: Desk, locked: SecretService, display: str) -> None:
    desk.next("state waiting")
    Prompt(display)
    locked.bus.kill()
    locked.bus.wait()
    desk.next("state gone")
    assert desk.asked("said").startswith("Your keyring does not answer.")
    desk.do("vault.ask")
    desk.next("state waiting")
    desk.next("state gone")
    desk.judge_gap()
    desk.quit()
