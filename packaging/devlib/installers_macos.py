"""Makes the disk image for macOS: signed from the inside out and notarised where the environment says by whom."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

from devlib import freezing, places, terminal

HERE = places.TOP / "packaging" / "macos"
ENGINE = "QtWebEngineProcess"
AD_HOC = "-"
MACH_O = (b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf")


class Signature(NamedTuple):
    """One call of codesign: what it signs, and what the hardened runtime leaves to it."""

    path: Path
    entitlements: Path | None


def dmg(app: Path) -> Path:
    """Makes the image of a bundle, and returns its file."""
    if not (app / "Contents" / "MacOS" / "bcdesk").is_file():
        raise terminal.Stop(f"{app} was not frozen on macOS")
    if shutil.which("hdiutil") is None:
        raise terminal.Stop("hdiutil is missing: an image is made on macOS")
    identity = os.environ.get("MACOS_IDENTITY", "")
    if not identity:
        terminal.say("Signed for this computer alone, as there is no MACOS_IDENTITY.")
    sign(app, identity or AD_HOC)
    target = places.DIST / f"bcdesk-{freezing.version()}.dmg"
    target.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        terminal.run(["ditto", app, folder / app.name])  # keeps the links of the frameworks
        (folder / "Applications").symlink_to("/Applications")
        shutil.copyfile(HERE / "read-me.txt", folder / "Read me.txt")
        terminal.run(
            ["hdiutil", "create", "-volname", "bcdesk", "-srcfolder", folder, "-fs", "HFS+", "-format", "ULFO", target]
        )
    if identity:
        terminal.run(["codesign", "--force", "--timestamp", "--sign", identity, target])
        _notarise(target)
    return target


def sign(app: Path, identity: str) -> None:
    """Signs all that a bundle holds, each after what lies in it, and checks the whole."""
    hardened = [] if identity == AD_HOC else ["--options", "runtime", "--timestamp"]
    for path, entitlements in inside_out(app):
        more: list[str | Path] = [] if entitlements is None else ["--entitlements", entitlements]
        terminal.quietly(["codesign", "--force", "--sign", identity, *hardened, *more, path])
    terminal.run(["codesign", "--verify", "--deep", "--strict", "--verbose=2", app])


def inside_out(app: Path) -> list[Signature]:
    """Returns what is signed, in order: files of code, then bundles, the deepest first, and the whole at the end."""
    code, bundles = [], [app]
    for path in app.rglob("*"):
        if path.is_symlink():  # nor is what it leads to walked again
            continue
        if path.is_dir():
            if path.suffix == ".app" or _is_framework(path):
                bundles.append(path)
        elif _is_code(path):
            code.append(path)
    mains = {_main(bundle) for bundle in bundles}  # signed as their bundle is
    ordered = [path for path in _deepest_first(code) if path not in mains] + _deepest_first(bundles)
    return [Signature(path, _entitlements(path)) for path in ordered]


def _is_framework(path: Path) -> bool:
    return path.parent.name == "Versions" and path.parent.parent.suffix == ".framework"


def _main(bundle: Path) -> Path:
    if _is_framework(bundle):
        return bundle / bundle.parent.parent.stem
    return bundle / "Contents" / "MacOS" / bundle.stem


def _deepest_first(paths: list[Path]) -> list[Path]:
    return sorted(paths, key=lambda path: (-len(path.parts), path))


def _entitlements(path: Path) -> Path | None:
    if path.stem == ENGINE:
        return HERE / "engine.plist"
    return HERE / "program.plist" if path.suffix == ".app" else None


def _is_code(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) in MACH_O


def _notarise(image: Path) -> None:
    """Has Apple look at the image, and attaches what it said; the key is App Store Connect's."""
    names = ("MACOS_NOTARY_KEY", "MACOS_NOTARY_KEY_ID", "MACOS_NOTARY_ISSUER")
    if lacking := [name for name in names if not os.environ.get(name)]:
        terminal.say(f"Not notarised, as there is no {lacking[0]}: macOS will not open it on another computer.")
        return
    with tempfile.TemporaryDirectory() as name:
        key = Path(name) / "key.p8"
        key.touch(mode=0o600)
        key.write_text(os.environ["MACOS_NOTARY_KEY"], encoding="utf-8")
        words = ["--key-id", os.environ["MACOS_NOTARY_KEY_ID"], "--issuer", os.environ["MACOS_NOTARY_ISSUER"]]
        terminal.run(["xcrun", "notarytool", "submit", image, "--key", key, *words, "--wait"])
    terminal.run(["xcrun", "stapler", "staple", image])
    terminal.run(["spctl", "--assess", "--type", "open", "--context", "context:primary-signature", image])
