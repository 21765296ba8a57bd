"""A session of its own for a suite: folders, message bus and a real, unlocked Secret Service; gone afterwards."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

TOP = Path(__file__).resolve().parents[3]
INSIDE = "BCDESK_TEST_SESSION"
XDG_FOLDERS = ("CACHE_HOME", "CONFIG_HOME", "DATA_HOME", "RUNTIME_DIR", "STATE_HOME")
_OPEN = 'printf "%s" session | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec "$@"'


def missing() -> str | None:
    """Name the program that such a session lacks on this machine, or None."""
    return next((one for one in ("dbus-run-session", "gnome-keyring-daemon") if shutil.which(one) is None), None)


def inside() -> bool:
    """Tell whether this process runs in such a session."""
    return INSIDE in os.environ


def run_inside(module: str, arguments: Sequence[str], *, seconds: float | None = None) -> int:
    """Run ``python -m module`` in a new session and return its exit code."""
    with environment() as env:
        command = [*before(), sys.executable, "-m", module, *arguments]
        process = subprocess.Popen(command, cwd=TOP, env=env, start_new_session=True)
        try:
            return process.wait(seconds)
        finally:
            if process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, 9)
                process.wait()


def before() -> list[str]:
    """Return what to put before a command so that it has a bus and an unlocked keyring."""
    return ["dbus-run-session", "--", "sh", "-c", _OPEN, "sh"]


@contextlib.contextmanager
def environment() -> Iterator[dict[str, str]]:
    """Yield an environment whose folders are fresh and which knows no session but its own."""
    env = {name: value for name, value in os.environ.items() if name not in ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY")}
    env["QT_QPA_PLATFORM"] = "offscreen"
    env[INSIDE] = "1"
    with tempfile.TemporaryDirectory(prefix="bcdesk-session-", ignore_cleanup_errors=True) as home:
        for name in XDG_FOLDERS:
            folder = Path(home) / name.lower()
            folder.mkdir(mode=0o700)
            env[f"XDG_{name}"] = str(folder)
        env["HOME"] = str(Path(home) / "data_home")
        env["TMPDIR"] = str(Path(home) / "cache_home")
        yield env
