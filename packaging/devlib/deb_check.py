"""Installs the .deb in a system with nothing else, starts it as people do, removes it, and sees what is left."""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import tempfile
import time
from pathlib import Path

from devlib import places, terminal

INSIDE = places.TOP / "packaging" / "linux" / "deb-check.sh"
# A root of its own, not a chroot: the kernel gives programs in one no user namespaces, and so Chromium no sandbox.
ENTER = """
mount --make-rprivate / && mount --bind "$0" "$0" && cd "$0" &&
mount -t proc proc proc && mount -t sysfs sys sys && mount --rbind /dev dev && mount -t tmpfs run run &&
mkdir -p old && pivot_root . old && umount -l /old && rmdir /old && exec /usr/bin/env -i \
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME=/root "$@"
"""
PASSED_ON = ("http_proxy", "https_proxy", "no_proxy")
RELEASE_FILE = Path("/etc/os-release")


def command(arguments: list[str]) -> int:
    """Checks dist/*.deb, or the one that is named; as root, with debootstrap and a mirror of this system's release."""
    parser = argparse.ArgumentParser("dev.py deb-check")
    parser.add_argument("deb", nargs="?", type=Path)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="leave the system there; use it again where it exists")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="keep what the display showed (XWD)")
    options = parser.parse_args(arguments)
    deb = options.deb or next(iter(sorted(places.DIST.glob("*.deb"))), None)
    if deb is None or not deb.is_file():
        raise terminal.Stop("There is no .deb: python3 packaging/dev.py installers")
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        raise terminal.Stop("This needs root and debootstrap: it makes a whole system.", code=2)
    if options.keep is not None:
        return check(deb, options.keep, options.picture)
    with tempfile.TemporaryDirectory(prefix="bcdesk-clean-") as name:
        return check(deb, Path(name) / "root", options.picture)


def check(deb: Path, root: Path, picture: Path | None) -> int:
    """Makes a system in a folder where there is none, checks a package in it, and returns the exit code."""
    started = time.monotonic()
    if not (root / "etc" / "debian_version").exists():
        suite, mirror, components = release()
        terminal.say(f"Making a minimal {suite} (a minute or two)")
        terminal.quietly(
            ["debootstrap", "--variant=minbase", f"--components={','.join(components)}", suite, root, mirror]
        )
    shutil.copyfile("/etc/resolv.conf", root / "etc" / "resolv.conf")
    shutil.copyfile(deb, root / "tmp" / "bcdesk.deb")
    shutil.copyfile(INSIDE, root / "tmp" / "check.sh")
    (root / "tmp" / "screen.xwd").unlink(missing_ok=True)
    passed_on = [f"{name}={os.environ[name]}" for name in PASSED_ON if name in os.environ]
    code = terminal.code_of(
        ["unshare", "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child", "sh", "-c", ENTER, root,
         *passed_on, "sh", "tmp/check.sh"]
    )  # fmt: skip
    if picture is not None and (root / "tmp" / "screen.xwd").exists():
        shutil.copyfile(root / "tmp" / "screen.xwd", picture)
    terminal.say(f"deb-check     {time.monotonic() - started:7.1f} s{'  FAILED' if code else ''}")
    return code


def release() -> tuple[str, str, list[str]]:
    """Returns this system's release, where apt fetches it from, and the parts of it that hold free software."""
    words = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', RELEASE_FILE.read_text(encoding="utf-8"), re.MULTILINE))
    suite = words["VERSION_CODENAME"]
    code, said = terminal.output_of(["apt-get", "indextargets", "--format", "$(CODENAME) $(COMPONENT) $(REPO_URI)"])
    mirrors = [line.split()[2] for line in said.splitlines() if line.startswith(f"{suite} main ")]
    if code or not mirrors:
        raise terminal.Stop(f"apt knows no mirror of {suite} ({platform.machine()}).")
    return suite, mirror(mirrors[0]), ["main", "universe"] if words["ID"] == "ubuntu" else ["main"]


def mirror(address: str) -> str:
    """Returns an address that debootstrap understands: of a list of mirrors the first."""
    if address.startswith("mirror+file:"):
        lines = Path(address.removeprefix("mirror+file:")).read_text(encoding="utf-8").splitlines()
        return next(line.split()[0] for line in lines if line.startswith("http"))
    return address
