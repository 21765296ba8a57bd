"""``python -m tests.e2e.lock``: locks the real desk while a secret waits, looks through its memory, and unlocks it."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from tests.e2e.canary import atspi
from tests.e2e.kill import session
from tests.e2e.kill.program import Program
from tests.e2e.lock.memory import in_memory

PATIENCE = 60.0
NAME = "Kestrel canary 7719"
MODULE = "tests.e2e.canary.driven_process"


def until(wanted: Callable[[], bool], what: str) -> None:
    """Look until ``wanted``."""
    end = time.monotonic() + PATIENCE
    while not wanted():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.02)


class Screen:
    """The display that the desk stands on, worked from outside."""

    def __init__(self, name: str) -> None:
        self.env = {**os.environ, "DISPLAY": name}

    def press(self, *keys: str) -> None:
        subprocess.run(["xdotool", "key", *keys], env=self.env, check=True)

    def titles(self) -> list[str]:
        """Return the titles of the windows on it."""
        found = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--name", ".", "getwindowname", "%@"],
            env=self.env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return found.stdout.splitlines()


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def arguments(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")


def main() -> int:
    """Run it in a session of its own; an assertion fails it."""
    if not session.inside():
        return session.run_inside("tests.e2e.lock", sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="bcdesk-lock-") as folder, atspi.display() as display:
        run(Path(folder), display)
    return 0


def run(folder: Path, display: str) -> None:
    """Make a key, lock while its secret waits, look, unlock, look again, and copy the secret after all."""
    screen = Screen(display)
    program = Program(
        folder / "data", folder / "errors", module=MODULE, DISPLAY=display, QT_QPA_PLATFORM="xcb", BCDESK_LOG="DEBUG"
    )
    try:
        program.online()
        program.do("key", keys="Ctrl+N")
        program.do("type", name="name", text=NAME)
        program.do("press", name="create_key.make")
        program.do("wait", name="reveal_copy")
        secret = str(program.do("peek")["secret"])
        wanted = {"name": NAME, "secret": secret[9:], "host": program.host, "another row": "Storefront"}
        before = in_memory(program.pid, wanted)
        say("before:", before)
        assert all(before.values()), before
        children = psutil.Process(program.pid).children(recursive=True)
        assert children
        screen.press("ctrl+l")
        started = time.monotonic()
        until(lambda: any(word.startswith("--locked") for word in arguments(program.pid)), "it never locked")
        say(f"locked after {time.monotonic() - started:.2f} s")
        until(lambda: screen.titles() == ["bcdesk is locked"], f"another window shows: {screen.titles()}")
        after = in_memory(program.pid, wanted)
        say("after:", after)
        assert not any(after.values()), after
        assert not psutil.Process(program.pid).children(recursive=True)
        assert not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children)
        shown = [f"{file}: {text}" for file in ("cmdline", "environ") for text in wanted.values()
                 if text.encode() in Path(f"/proc/{program.pid}/{file}").read_bytes()]  # fmt: skip
        assert not shown, shown
        screen.press("Return")
        until(lambda: any("key" in title and "locked" not in title for title in screen.titles()[1:]), "no reveal came")
        say("unlocked:", screen.titles(), in_memory(program.pid, wanted))
        assert in_memory(program.pid, wanted)["secret"], "the secret that waited is there again"
    except BaseException:
        say((folder / "errors").read_text("utf-8", "replace")[-3000:], screen.titles())
        raise
    finally:
        program.kill()
        program.drain()


if __name__ == "__main__":
    sys.exit(main())
