"""Walks through the life of a key as a person would, on a real screen, with a picture of each step: ``DIR``."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.journey.screen import NEEDED, Person, call, display
from tests.e2e.journey.tree import Tree
from tests.e2e.kill import session

KEY = re.compile(r"bca_live_[0-9A-Za-z]{36}")
HOST = re.compile(r"127\.0\.0\.1:\d+")
NAME = "Mastering queue"
SEEN_WITHIN = 5.0
"""Seconds from a call to the moment that the desk shows it."""


class Journey:
    """The steps; each says on stdout what it found."""

    def __init__(self, me: Person) -> None:
        """Walk as ``me``."""
        self.me, self.tree = me, me.tree
        self.base_url = ""

    def walk(self) -> None:
        """Go from the first start to the replacement of a leaked key."""
        self.arrive()
        first = self.create()
        self.use(first)
        second = self.rotate(first)
        self.revoke(first, second)
        self.restore(second)
        self.leak(second)

    def arrive(self) -> None:
        """The desk opens with the three demo keys."""
        self.tree.find("frame", lambda name: "bcdesk" in name)
        for name in ("Production Key", "Sandbox Key", "Old Production Key"):
            self.tree.find("cell", lambda cell, name=name: cell.startswith(f"{name}, "))  # type: ignore[misc]
        card = self.tree.find("push button", lambda name: name.startswith("Connection: ") and "connected" in name)
        found = HOST.search(card.name)
        assert found is not None, card.name
        self.base_url = f"http://{found[0]}"
        self.step("arrived", "three demo keys")

    def create(self) -> str:
        """A live key is made and copied once."""
        self.me.key("ctrl+n")
        self.tree.find("push button", "Make the key")
        self.me.type(NAME)
        self.me.click("check box", "Live")
        self.tree.find("label", lambda text: text.startswith("Opens the live API"))
        self.step("create", "the form is filled")
        self.me.press("Make the key")
        key = self.take("created")
        assert call(self.base_url, key) == 200
        return key

    def use(self, key: str) -> None:
        """A call shows in the desk within five seconds."""
        self.tree.find("label", lambda text: text.startswith("just now from 127.0.0.1"))
        self.step("used", "the first use shows")
        # once more, timed: the count of requests moves on
        before = time.monotonic()
        assert call(self.base_url, key) == 200
        self.tree.find("label", lambda text: text.startswith("2 requests in 24 h"))
        took = time.monotonic() - before
        assert took <= SEEN_WITHIN, f"the use showed after {took:.1f} s"
        self.step("used-again", f"the use shows after {took:.1f} s")

    def rotate(self, old: str) -> str:
        """A new version works beside the old one."""
        self.me.key("ctrl+r")
        self.tree.find("push button", "Make the new key")
        self.step("rotate", "what will happen is said")
        self.me.press("Make the new key")
        new = self.take("rotated")
        assert new != old
        assert (call(self.base_url, new), call(self.base_url, old)) == (200, 200)
        self.tree.find("label", lambda text: text.startswith("The old version ends in"))
        self.step("two-versions", "both answer 200")
        return new

    def revoke(self, old: str, new: str) -> None:
        """The key is revoked once its name is typed."""
        self.open_revoke("No longer needed")
        assert self.tree.look("push button", "Revoke") is None, "it can be revoked without its name"
        self.type_name(NAME[:-1])
        assert self.tree.look("push button", "Revoke") is None, "it can be revoked with a wrong name"
        self.step("revoke-wrong-name", "Revoke waits for the name")
        self.me.type(NAME[-1])
        self.tree.find("push button", "Revoke")
        self.step("revoke", "Revoke is ready")
        self.me.press("Revoke")
        self.tree.find("label", f"{NAME} is revoked.")
        assert (call(self.base_url, new), call(self.base_url, old)) == (401, 401)
        self.step("revoked", "both answer 401")

    def restore(self, key: str) -> None:
        """The revocation is taken back."""
        self.me.press("Undo")
        self.gone("label", f"{NAME} is revoked.")
        assert call(self.base_url, key) == 200
        self.step("restored", "it answers 200")

    def leak(self, key: str) -> None:
        """Revoked as leaked it never comes back; a replacement is offered and works."""
        self.open_revoke("It may have leaked")
        self.type_name(NAME)
        self.tree.find("push button", "Revoke")
        self.step("leaked", "the consequence is said")
        self.me.press("Revoke")
        self.tree.find("push button", "Make the replacement")
        assert call(self.base_url, key) == 401
        self.step("leaked-revoked", "it answers 401, a replacement is offered")
        self.me.press("Close")
        self.gone("push button", "Make the replacement")
        self.tree.find("push button", "Make a replacement…")
        assert self.tree.look("push button", "Restore", enabled=None) is None, "a leaked key could be restored"
        self.step("no-restore", "no Restore is offered")
        self.me.press("Make a replacement…")
        self.tree.find("push button", "Make the key")
        self.step("replacement", "the form has the same settings")
        self.me.press("Make the key")
        assert call(self.base_url, self.take("replaced")) == 200
        self.step("end", "the replacement answers 200")

    # ------------------------------------------------------------------ what several steps do

    def take(self, name: str) -> str:
        """Copy the key that waits, and return what another program finds on the clipboard."""
        self.tree.find("push button", "Copy once")
        self.step(f"{name}-waits", "masked")
        self.me.press("Copy once")
        self.tree.find("push button", "Done")
        key = self.me.clipboard()
        assert KEY.fullmatch(key), f"{len(key)} characters on the clipboard"
        self.step(f"{name}-handed-over", "on the clipboard once")
        self.me.press("Done")
        self.gone("push button", "Done")
        return key

    def open_revoke(self, kind: str) -> None:
        """Open *Revoke…* on the row and choose why."""
        self.me.click("cell", NAME)
        self.me.key("Delete")
        self.me.click("radio button", kind)

    def type_name(self, name: str) -> None:
        """Type into the field that asks for the name."""
        self.me.click("text", "This is a live key: type its name")
        self.me.type(name)

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
def program(shown_on: str) -> Iterator[None]:
    """Start the desk as a user would; it ends in order when it is told to."""
    environment = {
        **os.environ, "DISPLAY": shown_on, "QT_QPA_PLATFORM": "xcb", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        "QT_LOGGING_RULES": "qt.accessibility.atspi*=false",
    }  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="bcdesk-journey-", ignore_cleanup_errors=True) as data:
        command = [shutil.which("python3") or sys.executable, "packaging/dev.py", "run", "--data", data]
        with subprocess.Popen(command, cwd=session.TOP, env=environment) as process:
            try:
                yield
                process.send_signal(signal.SIGTERM)
                assert process.wait(20) == 0
            finally:
                process.kill()


def main(album: Path) -> int:
    """Walk, and keep the pictures in ``album``."""
    album.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with display() as shown_on, program(shown_on):
        tree = Tree()
        me = Person(shown_on, tree, album)
        try:
            Journey(me).walk()
        except BaseException:
            me.picture("failed")
            raise
        finally:
            tree.close()
    print(f"{me.pictures} pictures in {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    if lacking := [one for one in NEEDED if shutil.which(one) is None]:
        sys.exit(f"the journey needs {', '.join(lacking)}")
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.e2e.journey DIR")
    folder = Path(sys.argv[1]).resolve()
    sys.exit(main(folder) if session.inside() else session.run_inside("tests.e2e.journey", [str(folder)], seconds=300))
