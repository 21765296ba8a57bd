"""The program that signs release notes: what it signs the desk believes, and its private key stays outside."""

import base64
import json
import os
import stat
from pathlib import Path

import pytest

from bcdesk.client.release_keys import KEYS_MOST, read
from bcdesk.client.releases import opened
from devlib import places, release_note, terminal
from tests.unit.client.releasing import KEY, NEXT_KEY, base64_of


def key_in(folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[Path, str]:
    """Make a private key, and return its file and the public key as it is printed."""
    file = folder / "key.pem"
    assert release_note.main(["key", str(file)]) == 0
    return file, capsys.readouterr().out.split()[1]


def signed(folder: Path, key: Path, *more: str) -> Path:
    (folder / "new.txt").write_text("What is new.", encoding="utf-8")
    (folder / "bcdesk.deb").write_bytes(b"abc")
    download = ("linux-amd64-deb", str(folder / "bcdesk.deb"), "https://releases.example/bcdesk.deb")
    out = folder / "release.json"
    words = ["sign", "--version", "0.2.0", "--notes", str(folder / "new.txt"), "--download", *download]
    assert release_note.main([*words, "--key", str(key), "--out", str(out), *more]) == 0
    return out


def test_that_a_note_that_is_signed_is_one_that_the_desk_reads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, public = key_in(tmp_path, capsys)
    out = signed(tmp_path, file, "--minimum", "0.1.1", "--days", "30")
    keys = read(json.dumps({"keys": [public]}).encode()).keys
    note = opened(out.read_bytes(), keys)
    download = note.downloads["linux-amd64-deb"]
    assert (note.version, note.minimum, note.notes) == ("0.2.0", "0.1.1", "What is new.")
    assert note.expires - note.released == pytest.approx(30 * 86_400)
    assert (download.size, download.sha256[:8]) == (3, "ba7816bf")  # FIPS 180-2, B.1
    assert release_note.main(["show", str(out), "--public", public]) == 0
    assert "bcdesk.deb" in capsys.readouterr().out


def test_that_a_private_key_is_its_owners_alone_and_never_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, _ = key_in(tmp_path, capsys)
    if not places.ON_WINDOWS:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    with pytest.raises(terminal.Stop, match="left as it is"):
        release_note.make_key(file)
    assert file.read_bytes() == before


def test_that_no_private_key_is_made_in_a_checkout() -> None:
    with pytest.raises(terminal.Stop, match="no place in a checkout"):
        release_note.make_key(places.TOP / "build" / "key.pem")


def test_that_a_key_under_a_passphrase_opens_with_it_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(release_note.PASSPHRASE, "an awkward phrase")
    private = release_note.make_key(tmp_path / "key.pem")
    env = {release_note.PRIVATE: (tmp_path / "key.pem").read_text("ascii")}
    with pytest.raises(terminal.Stop, match="cannot be read"):
        release_note.private_keys([], env)
    found = release_note.private_keys([], {**env, release_note.PASSPHRASE: "an awkward phrase"})
    assert [release_note.public_of(one) for one in found] == [release_note.public_of(private)]


def test_that_the_keys_of_a_change_are_read_from_the_environment_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        texts.append(key_in(tmp_path / name, capsys)[0].read_text("ascii"))
    assert len(release_note.private_keys([], {release_note.PRIVATE: "".join(texts)})) == 2
    with pytest.raises(terminal.Stop, match="There is no private key"):
        release_note.private_keys([], {})


@pytest.mark.parametrize("more", [["--days", "401"], ["--days", "0"], ["--version", "2"], ["--minimum", "two"]])
def test_that_what_the_desk_would_refuse_is_not_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    file, _ = key_in(tmp_path, capsys)
    with pytest.raises(terminal.Stop):
        signed(tmp_path, file, *more)
    assert not (tmp_path / "release.json").exists()


def test_that_a_build_is_given_its_keys_and_address_by_the_environment(tmp_path: Path) -> None:
    public = [base64_of(one.public) for one in (KEY, NEXT_KEY)]
    env = {release_note.PUBLIC: ", ".join(public), release_note.ADDRESS: " https://releases.example/release.json "}
    found = read(release_note.build_file(tmp_path / "build", env).read_bytes())
    assert found.keys == (KEY, NEXT_KEY)
    assert found.address == "https://releases.example/release.json"
    none = read(release_note.build_file(tmp_path / "build", {}).read_bytes())
    assert (none.keys, none.address) == ((), "")


def test_that_a_build_with_a_key_that_is_none_fails(tmp_path: Path) -> None:
    short = base64.b64encode(os.urandom(31)).decode()
    with pytest.raises(ValueError, match="32 bytes"):
        release_note.build_file(tmp_path, {release_note.PUBLIC: short})
    many = " ".join(base64_of(os.urandom(32)) for _ in range(KEYS_MOST + 1))
    with pytest.raises(ValueError, match="at most two"):
        release_note.build_file(tmp_path, {release_note.PUBLIC: many})


def test_that_no_private_key_lies_in_the_repository() -> None:
    mark = b"-----BEGIN " + b"PRIVATE KEY"
    folders = ("bcdesk", "packaging", "tests", "docs")
    files = [file for folder in folders for file in (places.TOP / folder).rglob("*") if file.is_file()]
    assert [file.name for file in files if mark in file.read_bytes()] == []
