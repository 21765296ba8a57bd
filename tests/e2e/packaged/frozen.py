"""The frozen program that is tested: where it lies, and how it is run in a world that knows no Python of ours."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

VARIABLE: Final = "BCDESK_FROZEN"
"""Names the folder that was built, or the one that a package installed."""
FOLDER: Final = Path(os.environ.get(VARIABLE, "nowhere")).resolve()
SECONDS: Final = 120
_SUFFIX: Final = ".exe" if sys.platform == "win32" else ""
DESK: Final = FOLDER / f"bcdesk{_SUFFIX}"
CONSOLE: Final = FOLDER / (f"bcdesk-cli{_SUFFIX}" if sys.platform == "win32" else "bcdesk")
INSIDE: Final = FOLDER.parent / "Frameworks" if sys.platform == "darwin" else FOLDER / "_internal"
_OURS: Final = (
    "PYTHON",
    "VIRTUAL_ENV",
    "LD_LIBRARY_PATH",
    "QT_",
    "QML",
    "DBUS_",
    "WAYLAND",
    "DISPLAY",
    "XDG_",
    "BCDESK",
)


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Return an environment with its own folders, no display, no bus, and no word of the Python that tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    home = folder / "home"
    own = {f"XDG_{name}": str(home / name.lower()) for name in ("CACHE_HOME", "CONFIG_HOME", "DATA_HOME", "STATE_HOME")}
    run = folder / "run"
    for place in (*map(Path, own.values()), run):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        kept["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
    return {
        **kept, **own, "HOME": str(home), "XDG_RUNTIME_DIR": str(run), "QT_QPA_PLATFORM": "offscreen",
        "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere", **more,
    }  # fmt: skip


def run(folder: Path, *words: str, **more: Any) -> "subprocess.CompletedProcess[str]":
    """Run a verb of the frozen program to its end, in ``folder``."""
    options: dict[str, Any] = {
        "env": environment(folder), "cwd": folder, "stdin": subprocess.DEVNULL, "capture_output": True, "text": True,
        "timeout": SECONDS,
    }  # fmt: skip
    return subprocess.run([str(CONSOLE), *words], check=False, **(options | more))
