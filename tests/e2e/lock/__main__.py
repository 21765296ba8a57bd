"""``python -m tests.e2e.lock SCENE``: locks the real desk, looks at what is left of it, and unlocks it."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from bcdesk.store.vault import Vault
from tests.e2e.canary import atspi
from tests.e2e.kill import session
from tests.e2e.kill.child import Child
from tests.e2e.kill.program import Program
from tests.e2e.lock.memory import in_memory
from tests.profiles import at_demo
from tests.unit.store import keyrings

PATIENCE = 60.0
NAME = "Kestrel canary 7719"
PASSPHRASE = "seven unlikely lanterns drift"
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

    def enter(self, text: str) -> None:
        """Type ``text`` and Enter."""
        subprocess.run(["xdotool", "type", text], env=self.env, check=True)
        self.press("Return")

    def unlock(self, opened: Callable[[], bool]) -> None:
        """Press Enter until it is ``opened``: a window that only just shows may not have the keyboard yet."""
        end = time.monotonic() + PATIENCE
        while not opened():
            assert time.monotonic() < end, f"it never opened: {self.titles()}"
            if self.titles() == ["bcdesk is locked"]:
                self.press("Return")
            time.sleep(0.5)

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
    with (
        tempfile.TemporaryDirectory(prefix="bcdesk-lock-", ignore_cleanup_errors=True) as folder,
        atspi.display() as display,
    ):
        SCENES[sys.argv[1]](Path(folder), display)
    return 0


def secret(folder: Path, display: str) -> None:
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
        value = str(program.do("peek")["secret"])
        wanted = {"name": NAME, "secret": value[9:], "host": program.host, "another row": "Storefront"}
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
        assert not any(map(alive, children))
        shown = [f"{file}: {text}" for file in ("cmdline", "environ") for text in wanted.values()
                 if text.encode() in Path(f"/proc/{program.pid}/{file}").read_bytes()]  # fmt: skip
        assert not shown, shown
        screen.unlock(lambda: any("Hand this key over" in title for title in screen.titles()))
        say("unlocked:", screen.titles(), in_memory(program.pid, wanted))
        assert in_memory(program.pid, wanted)["secret"], "the secret that waited is there again"
    except BaseException:
        say((folder / "errors").read_text("utf-8", "replace")[-3000:], screen.titles())
        raise
    finally:
        program.kill()
        program.drain()


def browser(folder: Path, display: str) -> None:
    """Lock while the engine of the embedded browser runs: none of its processes is left."""
    screen = Screen(display)
    program = Program(
        folder / "data", folder / "errors", module=MODULE, DISPLAY=display, QT_QPA_PLATFORM="xcb",
        QTWEBENGINE_DISABLE_SANDBOX="1",
    )  # fmt: skip
    try:
        program.online()
        program.do("press", name="page.apps")
        program.do("wait", name="inspector")
        program.do("key", keys="Ctrl+T")
        program.do("press", name="flow.run")

        def engine() -> list[psutil.Process]:
            return [one for one in psutil.Process(program.pid).children(recursive=True) if "WebEngine" in one.name()]

        until(lambda: len(engine()) > 2, "the engine never started")
        children = psutil.Process(program.pid).children(recursive=True)
        screen.press("ctrl+l")
        until(lambda: screen.titles() == ["bcdesk is locked"], "it never locked")
        until(lambda: not psutil.Process(program.pid).children(recursive=True), "children were left")
        until(lambda: not any(map(alive, children)), "processes of the engine were left")
        screen.unlock(lambda: any("Authentication Management" in title for title in screen.titles()))
        say("ended with it:", len(children))
    except BaseException:
        left = [(one.name(), one.status()) for one in psutil.Process(program.pid).children(recursive=True)]
        say((folder / "errors").read_text("utf-8", "replace")[-3000:], screen.titles(), left)
        raise
    finally:
        program.kill()
        program.drain()


def passphrase(folder: Path, display: str) -> None:
    """Open a locked desk with its passphrase, and with no other; nothing asks for it again."""
    screen = Screen(display)
    data = at_demo(folder / "data")
    asyncio.run(choose(data))
    desk = Child(["-m", "bcdesk", "--data", str(data), "--locked=apps"], folder / "errors",
                 DISPLAY=display, QT_QPA_PLATFORM="xcb")  # fmt: skip
    try:
        until(lambda: screen.titles() == ["bcdesk is locked"], "it never showed")
        screen.enter("not the one at all")
        until(lambda: in_memory(desk.pid, {"said": "That is not the passphrase."})["said"] > 1, "it said nothing")
        assert screen.titles() == ["bcdesk is locked"]
        screen.enter(PASSPHRASE)
        until(lambda: any("Authentication Management" in title for title in screen.titles()), "it never opened")
        until(lambda: bool(psutil.Process(desk.pid).children()), "no server was started")
        assert len(screen.titles()) == 1, screen.titles()
    except BaseException:
        say((folder / "errors").read_text("utf-8", "replace")[-3000:], screen.titles())
        raise
    finally:
        desk.kill()
        desk.drain()


def sleep(folder: Path, display: str) -> None:
    """Let the machine be about to sleep: it waits until the memory is another, and no longer."""
    screen = Screen(display)
    bus = os.environ["DBUS_SESSION_BUS_ADDRESS"]
    logind = subprocess.Popen(
        [sys.executable, "-m", "tests.ui.logind", bus], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert logind.stdin is not None
    assert logind.stdout is not None
    assert logind.stdout.readline() == "ready\n"
    program = Program(
        folder / "data", folder / "errors", module=MODULE, DISPLAY=display, QT_QPA_PLATFORM="xcb",
        DBUS_SYSTEM_BUS_ADDRESS=bus,
    )  # fmt: skip
    try:
        program.online()
        assert logind.stdout.readline().startswith("inhibited sleep bcdesk")
        assert logind.stdout.readline() == "session auto\n"
        logind.stdin.write("sleep true\n")
        logind.stdin.flush()
        assert logind.stdout.readline() == "released\n"
        assert MODULE not in arguments(program.pid), "it let go while its memory was still the old one"
        until(lambda: screen.titles() == ["bcdesk is locked"], "it never showed")
        logind.stdin.write("sleep false\n")
        logind.stdin.flush()
        screen.unlock(lambda: any("Authentication Management" in title for title in screen.titles()))
        assert logind.stdout.readline().startswith("inhibited sleep bcdesk"), "the next sleep is waited for, too"
    finally:
        program.kill()
        program.drain()
        logind.kill()
        logind.communicate()


async def choose(data: Path) -> None:
    """Let a passphrase be the key of the desk."""
    vault = Vault(data / "desk")
    await vault.change("passphrase", PASSPHRASE, anew=keyrings.remove_nothing)
    vault.close()


def alive(process: psutil.Process) -> bool:
    return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)


SCENES: dict[str, Callable[[Path, str], None]] = {
    "secret": secret,
    "browser": browser,
    "passphrase": passphrase,
    "sleep": sleep,
}

if __name__ == "__main__":
    sys.exit(main())
