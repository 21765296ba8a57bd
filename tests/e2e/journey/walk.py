"""What every journey does: start the program as a user would, take what is shown once, keep pictures, wait."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.journey.screen import NEEDED, Person, display
from tests.e2e.journey.tree import Tree
from tests.e2e.kill import session
from tests.profiles import at_demo

HOST = re.compile(r"127\.0\.0\.1:\d+")
LONGEST = 300
"""Seconds after which a journey is given up."""


class Walk:
    """The steps that journeys share; each step says on stdout what it found."""

    def __init__(self, me: Person, data: Path) -> None:
        """Walk as ``me`` through the desk whose folder is ``data``."""
        self.me, self.tree, self.data = me, me.tree, data
        self.base_url = ""

    @classmethod
    def prepare(cls, data: Path) -> dict[str, str]:
        """Get a folder ready before the desk starts on it, and return what its environment has besides."""
        at_demo(data)
        return {}

    def walk(self) -> None:
        """Go all the way."""
        raise NotImplementedError

    def connect(self) -> None:
        """Wait until the desk is connected, and remember to what."""
        self.tree.find("frame", lambda name: "bcdesk" in name)
        card = self.tree.find("push button", lambda name: name.startswith("Connection: ") and "connected" in name)
        found = HOST.search(card.name)
        assert found is not None, card.name
        self.base_url = f"http://{found[0]}"

    def take(self, name: str, secret: re.Pattern[str]) -> str:
        """Copy the secret that waits, and return what another program finds on the clipboard."""
        self.tree.find("push button", "Copy once")
        self.step(f"{name}-waits", "masked")
        self.me.press("Copy once")
        self.tree.find("push button", "Done")
        taken = self.me.clipboard()
        assert secret.fullmatch(taken), f"{len(taken)} characters on the clipboard"
        self.step(f"{name}-handed-over", "on the clipboard once")
        self.me.press("Done")
        self.gone("push button", "Done")
        return taken

    def gone(self, role: str, name: str) -> None:
        """Wait until a widget is no longer there."""
        end = time.monotonic() + 20
        while self.tree.look(role, name, enabled=None) is not None:
            assert time.monotonic() < end, f"{role} {name} stays"

    def step(self, name: str, found: str) -> None:
        """Keep a picture and say what was found."""
        self.me.picture(name)
        print(f"{name}: {found}", flush=True)


@contextmanager
def program(shown_on: str, prepare: Callable[[Path], dict[str, str]]) -> Iterator[Path]:
    """Start the desk as a user would and yield its folder; it ends in order when it is told to."""
    environment = {
        **os.environ, "DISPLAY": shown_on, "QT_QPA_PLATFORM": "xcb", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        "QT_LOGGING_RULES": "qt.accessibility.atspi*=false",
    }  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="bcdesk-journey-", ignore_cleanup_errors=True) as data:
        environment |= prepare(Path(data))
        command = [shutil.which("python3") or sys.executable, "packaging/dev.py", "run", "--data", data]
        with subprocess.Popen(command, cwd=session.TOP, env=environment) as process:
            try:
                yield Path(data)
                process.send_signal(signal.SIGTERM)
                assert process.wait(20) == 0
            finally:
                process.kill()


def go(journey: type[Walk], album: Path) -> int:
    """Walk ``journey``, and keep the pictures in ``album``."""
    album.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with display() as shown_on, program(shown_on, journey.prepare) as data:
        tree = Tree()
        me = Person(shown_on, tree, album)
        try:
            journey(me, data).walk()
        except BaseException:
            me.picture("failed")
            raise
        finally:
            tree.close()
    print(f"{me.pictures} pictures in {time.monotonic() - started:.0f} s")
    return 0


def run(module: str, journey: type[Walk]) -> int:
    """Walk ``journey``, the one of ``module``, in a session of its own, as the command line says."""
    if lacking := [one for one in NEEDED if shutil.which(one) is None]:
        sys.exit(f"the journey needs {', '.join(lacking)}")
    if len(sys.argv) != 2:
        sys.exit(f"usage: python -m {module} DIR")
    album = Path(sys.argv[1]).resolve()
    return go(journey, album) if session.inside() else session.run_inside(module, [str(album)], seconds=LONGEST)
