"""Presses a .deb smaller than nfpm does: with the filter for its processor, and a dictionary that holds more."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from devlib import terminal

MAGIC = b"!<arch>\n"
HEADER = 60
FILTERS = {"amd64": ["--x86"]}  # the one for arm64 is too new for a dpkg of 2022
# Blocks of one size, however many processors there are: so it is the same file everywhere.
PRESS = ("--threads=0", "--block-size=192MiB", "--check=crc32", "--quiet")
DICTIONARY = "--lzma2=preset=6,dict=64MiB"


def press(deb: Path, architecture: str) -> None:
    """Puts a pressed data.tar.xz in the place of the plain data.tar of a package; xz does it, on all processors."""
    if shutil.which("xz") is None:
        raise terminal.Stop("xz is missing: install xz-utils")
    with tempfile.TemporaryDirectory(dir=deb.parent) as name:
        folder = Path(name)
        files = unpack(deb, folder)
        terminal.run(["xz", *PRESS, *FILTERS.get(architecture, []), DICTIONARY, folder / "data.tar"])
        pack([(f"{one}.xz" if one == "data.tar" else one, header) for one, header in files], folder, folder / "deb")
        (folder / "deb").replace(deb)


def unpack(deb: Path, folder: Path) -> list[tuple[str, bytes]]:
    """Puts the members of a package into a folder, and returns the name and the header of each."""
    found = []
    with deb.open("rb") as whole:
        if whole.read(len(MAGIC)) != MAGIC:
            raise terminal.Stop(f"{deb.name} is no package for Debian")
        while header := whole.read(HEADER):
            name = header[:16].decode("ascii").strip().rstrip("/")
            size = int(header[48:58])
            (folder / name).write_bytes(whole.read(size))
            whole.seek(size % 2, 1)
            found.append((name, header))
    return found


def pack(files: list[tuple[str, bytes]], folder: Path, target: Path) -> None:
    """Writes a package of members in a folder, in their order, with the owners and times of their old headers."""
    with target.open("wb") as out:
        out.write(MAGIC)
        for name, header in files:
            content = (folder / name).read_bytes()
            size = str(len(content)).encode("ascii").ljust(10)
            out.write(name.encode("ascii").ljust(16) + header[16:48] + size + header[58:])
            out.write(content + b"\n" * (len(content) % 2))
