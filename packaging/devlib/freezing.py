"""Freezes bcdesk into dist/bcdesk with PyInstaller, in an environment that holds nothing else; tells what is large."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

from devlib import places, setup, terminal

ENVIRONMENT = places.BUILD / "venv"
ICONS = places.BUILD / "icon"
SPEC = places.TOP / "packaging" / "bcdesk.spec"
LARGEST = 10
ICON_SIZES = (16, 24, 32, 48, 64, 128, 256, 512)


def package(arguments: list[str]) -> int:
    """Makes dist/bcdesk/bcdesk from this checkout."""
    if arguments:
        raise terminal.Stop("usage: python3 packaging/dev.py package", code=2)
    setup.system_packages("run", fresh=True)
    _environment()
    started = time.monotonic()
    _icons()
    if places.ON_WINDOWS:
        for name, about in (("bcdesk", "bcdesk"), ("bcdesk-cli", "bcdesk for the console")):
            resource = _version_resource(version(), name, about)
            (places.BUILD / f"{name}.version").write_text(resource, encoding="utf-8")
    shutil.rmtree(places.DIST / "bcdesk", ignore_errors=True)
    command: list[str | Path] = [
        tool("python"), "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN",
        "--distpath", places.DIST, "--workpath", places.BUILD / "pyinstaller", SPEC,
    ]  # fmt: skip
    chosen = {
        "PYTHONHASHSEED": "0",  # the order of sets would otherwise be in the archive
        "SOURCE_DATE_EPOCH": commit_time(),  # and the time of day
        "PYINSTALLER_ZLIB_COMPRESSION_LEVEL": "0",  # a package presses modules by half again, and they load sooner
    }
    terminal.run(command, cwd=places.TOP, env=os.environ | chosen)
    if places.ON_LINUX:
        _strip()
    terminal.say(f"dist/bcdesk is ready ({time.monotonic() - started:.0f} s).")
    report(places.DIST / "bcdesk")
    return 0


def version() -> str:
    """Returns the version that the sources name."""
    text = (places.TOP / "bcdesk" / "__init__.py").read_text(encoding="utf-8")
    return text.split('__version__ = "', 1)[1].split('"', 1)[0]


def report(folder: Path) -> None:
    """Prints how large a folder is, and its largest parts."""
    sizes = {file: file.lstat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink()}
    terminal.say(f"{sum(sizes.values()) / 2**20:8.1f} MiB in {len(sizes)} files")
    for file in sorted(sizes, key=lambda one: -sizes[one])[:LARGEST]:
        terminal.say(f"{sizes[file] / 2**20:8.1f} MiB  {file.relative_to(folder).as_posix()}")


def _environment() -> None:
    wanted = hashlib.sha256(places.BUILD_LOCK.read_bytes() + sys.version.encode()).hexdigest()
    stamp = ENVIRONMENT / ".bcdesk-stamp"
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return
    terminal.say("Installing what freezes bcdesk (the first time takes a minute or two)")
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    venv.EnvBuilder(with_pip=True, symlinks=not places.ON_WINDOWS).create(ENVIRONMENT)
    pip: list[str | Path] = [tool("python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    terminal.run([*pip, "--require-hashes", "-r", places.BUILD_LOCK], cwd=places.TOP)
    stamp.write_text(wanted, encoding="ascii")


def tool(name: str) -> Path:
    """Returns the path of a program inside the environment that freezes."""
    return ENVIRONMENT / "Scripts" / f"{name}.exe" if places.ON_WINDOWS else ENVIRONMENT / "bin" / name


def _icons() -> None:
    """Draws the icon of the project in each form that a system asks for."""
    ICONS.mkdir(parents=True, exist_ok=True)
    drawing = places.TOP / "packaging" / "icon" / "draw.py"
    terminal.run(
        [tool("python"), drawing, ICONS, *map(str, ICON_SIZES)], env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    )


def commit_time() -> str:
    """Returns when this commit was made, in seconds since 1970: the time that everything made from it carries."""
    code, said = terminal.output_of(["git", "log", "-1", "--format=%ct"], cwd=places.TOP)
    return said.strip() if code == 0 and said.strip().isdigit() else "1767225600"


def _strip() -> None:
    """Takes the symbols from the libraries that come with them: only a debugger reads those."""
    if shutil.which("strip") is None:
        terminal.say("strip is missing (binutils): the symbols of some libraries stay.")
        return
    inside = places.DIST / "bcdesk" / "_internal"
    for file in sorted(inside.rglob("*.so*")):
        comes_stripped = "PySide6" in file.parts and not file.name.startswith("libicu")
        if file.is_file() and not file.is_symlink() and not comes_stripped:
            subprocess.run(["strip", "--strip-unneeded", file], check=True)


def _version_resource(text: str, name: str, about: str) -> str:
    numbers = (*(int(part) for part in text.split(".")[:3]), 0)
    words = {
        "CompanyName": "bcdesk contributors", "FileDescription": about, "FileVersion": text,
        "InternalName": name, "LegalCopyright": "bcdesk contributors, MIT License",
        "OriginalFilename": f"{name}.exe", "ProductName": "bcdesk", "ProductVersion": text,
    }  # fmt: skip
    entries = ", ".join(f"StringStruct({name!r}, {value!r})" for name, value in words.items())
    return (
        f"VSVersionInfo(ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3f, flags=0x0, OS=0x40004,"
        " fileType=0x1, subtype=0x0, date=(0, 0)), kids=[StringFileInfo([StringTable('040904B0', "
        f"[{entries}])]), VarFileInfo([VarStruct('Translation', [1033, 1200])])])\n"
    )
