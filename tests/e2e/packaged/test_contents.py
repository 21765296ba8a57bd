"""What lies in the frozen program, and what must not: by name, by licence, by need, by size."""

import os
import shutil
import stat
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from functools import cache
from pathlib import Path

import pytest

from devlib import trim
from tests.e2e.packaged.frozen import DESK, FOLDER, INSIDE

MOST_BYTES = 430 * 2**20
GPL_ALONE = (
    "charts", "datavisualization", "graphs", "virtualkeyboard", "httpserver", "networkauth", "quick3d", "quicktimeline",
    "shadertools", "lottie", "coap", "mqtt", "readline",
)  # fmt: skip
LIBC = ("libc.so", "libm.so", "libdl.so", "libpthread.so", "librt.so", "libresolv.so", "libutil.so", "ld-linux")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="libraries are looked up so on Linux")


@cache
def files() -> dict[str, Path]:
    """Return the files of the program by their place in it."""
    return {one.relative_to(FOLDER).as_posix(): one for one in sorted(FOLDER.rglob("*")) if not one.is_dir()}


def inside() -> dict[str, Path]:
    return {one.relative_to(INSIDE).as_posix(): one for one in sorted(INSIDE.rglob("*")) if not one.is_dir()}


def test_that_nothing_is_there_that_was_to_be_left_out() -> None:
    assert not {name: why for name in inside() if (why := trim.unwanted(name))}


def test_that_nothing_is_there_that_is_under_the_gpl_alone() -> None:
    found = [name for name in files() if any(word in name.lower() for word in GPL_ALONE)]
    assert not [name for name in found if not name.startswith("_internal/licences/")]


def test_that_no_tests_no_sources_and_no_debugging_lie_in_it() -> None:
    wanted = ("bcdesk/server/migrations/",)
    for name in inside():
        parts = Path(name).parts
        assert not {"__pycache__", "tests", "test"} & set(parts), name
        assert not name.endswith((".pyi", ".h", ".cpp", ".a", ".debug", ".pdb", ".map")), name
        assert not name.endswith(".py") or name.startswith(wanted), name


def test_that_it_is_as_small_as_it_should_be() -> None:
    sizes = {name: one.lstat().st_size for name, one in files().items() if not one.is_symlink()}
    assert sum(sizes.values()) <= MOST_BYTES, Counter(sizes).most_common(10)


def test_that_every_name_is_one_on_every_system() -> None:
    names = Counter(name.lower() for name in files())
    assert not [name for name, count in names.items() if count > 1]
    assert not [name for name in names if set(name) & set('<>:"|?*\\') or not name.isascii()]
    assert max(map(len, names)) < 150, "with the folder that it is installed in it fits in Windows' 260"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_that_nobody_else_may_write_in_it_and_links_stay_in_it() -> None:
    for name, one in files().items():
        if one.is_symlink():
            assert FOLDER in one.resolve(strict=True).parents, name
            assert not os.path.isabs(os.readlink(one)), name
        else:
            assert not one.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH | stat.S_ISUID | stat.S_ISGID), name
    assert os.access(DESK, os.X_OK)


def test_that_each_library_says_its_version_and_terms() -> None:
    licences = {one.name for one in (INSIDE / "licences").iterdir()}
    assert licences == {"README.txt", "LGPL-3.0.txt", "GPL-3.0.txt"}
    told = {str(about["Name"]).lower(): about for about in metadata()}
    assert {"bcdesk", "pyside6-essentials", "pyside6-addons", "shiboken6", "fastapi", "sqlcipher3", "httpx"} <= {
        name.replace("_", "-") for name in told
    }
    assert (INSIDE / "LICENSE").is_file()


def metadata() -> Iterator[Message]:
    for one in INSIDE.glob("*.dist-info/METADATA"):
        yield message_from_bytes(one.read_bytes())


@LINUX
@pytest.mark.skipif(shutil.which("objdump") is None, reason="needs binutils")
def test_that_what_it_takes_from_the_system_is_what_its_packages_ask_for() -> None:
    there = {Path(name).name for name in files()}
    wanted: dict[str, str] = {}
    for name, needs in needed():
        wanted |= {library: name for library in needs if library not in there and not library.startswith(LIBC)}
    assert wanted.keys() <= trim.OF_THE_SYSTEM.keys(), {
        one: wanted[one] for one in wanted if one not in trim.OF_THE_SYSTEM
    }
    assert trim.OF_THE_SYSTEM.keys() <= wanted.keys(), "the packages ask for more than is needed"


@LINUX
@pytest.mark.skipif(shutil.which("objdump") is None, reason="needs binutils")
def test_that_no_library_lies_in_it_without_a_need() -> None:
    wanted = {library for _, needs in needed() for library in needs}
    libraries = [
        one for name, one in inside().items()
        if Path(name).parent.as_posix() in trim.LIBRARY_FOLDERS and one.name.startswith("lib") and not one.is_symlink()
    ]  # fmt: skip
    assert len(libraries) > 50
    assert not [one.name for one in libraries if one.name not in wanted and not one.name.startswith(trim.OPENED)]


def is_elf(file: Path) -> bool:
    """Tell whether a file is a program or a library of Linux."""
    with file.open("rb") as stream:
        return stream.read(4) == b"\x7fELF"


@cache
def needed() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return each program and library with what it is linked against."""
    found = []
    for name, one in files().items():
        if one.is_symlink() or not one.is_file() or not is_elf(one):
            continue
        said = subprocess.run(["objdump", "-p", one], capture_output=True, text=True, check=True).stdout
        found.append((name, tuple(line.split()[1] for line in said.splitlines() if line.split()[:1] == ["NEEDED"])))
    return tuple(found)
