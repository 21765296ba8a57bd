"""Makes what people install from dist/bcdesk, the list of its parts, and the sums of all; see docs/packaging.md."""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Callable
from pathlib import Path

from devlib import installers_linux, installers_macos, installers_parts, installers_windows, places, terminal

SUMS = "SHA256SUMS"
MAKERS: dict[str, Callable[[Path], Path]] = {
    "deb": lambda payload: installers_linux.package("deb", payload),
    "rpm": lambda payload: installers_linux.package("rpm", payload),
    "setup": installers_windows.setup,
    "dmg": installers_macos.dmg,
    "sbom": installers_parts.bill,
}
USUAL = {"linux": ("deb", "rpm", "sbom"), "win32": ("setup", "sbom"), "darwin": ("dmg", "sbom")}


def command(arguments: list[str]) -> int:
    """Makes the installers of this system, or those that are named, and writes the sums of all that lie in dist."""
    parser = argparse.ArgumentParser("dev.py installers")
    usual = USUAL.get(sys.platform, ())
    parser.add_argument(
        "kinds", nargs="*", metavar="KIND", help=f"some of {', '.join(MAKERS)}; else {', '.join(usual)}"
    )
    parser.add_argument("--payload", type=Path, help="the frozen program, where it is not in dist")
    options = parser.parse_args(arguments)
    if foreign := set(options.kinds).difference(MAKERS):
        parser.error(f"there is no installer of the kind {min(foreign)}")
    for kind in options.kinds or usual:
        payload = (options.payload or places.DIST / ("bcdesk.app" if kind == "dmg" else "bcdesk")).resolve()
        if not payload.is_dir():
            raise terminal.Stop(f"There is no {payload}: python3 packaging/dev.py package")
        file = MAKERS[kind](payload)
        terminal.say(f"{file.name}  {file.stat().st_size / 2**20:.1f} MiB")
    sums(places.DIST)
    return 0


def sums_command(arguments: list[str]) -> int:
    """Sums what lies in dist, wherever it was made."""
    if arguments:
        raise terminal.Stop("usage: python3 packaging/dev.py sums", code=2)
    terminal.say(sums(places.DIST).name)
    return 0


def sums(folder: Path) -> Path:
    """Writes the SHA-256 sums of the files of a folder, in the form that `sha256sum --check` reads."""
    files = sorted(file for file in folder.iterdir() if file.is_file() and file.name != SUMS)
    lines = []
    for file in files:
        with file.open("rb") as stream:
            lines.append(f"{hashlib.file_digest(stream, 'sha256').hexdigest()}  {file.name}\n")
    target = folder / SUMS
    target.write_text("".join(lines), encoding="utf-8", newline="\n")
    return target
