"""Programs of the npm registry for tests: installed once by their lock into a cache folder, or the reason why not."""

import hashlib
import os
import shutil
import subprocess
import tempfile
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


def installed(folder: Path) -> Path:
    """Install what the lock in ``folder`` names, its scripts beside it, and return where; again only after a change."""
    node()
    files = sorted(path for path in folder.iterdir() if path.is_file())
    digest = hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in files)).hexdigest()[:16]
    place = cache() / f"{folder.name}-{digest}"
    if place.exists():
        return place
    cache().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache()) as name:
        for path in files:
            shutil.copy(path, name)
        done = subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=name, capture_output=True, text=True, timeout=180, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise NotInstalledError(f"npm could not install it: {done.stderr.strip()[-300:]}")
        try:
            Path(name).rename(place)
        except OSError:  # another run was faster
            if not place.exists():
                raise
        Path(name).mkdir(exist_ok=True)
    return place
