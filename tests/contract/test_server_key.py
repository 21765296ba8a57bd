"""A database is served under the secret that it was written with, and under no other."""

from pathlib import Path

import pytest

from bcdesk.server.folder import PlaceError
from bcdesk.server.place import opened
from bcdesk.server.server_secret import KEY_FILE, VARIABLE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a data folder whose database was written under the key beside it."""
    with opened(tmp_path) as place:
        assert place.secret.mark not in repr(place)
    return tmp_path


def test_that_the_same_key_opens_it_again_from_file_or_environment(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = (folder / KEY_FILE).read_bytes()
    with opened(folder) as place:
        pepper = place.secret.pepper
    (folder / KEY_FILE).unlink()
    monkeypatch.setenv(VARIABLE, key.hex())
    with opened(folder) as place:
        assert place.secret.pepper == pepper


def test_that_a_lost_key_is_said_and_none_is_made_in_its_place(folder: Path) -> None:
    (folder / KEY_FILE).unlink()
    with pytest.raises(PlaceError, match="missing"), opened(folder):
        pass
    assert not (folder / KEY_FILE).exists()


@pytest.mark.parametrize("in_the_environment", [False, True])
def test_that_another_key_does_not_open_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, in_the_environment: bool
) -> None:
    if in_the_environment:
        monkeypatch.setenv(VARIABLE, "ab" * 32)
    else:
        (folder / KEY_FILE).write_bytes(b"\xab" * 32)
    with pytest.raises(PlaceError, match="not the one") as refused, opened(folder):
        pass
    assert "abab" not in str(refused.value)


def test_that_a_key_file_that_is_none_is_said_in_a_line(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).mkdir()
    with pytest.raises(PlaceError, match="cannot be used"), opened(tmp_path):
        pass
