"""Where things lie in a checkout."""

from __future__ import annotations

import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
VENV = TOP / ".venv"
LOCK = TOP / "packaging" / "requirements.lock"
BUILD_LOCK = TOP / "packaging" / "build.lock"
BUILD = TOP / "build"
DIST = TOP / "dist"
PROJECT = TOP / "pyproject.toml"
STAMP = VENV / ".bcdesk-stamp"

ON_WINDOWS = sys.platform == "win32"
ON_LINUX = sys.platform.startswith("linux")


def tool(name: str) -> Path:
    """Returns the path of a program inside the virtual environment."""
    return VENV / "Scripts" / f"{name}.exe" if ON_WINDOWS else VENV / "bin" / name
