"""Compares two builds file by file: what is in one alone, and what differs in content, in kind or in rights."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from devlib import terminal

CHUNK = 1 << 20


def command(arguments: list[str]) -> int:
    """Prints each difference between two folders and returns 0 where there is none."""
    if len(arguments) != 2 or not all(Path(one).is_dir() for one in arguments):
        raise terminal.Stop("usage: python3 packaging/dev.py compare FOLDER FOLDER", code=2)
    one, other = map(Path, arguments)
    found = differences(one, other)
    for line in found:
        terminal.say(line)
    terminal.say(f"{len(entries(one) | entries(other))} entries compared, {len(found)} differ")
    return 1 if found else 0


def differences(one: Path, other: Path) -> list[str]:
    """Returns a line for each difference between two folders, by name."""
    first, second = entries(one), entries(other)
    lines = [(name, f"only in {one if name in first else other}: {name}") for name in first ^ second]
    lines += [(name, f"{why}: {name}") for name in first & second if (why := _difference(one / name, other / name))]
    return [line for _, line in sorted(lines)]


def entries(folder: Path) -> set[str]:
    """Returns the places of all that lies in a folder: files, links and folders."""
    return {one.relative_to(folder).as_posix() for one in folder.rglob("*")}


def _difference(one: Path, other: Path) -> str | None:
    first, second = one.lstat(), other.lstat()
    if stat.S_IFMT(first.st_mode) != stat.S_IFMT(second.st_mode):
        return "another kind"
    if stat.S_ISLNK(first.st_mode):
        return None if os.readlink(one) == os.readlink(other) else "another target"
    if first.st_mode != second.st_mode:
        return f"rights {stat.S_IMODE(first.st_mode):o} and {stat.S_IMODE(second.st_mode):o}"
    if not stat.S_ISREG(first.st_mode):
        return None
    if first.st_size != second.st_size:
        return f"{first.st_size} and {second.st_size} bytes"
    return _first_byte(one, other)


def _first_byte(one: Path, other: Path) -> str | None:
    """Returns which byte two files of the same size differ in first."""
    place = 0
    with one.open("rb") as first, other.open("rb") as second:
        while chunk := first.read(CHUNK):
            against = second.read(CHUNK)
            if chunk != against:
                place += next(number for number, (a, b) in enumerate(zip(chunk, against, strict=True)) if a != b)
                return f"differs from byte {place}"
            place += len(chunk)
    return None
