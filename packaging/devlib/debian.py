"""Shared libraries and programs that Debian and Ubuntu package: which are missing, and how they get here."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable

from devlib import terminal

# One entry is one need; "a|b" means either package meets it (names that changed between releases).
RUN = (
    "libegl1",
    "libgl1",
    "libxkbcommon-x11-0",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-keysyms1",
    "libxcb-shape0",
    "libxcb-xinerama0",
    "libdbus-1-3",
    "libfontconfig1",
    "libglib2.0-0|libglib2.0-0t64",
)
TEST = (
    # the embedded browser
    "libnss3",
    "libasound2|libasound2t64",
    "libxcomposite1",
    "libxdamage1",
    "libxrandr2",
    "libxtst6",
    "libxkbfile1",
    # a display, a session bus and a keyring of the tests' own
    "xvfb",
    "xauth",
    "dbus",
    "gnome-keyring",
    "xdotool",
    "xclip",
    # the journey: a window manager, the accessible tree, pictures of the screen
    "openbox",
    "at-spi2-core",
    "imagemagick",
    "curl",
    # the same glyphs in every picture
    "fonts-inter",
    "fonts-jetbrains-mono",
    "fonts-dejavu-core",
)
NODE = "nodejs"  # runs the JavaScript snippets; any `node` on the PATH will do


def is_debian() -> bool:
    """Returns whether this machine's packages are Debian's or a descendant's."""
    return shutil.which("dpkg-query") is not None and shutil.which("apt-get") is not None


def needs(kind: str) -> list[str]:
    """Returns the needs of a kind of set-up ("run" or "test")."""
    if kind == "run":
        return list(RUN)
    return [*RUN, *TEST] + ([] if shutil.which("node") else [NODE])


def command(arguments: list[str]) -> int:
    """Prints the packages of this release that running or, by default, testing needs."""
    kind = arguments[0] if arguments else "test"
    if kind not in {"run", "test"} or len(arguments) > 1:
        raise terminal.Stop("usage: python3 packaging/dev.py needs [run|test]", code=2)
    terminal.say("\n".join(chosen(needs(kind), _exists)))
    return 0


def missing(wanted: Iterable[str]) -> list[str]:
    """Returns those needs that no installed package meets."""
    wanted = list(wanted)
    names = [name for need in wanted for name in need.split("|")]
    # A code other than 0 only says that some name is unknown here.
    _, said = terminal.output_of(["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *names])
    there = {line.split()[0] for line in said.splitlines() if line.endswith(" installed")}
    return [need for need in wanted if there.isdisjoint(need.split("|"))]


def install(lacking: list[str]) -> None:
    """Installs packages as root, or stops with the one command that does it."""
    if os.geteuid() != 0:
        command = ["apt-get", "install", "-y", "--no-install-recommends", *chosen(lacking, _exists)]
        raise terminal.Stop(f"Some system packages are missing. Install them with:\n  sudo {terminal.shown(command)}")
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    terminal.quietly(["apt-get", "update", "-q"], env=env)
    names = chosen(lacking, _exists)
    terminal.say(f"Installing system packages: {' '.join(names)}")
    keep = ["-o", "Dpkg::Options::=--force-confold"]  # never a question about a changed configuration file
    terminal.quietly(["apt-get", "install", "-q", "-y", *keep, "--no-install-recommends", *names], env=env)


def chosen(lacking: Iterable[str], exists: Callable[[str], bool]) -> list[str]:
    """Returns one package name a need: the first that this release has, else the first of all."""
    return [next(filter(exists, need.split("|")), need.split("|")[0]) for need in lacking]


def _exists(name: str) -> bool:
    """Returns whether apt knows a real package of this name; a name that others only provide does not count."""
    _, said = terminal.output_of(["apt-cache", "show", "--no-all-versions", name])
    return f"Package: {name}" in said.splitlines()
