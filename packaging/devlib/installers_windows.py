"""Makes the setup for Windows with NSIS, which runs on Linux too: for one user, and removed file by file."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from devlib import freezing, places, terminal

SCRIPT = places.TOP / "packaging" / "windows" / "bcdesk.nsi"
SIGN = places.TOP / "packaging" / "windows" / "sign.py"
PROGRAMS = ("bcdesk.exe", "bcdesk-cli.exe")


def setup(payload: Path) -> Path:
    """Makes the setup of a payload that was frozen on Windows, and returns its file."""
    if lacking := [name for name in PROGRAMS if not (payload / name).is_file()]:
        raise terminal.Stop(f"{payload} was not frozen on Windows: {lacking[0]} is missing")
    makensis = shutil.which("makensis")
    if makensis is None:
        raise terminal.Stop("makensis is missing: install NSIS 3.08 or newer")
    version, build = freezing.version(), places.BUILD
    build.mkdir(exist_ok=True)
    places.DIST.mkdir(exist_ok=True)
    target = places.DIST / f"bcdesk-{version}-setup.exe"
    target.unlink(missing_ok=True)
    files = build / "setup-files.nsh"
    files.write_text(file_list(payload), encoding="utf-8")
    size = sum(file.stat().st_size for file in payload.rglob("*") if file.is_file())
    words = {
        "VERSION": version,
        "NUMBERS": ".".join([*version.split(".")[:3], "0"]),
        "SIZE": str(size // 1024),
        "ICON": str(freezing.ICONS / "bcdesk.ico"),
        "OUT": str(target),
        "FILES": str(files),
    }
    if os.environ.get("WINDOWS_CERTIFICATE"):
        terminal.run([sys.executable, SIGN, *(payload / name for name in PROGRAMS)])
        words["SIGN"] = f'"{sys.executable}" "{SIGN}"'
    defines = [f"-D{name}={value}" for name, value in words.items()]
    terminal.run(
        [makensis, "-V2", "-WX", "-INPUTCHARSET", "UTF8", *defines, SCRIPT],
        env={**os.environ, "SOURCE_DATE_EPOCH": freezing.commit_time()},
    )
    return target


def file_list(payload: Path) -> str:
    """Returns two macros of NSIS: one puts each file in its place, the other takes the same ones away."""
    install, remove = ["!macro install_files"], ["!macro remove_files"]
    folders = sorted(one for one in payload.rglob("*") if one.is_dir())
    for folder in [payload, *folders]:
        files = sorted(one for one in folder.iterdir() if one.is_file())
        if not files and any(folder.iterdir()):
            continue  # those below it make it
        install.append(f'  SetOutPath "{_there(folder, payload)}"')
        install += [f'  File "{file}"' for file in files]
        remove += [f'  Delete "{_there(file, payload)}"' for file in files]
    remove += [f'  RMDir "{_there(folder, payload)}"' for folder in reversed(folders)]
    return "\n".join([*install, "!macroend", *remove, "!macroend", ""])


def _there(path: Path, payload: Path) -> str:
    return "\\".join(["$INSTDIR", *(part.replace("$", "$$") for part in path.relative_to(payload).parts)])
