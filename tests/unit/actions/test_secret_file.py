"""A secret's file: its mode, its form, what it never overwrites, and where it should not lie."""

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from bcdesk.actions.secret_file import Form, NotSavedError, Trouble, content, risk_of, write
from bcdesk.contract.key_format import generate


def test_that_an_env_file_holds_one_line_and_a_bare_file_the_value_alone(tmp_path: Path) -> None:
    value = generate("sandbox")
    write(tmp_path / "a.env", value, Form.ENV)
    write(tmp_path / "a.key", value, Form.BARE)
    assert (tmp_path / "a.env").read_text() == f"BEATCONNECT_API_KEY={value}\n"
    assert (tmp_path / "a.key").read_text() == value
    assert content(value, Form.BARE) == value.encode()


def test_that_only_its_owner_can_read_it_whatever_the_mask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write(tmp_path / "open.env", generate("live"), Form.ENV)
        os.umask(0o277)
        write(tmp_path / "tight.env", generate("live"), Form.ENV)
    finally:
        os.umask(before)
    for name in ("open.env", "tight.env"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_that_a_file_which_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "mine.env"
    path.write_text("SOMETHING=else\n")
    with pytest.raises(NotSavedError) as caught:
        write(path, generate("live"), Form.ENV)
    assert caught.value.trouble is Trouble.EXISTS
    assert path.read_text() == "SOMETHING=else\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine.env"]


def test_that_a_link_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    (tmp_path / "link.env").symlink_to(target)
    with pytest.raises(NotSavedError) as caught:
        write(tmp_path / "link.env", generate("live"), Form.ENV)
    assert caught.value.trouble is Trouble.EXISTS
    assert not target.exists()


@pytest.mark.parametrize(("name", "trouble"), [("none/x.env", Trouble.NO_FOLDER), ("file/x.env", Trouble.NO_FOLDER)])
def test_that_a_missing_folder_is_said(tmp_path: Path, name: str, trouble: Trouble) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotSavedError) as caught:
        write(tmp_path / name, generate("live"), Form.ENV)
    assert caught.value.trouble is trouble


def test_that_a_write_that_fails_midway_leaves_nothing_and_says_neither_path_nor_value(tmp_path: Path) -> None:
    value = generate("live")
    path = tmp_path / "key.env"
    script = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from bcdesk.actions.secret_file import Form, NotSavedError, write\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4, 4))\n"
        "try:\n"
        "    write(Path(sys.argv[1]), sys.stdin.read(), Form.ENV)\n"
        "except NotSavedError as error:\n"
        "    raise SystemExit(f'{error!r} {error.__cause__}')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        input=value,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1
    assert "NotSavedError('failed')" in done.stderr
    assert value not in done.stderr
    assert str(path) not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_that_a_git_work_tree_is_warned_of_from_any_depth(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path / "shop")], check=True)
    deep = tmp_path / "shop" / "server" / "conf"
    deep.mkdir(parents=True)
    risk = risk_of(deep / "key.env")
    assert risk is not None
    assert (risk.kind, risk.root) == ("git", (tmp_path / "shop").resolve())


def test_that_a_linked_work_tree_counts_as_one(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: elsewhere\n")
    risk = risk_of(tmp_path / "key.env")
    assert risk is not None
    assert risk.kind == "git"


@pytest.mark.parametrize(
    "name",
    [
        "OneDrive",
        "OneDrive - Studio",
        "Dropbox",
        "Dropbox (Personal)",
        "Google Drive",
        "iCloud Drive",
        "GoogleDrive-me",
    ],
)
def test_that_a_synced_folder_is_warned_of(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name / "keys"
    folder.mkdir(parents=True)
    risk = risk_of(folder / "key.env")
    assert risk is not None
    assert risk.kind == "synced"


def test_that_a_link_into_a_synced_folder_is_seen_through(tmp_path: Path) -> None:
    (tmp_path / "Dropbox").mkdir()
    (tmp_path / "plain").symlink_to(tmp_path / "Dropbox")
    assert risk_of(tmp_path / "plain" / "key.env") is not None


def test_that_an_ordinary_folder_is_not_warned_of(tmp_path: Path) -> None:
    (tmp_path / "onedrivers").mkdir()
    assert risk_of(tmp_path / "onedrivers" / "key.env") is None


@pytest.mark.skipif(not hasattr(os, "fchmod"), reason="modes are POSIX")
def test_that_a_disk_without_modes_is_refused_and_keeps_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_descriptor: int, _mode: int) -> None:
        raise PermissionError(errno.EPERM, "no modes here")

    monkeypatch.setattr(os, "fchmod", refuse)
    with pytest.raises(NotSavedError) as refused:
        write(tmp_path / "shop.env", "bca_live_x", Form.ENV)
    assert refused.value.trouble is Trouble.NOT_ALLOWED
    assert list(tmp_path.iterdir()) == []
