"""The virtual environment: made once, stamped, and made again when the lock, the project or the Python changes."""

from __future__ import annotations

import contextlib
import ctypes.util
import hashlib
import importlib.util
import shutil
import sys
import time
import venv
from collections.abc import Iterator
from pathlib import Path

from devlib import debian, places, terminal

KINDS = ("run", "test")


def command(arguments: list[str]) -> int:
    """Sets up for running or, by default, for testing."""
    kind = arguments[0] if arguments else "test"
    if kind not in KINDS or len(arguments) > 1:
        raise terminal.Stop("usage: python3 packaging/dev.py setup [run|test]", code=2)
    started = time.monotonic()
    ready(kind)
    terminal.say(f"Ready to {kind} ({time.monotonic() - started:.1f} s).")
    return 0


def ready(kind: str) -> None:
    """Makes this checkout ready to run or test; costs a fraction of a second when it already is."""
    fresh = not up_to_date(places.STAMP, fingerprint())
    system_packages(kind, fresh=fresh)
    if fresh:
        with _alone():
            if not up_to_date(places.STAMP, fingerprint()):
                _make()


def fingerprint() -> str:
    """Returns a hash of all that the virtual environment is made from."""
    whole = hashlib.sha256()
    for part in (places.LOCK.read_bytes(), places.PROJECT.read_bytes()):
        whole.update(hashlib.sha256(part).digest())
    whole.update(f"{sys.implementation.cache_tag} {sys.version} {places.TOP}".encode())
    return whole.hexdigest()


def up_to_date(stamp: Path, wanted: str) -> bool:
    """Returns whether the stamp is this fingerprint and the environment's Python is still there."""
    try:
        return stamp.read_text(encoding="ascii") == wanted and places.tool("python").exists()
    except (OSError, UnicodeDecodeError):
        return False


def system_packages(kind: str, *, fresh: bool) -> None:
    """Sees to the system's libraries where we know how to ask for them, and says so where we do not."""
    if not places.ON_LINUX:
        return
    if debian.is_debian():
        wanted = debian.needs(kind)
        if fresh and importlib.util.find_spec("ensurepip") is None:
            wanted.append(f"python{sys.version_info.major}.{sys.version_info.minor}-venv")
        if lacking := debian.missing(wanted):
            debian.install(lacking)
            importlib.invalidate_caches()
    elif fresh and not ctypes.util.find_library("EGL"):
        terminal.say("Qt needs libEGL, libGL and libxcb-cursor, and they seem to be missing here.")


def _make() -> None:
    started = time.monotonic()
    places.STAMP.unlink(missing_ok=True)
    if not _usable():
        if importlib.util.find_spec("ensurepip") is None:
            raise terminal.Stop("This Python lacks its venv module (ensurepip). Install it, then try again.")
        terminal.say(f"Making {places.VENV.name} with Python {sys.version.split()[0]}")
        shutil.rmtree(places.VENV, ignore_errors=True)
        venv.EnvBuilder(with_pip=True, symlinks=not places.ON_WINDOWS).create(places.VENV)
    pip: list[str | Path] = [places.tool("python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    terminal.say("Installing the locked packages (the first time takes a minute or two)")
    terminal.run([*pip, "--require-hashes", "-r", places.LOCK], cwd=places.TOP)
    terminal.run([*pip, "--no-deps", "--no-index", "--no-build-isolation", "--editable", places.TOP], cwd=places.TOP)
    places.STAMP.write_text(fingerprint(), encoding="ascii")
    terminal.say(f"The environment is ready ({time.monotonic() - started:.0f} s).")


def _usable() -> bool:
    """Returns whether there is an environment of this very Python with pip in it."""
    probe = "import sys, pip; print(sys.version)"
    code, said = terminal.output_of([places.tool("python"), "-c", probe])
    return code == 0 and said.strip() == sys.version.strip()


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Keeps a second set-up of the same checkout waiting until this one is done."""
    if places.ON_WINDOWS:
        yield
        return
    import fcntl

    with (places.TOP / "packaging" / "dev.py").open("rb") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            terminal.say("Another set-up of this checkout is under way; waiting for it.")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
