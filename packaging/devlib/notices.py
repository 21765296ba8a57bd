"""What a frozen bcdesk carries to say what it is made of: its own metadata, and each library's with its licence."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

from devlib import places

FOLDER = places.BUILD / "metadata"
TEXTS = places.TOP / "packaging" / "licences"
LICENCES = ("licen", "copying", "notice", "authors")


def write_own(version: str) -> Path:
    """Writes bcdesk's own metadata as an installer would, and returns the folder to put on Python's path."""
    project = tomllib.loads(places.PROJECT.read_text(encoding="utf-8"))["project"]
    own = FOLDER / f"bcdesk-{version}.dist-info"
    (own / "licenses").mkdir(parents=True, exist_ok=True)
    lines = [
        "Metadata-Version: 2.4",
        "Name: bcdesk",
        f"Version: {version}",
        f"Summary: {project['description']}",
        f"License-Expression: {project['license']}",
        "License-File: LICENSE",
        *(f"Requires-Dist: {need}" for need in project["dependencies"]),
    ]
    (own / "METADATA").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    (own / "licenses" / "LICENSE").write_bytes((places.TOP / "LICENSE").read_bytes())
    files = ("METADATA", "RECORD", "licenses/LICENSE")
    record = "".join(f"{own.name}/{name},,\n" for name in files)
    (own / "RECORD").write_text(record, encoding="utf-8", newline="\n")
    return FOLDER


def datas(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yields what to take of each installed library's metadata: source, and folder in the bundle."""
    yield str(TEXTS), "licences"
    for name in names:
        known = metadata.distribution(name)
        for file in known.files or ():
            inside = next((part for part in file.parts[:1] if part.endswith(".dist-info")), None)
            if inside is None or not (file.name in ("METADATA", "entry_points.txt") or is_licence(file.parts[1:])):
                continue
            yield str(known.locate_file(file)), file.parent.as_posix()
    for own in sorted(FOLDER.rglob("*")):
        if own.is_file():
            yield str(own), own.parent.relative_to(FOLDER).as_posix()


def is_licence(parts: Iterable[str]) -> bool:
    """Returns whether a file of a library's metadata is about its terms."""
    return any(part.lower().startswith(LICENCES) for part in parts)
