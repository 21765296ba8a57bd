"""Programs of other projects that tests run beside ours: installed once by their lock into a cache, or why not."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path


class NotInstalledError(Exception):
    """Why a program cannot be run here."""


def cache() -> Path:
    """Return the folder in which tests keep what they install; ``BCDESK_TEST_CACHE`` names another one."""
    return Path(os.environ.get("BCDESK_TEST_CACHE") or Path.home() / ".cache" / "bcdesk-tests")


def node() -> str:
    """Return the program that runs scripts; raise `NotInstalledError` where there is none."""
    found = shutil.which("node")
    if found is None or shutil.which("npm") is None:
        raise NotInstalledError("needs node and npm")
    return found


def npm_packages(folder: Path) -> Path:
    """Install what the ``package-lock.json`` of ``folder`` names, the folder's scripts beside it, and return where."""
    node()
    files = [path for path in folder.iterdir() if path.is_file()]  # a script finds its packages beside it
    return _installed(folder, files, lambda _: [["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]])


def python_packages(folder: Path) -> Path:
    """Install what the ``requirements.txt`` of ``folder`` names; return a Python that has it, and no more."""
    place = _installed(
        folder,
        [folder / "requirements.txt"],
        lambda place: [
            [sys.executable, "-m", "venv", "own"],
            [str(_python(place)), "-m", "pip", "install", "-q", "--require-hashes", "-r", "requirements.txt"],
        ],
    )
    return _python(place)


def _python(place: Path) -> Path:
    return place / "own" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def _installed(folder: Path, files: list[Path], commands: Callable[[Path], list[list[str]]]) -> Path:
    """Copy ``files`` into the cache and run ``commands`` there, once for this content of them."""
    content = b"".join(path.name.encode() + path.read_bytes() for path in sorted(files))
    digest = hashlib.sha256(content).hexdigest()[:16]
    place = cache() / f"{folder.name}-{digest}"
    if place.exists():
        return place
    cache().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache()) as name:
        for path in files:
            shutil.copy(path, name)
        for command in commands(Path(name)):
            done = subprocess.run(command, cwd=name, capture_output=True, text=True, timeout=240, check=False)
            if done.returncode != 0:
                raise NotInstalledError(f"{folder.name} could not be installed: {done.stderr.strip()[-300:]}")
        try:
            Path(name).rename(place)
        except OSError:  # another run was faster
            if not place.exists():
                raise
        Path(name).mkdir(exist_ok=True)
    return place
