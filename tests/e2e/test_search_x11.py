"""A key that a real X client puts into the search field by the middle button or the keyboard leaves no trace."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bcdesk.contract.key_format import generate, mask_token

TOP = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("Xvfb", "xclip", "xdotool"))), reason="needs Xvfb, xclip and xdotool"
)


@pytest.fixture
def display() -> Iterator[str]:
    """Run an X server of our own and name its display."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "800x600x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=(write,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        os.close(write)
        with os.fdopen(read) as answer:
            yield f":{answer.readline().strip()}"
        server.terminate()


class Window:
    """The window with the field, and another X client's hands on it."""

    def __init__(self, display: str) -> None:
        self.environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "PYTHONPATH": str(TOP)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.search_window"],
            cwd=TOP, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8",
        )  # fmt: skip
        assert self.process.stdout is not None
        assert self.process.stdout.readline().strip() == "ready"

    def own(self, selection: str, text: str) -> None:
        command = ["xclip", "-i", "-selection", selection]
        subprocess.run(command, env=self.environment, input=text, encoding="ascii", check=True)

    def do(self, *words: str) -> None:
        subprocess.run(["xdotool", *words], env=self.environment, check=True)

    def ask(self) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("tell\n")
        self.process.stdin.flush()
        told = json.loads(self.process.stdout.readline())
        assert isinstance(told, dict)
        return told

    def told(self) -> dict[str, Any]:
        """Return what the field holds once the other client's act has arrived."""
        for _ in range(200):
            told = self.ask()
            if told["shown"]:
                return told
        raise AssertionError("nothing arrived")


@pytest.fixture
def window(display: str) -> Iterator[Window]:
    made = Window(display)
    yield made
    assert made.process.stdin is not None
    made.process.stdin.close()
    assert made.process.wait(10) == 0
    assert made.process.stdout is not None
    made.process.stdout.close()


@pytest.mark.parametrize("road", ["middle button", "control v"])
def test_that_a_key_from_another_client_becomes_its_mask(window: Window, road: str) -> None:
    token = generate("live")
    if road == "middle button":
        window.own("primary", token)
        window.do("mousemove", "100", "70", "click", "2")
    else:
        window.own("clipboard", token)
        window.do("mousemove", "100", "70", "click", "1", "key", "ctrl+v")
    told = window.told()
    assert told["shown"] == told["undone"] == mask_token(token)
    assert token[9:30] not in told["selected"]
    assert told["keys"] == 1
    assert not any(token[9:30] in text for text in told["heard"])


def test_that_other_text_from_another_client_is_kept(window: Window) -> None:
    window.own("primary", "storefront")
    window.do("mousemove", "100", "70", "click", "2")
    assert window.told()["shown"] == "storefront"
