"""The frozen program's own metadata read as an installer's would, and the terms of each library go along."""

import re
from importlib import metadata
from pathlib import Path

import pytest

from devlib import notices, places


def test_that_own_metadata_name_every_dependency_and_the_licence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "FOLDER", tmp_path)
    notices.write_own("7.8.9")
    (known,) = metadata.distributions(path=[str(tmp_path)])
    installed = metadata.distribution("bcdesk")
    assert (known.metadata["Name"], known.version) == ("bcdesk", "7.8.9")
    assert known.metadata["License-Expression"] == installed.metadata["License-Expression"]
    assert needs(known) == needs(installed)
    licence = next(one for one in known.files or () if one.name == "LICENSE")
    assert licence.read_text() == (places.TOP / "LICENSE").read_text(encoding="utf-8")


def needs(known: metadata.Distribution) -> set[str]:
    """Return what a library needs; installers write the bounds of a version in an order of their own."""
    found = [re.split(r"(?=[<>=])", one, maxsplit=1) for one in known.requires or () if "extra ==" not in one]
    return {f"{name.lower()} {sorted(bounds.split(','))}" for name, bounds in found}


def test_that_terms_and_metadata_are_taken_and_nothing_else_of_a_library() -> None:
    taken = [(Path(source).name, folder) for source, folder in notices.datas(["httpx", "keyring", "cryptography"])]
    folders = {folder.split("/")[0].split("-")[0] for _, folder in taken}
    assert folders >= {"licences", "httpx", "keyring", "cryptography"}
    names = {name for name, folder in taken if ".dist-info" in folder and not folder.startswith("bcdesk")}
    assert "METADATA" in names
    assert "entry_points.txt" in names, "keyring finds its backends by it"
    assert not {"RECORD", "INSTALLER", "WHEEL", "top_level.txt"} & names
    assert any("licen" in name.lower() for name in names)
