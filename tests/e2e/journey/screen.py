"""An X screen with a window manager, and the hands, eyes and clipboard of a person in front of it."""

import base64
import contextlib
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.e2e.journey.tree import Node, Tree

SIZE = "1360x860x24"
NEEDED = ("Xvfb", "xdotool", "xclip", "openbox", "import", "curl", "dbus-run-session", "gnome-keyring-daemon")


class Person:
    """Presses keys and buttons by real X events, reads the accessible tree, and keeps a picture of each step."""

    def __init__(self, display: str, tree: Tree, album: Path) -> None:
        """Sit down at ``display``."""
        self.environment = {**os.environ, "DISPLAY": display}
        self.tree, self.album = tree, album
        self.pictures = 0

    def key(self, *keys: str) -> None:
        """Press keys, one after the other."""
        self._xdotool("key", "--delay", "20", *keys)

    def type(self, text: str) -> None:
        """Type text where the focus is."""
        self._xdotool("type", "--delay", "15", text)

    def click(self, role: str, name: str | Callable[[str], bool]) -> Node:
        """Click on the middle of a widget as soon as it is there."""
        node = self.tree.find(role, name)
        x, y = self.tree.middle(node)
        self._xdotool("mousemove", str(x), str(y), "click", "1")
        return node

    def press(self, name: str) -> Node:
        """Click on a button."""
        return self.click("push button", name)

    def turn_to(self, title: str) -> None:
        """Bring the window with ``title`` in its own to the front."""
        self._xdotool("search", "--onlyvisible", "--name", title, "windowactivate", "--sync")

    def clipboard(self) -> str:
        """Return the text that another program gets from the clipboard."""
        command = ["xclip", "-o", "-selection", "clipboard"]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=True).stdout

    def picture(self, name: str) -> None:
        """Keep what is on the screen."""
        self.pictures += 1
        path = self.album / f"{self.pictures:02d}-{name}.png"
        subprocess.run(["import", "-silent", "-window", "root", str(path)], env=self.environment, check=True)

    def _xdotool(self, *words: str) -> None:
        subprocess.run(["xdotool", *words], env=self.environment, check=True)


@contextlib.contextmanager
def display() -> Iterator[str]:
    """Run an X server with a window manager and name its display."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", SIZE, "-nolisten", "tcp", "-noreset"]
    with subprocess.Popen(command, pass_fds=(write,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        os.close(write)
        with os.fdopen(read) as answer:
            name = f":{answer.readline().strip()}"
        try:
            with subprocess.Popen(["openbox"], env={**os.environ, "DISPLAY": name}, stderr=subprocess.DEVNULL) as wm:
                try:
                    yield name
                finally:
                    wm.terminate()
        finally:
            server.terminate()


def call(base_url: str, key: str) -> int:
    """Call the API with a key, by curl as a developer would, and return the status."""
    return _curl(f"{base_url}/v1/beats", f"Authorization: Bearer {key}")


def authenticate(base_url: str, client_id: str, secret: str) -> int:
    """Ask about a token as an OAuth application, by curl as a developer would, and return the status."""
    basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    return _curl(f"{base_url}/oauth/introspect", f"Authorization: Basic {basic}", "-d", "token=unknown")


def _curl(url: str, header: str, *options: str) -> int:
    """Send one request and return its status; what ``header`` holds is on no command line."""
    command = ["curl", "-sS", "-o", os.devnull, "-w", "%{http_code}", "-K", "-", *options, url]
    done = subprocess.run(command, input=f'header = "{header}"\n', capture_output=True, text=True, check=True)
    return int(done.stdout)
