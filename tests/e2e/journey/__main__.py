"""Walks through the life of a key as a person would, on a real screen, with a picture of each step: ``DIR``."""

import re
import sys
import time

from tests.e2e.journey.screen import call
from tests.e2e.journey.walk import Walk, run

KEY = re.compile(r"bca_live_[0-9A-Za-z]{36}")
NAME = "Mastering queue"
SEEN_WITHIN = 5.0
"""Seconds from a call to the moment that the desk shows it."""


class Journey(Walk):
    """The steps of a key's life."""

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
        for name in ("Production Key", "Sandbox Key", "Old Production Key"):
            self.tree.find("cell", lambda cell, name=name: cell.startswith(f"{name}, "))  # type: ignore[misc]
        self.connect()
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
        key = self.take("created", KEY)
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
        new = self.take("rotated", KEY)
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
        assert call(self.base_url, self.take("replaced", KEY)) == 200
        self.step("end", "the replacement answers 200")

    # ------------------------------------------------------------------ what several steps do

    def open_revoke(self, kind: str) -> None:
        """Open *Revoke…* on the row and choose why."""
        self.me.click("cell", NAME)
        self.me.key("Delete")
        self.me.click("radio button", kind)

    def type_name(self, name: str) -> None:
        """Type into the field that asks for the name."""
        self.me.click("text", "This is a live key: type its name")
        self.me.type(name)


if __name__ == "__main__":
    sys.exit(run("tests.e2e.journey", Journey))
