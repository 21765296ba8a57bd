"""Settings survive a torn file, a newer version's members and a crash while they are written."""

import json
import os
import stat
import sys
from pathlib import Path

import pytest

from bcdesk import settings
from bcdesk.settings import Settings


def test_that_settings_come_back_as_they_were_saved(tmp_path: Path) -> None:
    saved = Settings(tmp_path, theme="dark", geometry="opaque ÿ", columns="name:200")
    settings.save(saved)
    assert settings.load(tmp_path) == saved


def test_that_numbers_and_switches_come_back(tmp_path: Path) -> None:
    saved = Settings(
        tmp_path, clipboard_seconds=60, lock_minutes=0, offline_days=7, protect_reveal=False, vault_choice="memory"
    )  # fmt: skip
    settings.save(saved)
    assert settings.load(tmp_path) == saved


def test_that_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert settings.load(tmp_path) == Settings(tmp_path)
    assert not (tmp_path / "desk").exists()


def test_that_members_of_a_newer_version_are_kept(tmp_path: Path) -> None:
    settings.save(Settings(tmp_path))
    file = tmp_path / "desk" / "settings.json"
    file.write_text(json.dumps({"theme": "dark", "later": {"a": [1]}}))
    settings.save(settings.load(tmp_path).with_changes(theme="light"))
    members = json.loads(file.read_text())
    assert members["later"] == {"a": [1]}
    assert members["theme"] == "light"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"null", b'{"theme":', b"[" * 100_000])
def test_that_an_unreadable_file_is_set_aside(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "settings.json").write_bytes(content)
    assert settings.load(tmp_path) == Settings(tmp_path)
    assert [file.name.split("-")[0] for file in (tmp_path / "desk").iterdir()] == ["settings.json.unreadable"]


@pytest.mark.parametrize(
    "members",
    [
        {"theme": "purple"},
        {"theme": 3},
        {"geometry": None, "columns": {}},
        {"clipboard_seconds": 0},
        {"clipboard_seconds": True},
        {"lock_minutes": -1, "offline_days": 91},
        {"lock_minutes": 10.5, "vault_choice": "plain", "protect_reveal": 1},
    ],
)
def test_that_a_member_of_the_wrong_kind_takes_its_default(tmp_path: Path, members: dict[str, object]) -> None:
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "settings.json").write_text(json.dumps(members))
    assert settings.load(tmp_path) == Settings(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")
def test_that_only_the_owner_can_read_the_settings(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        settings.save(Settings(tmp_path / "new"))
    finally:
        os.umask(before)
    file = tmp_path / "new" / "desk" / "settings.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_that_a_failed_save_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.save(Settings(tmp_path, theme="dark"))

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="space"):
        settings.save(Settings(tmp_path, theme="light"))
    assert settings.load(tmp_path).theme == "dark"
    assert [file.name for file in (tmp_path / "desk").iterdir()] == ["settings.json"]


def test_that_server_and_desk_have_folders_of_their_own(tmp_path: Path) -> None:
    chosen = Settings(tmp_path)
    assert (chosen.server_dir, chosen.desk_dir) == (tmp_path / "server", tmp_path / "desk")
    assert settings.default_data_dir().name == "bcdesk"
