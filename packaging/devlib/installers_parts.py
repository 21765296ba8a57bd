"""Writes the list of parts of a frozen program (SBOM, CycloneDX): packages, Python, and each library by its sum."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from devlib import freezing, places, terminal, trim

SYSTEMS = {"win32": "windows", "darwin": "macos"}
LIBRARY = re.compile(r"\.(dll|pyd|dylib|so(\.\d+)*)$", re.IGNORECASE)
FREEZER = "pyinstaller"  # its starter is the program that people start
VALIDATE = """
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
sys.exit(str(JsonStrictValidator(SchemaVersion.V1_6).validate_str(sys.stdin.read()) or "") or 0)
"""


def bill(payload: Path) -> Path:
    """Writes the list of the parts of a payload, checks it against its schema, and returns its file."""
    version = freezing.version()
    system = SYSTEMS.get(sys.platform, "linux")
    target = places.DIST / f"bcdesk-{version}-{system}-{platform.machine().lower()}.cdx.json"
    draft = places.BUILD / "environment.cdx.json"
    terminal.run(
        [
            freezing.tool("cyclonedx-py"), "environment", "--pyproject", places.PROJECT, "--output-reproducible",
            "--sv", "1.6", "--of", "JSON", "-o", draft, freezing.tool("python"),
        ],
        env={**os.environ, "SOURCE_DATE_EPOCH": freezing.commit_time()},
    )  # fmt: skip
    parts = json.loads(draft.read_text(encoding="utf-8"))
    build = tomllib.loads(places.PROJECT.read_text(encoding="utf-8"))["project"]["optional-dependencies"]["build"]
    tools = {plain(re.split(r"[<>=!~\[; ]", need, maxsplit=1)[0]) for need in build}
    shipped(parts, tools, map(plain, trim.EXCLUDED_MODULES))
    parts["metadata"]["component"]["version"] = version
    parts["components"] += [_python(), *libraries(payload)]
    target.write_text(json.dumps(parts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    _validate(target)
    return target


def plain(name: str) -> str:
    """Returns a name of a package as indices compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def shipped(parts: dict[str, Any], tools: Iterable[str], excluded: Iterable[str]) -> None:
    """Takes from a list of parts what only makes the program; of the freezer the part that ships stays, alone."""
    left_out = {*tools, *excluded}
    names = {one["bom-ref"]: plain(one["name"]) for one in parts["components"]}
    needs = {one["ref"]: one.get("dependsOn", []) for one in parts["dependencies"]}
    root = parts["metadata"]["component"]["bom-ref"]
    needs = {ref: [one for one in found if names[one] not in left_out] for ref, found in needs.items()}
    reached, waiting = set[str](), [root]
    while waiting:
        ref = waiting.pop()
        if ref not in reached:
            reached.add(ref)
            waiting += needs.get(ref, [])
    freezer = [ref for ref, name in names.items() if name == FREEZER]
    needs[root] += freezer
    needs |= {ref: [] for ref in freezer}
    reached.update(freezer)
    parts["components"] = [one for one in parts["components"] if one["bom-ref"] in reached]
    parts["dependencies"] = [
        {"ref": ref, "dependsOn": sorted(needs[ref])} if needs.get(ref) else {"ref": ref} for ref in sorted(reached)
    ]


def libraries(payload: Path) -> list[dict[str, Any]]:
    """Returns each program and library of the payload, whichever package or system it came from, with its sum."""
    found = []
    for file in sorted(payload.rglob("*")):
        if file.is_symlink() or not file.is_file():
            continue
        if LIBRARY.search(file.name) or file.suffix == ".exe" or file.stat().st_mode & 0o111:
            with file.open("rb") as stream:
                content = hashlib.file_digest(stream, "sha256").hexdigest()
            name = file.relative_to(payload).as_posix()
            found.append(
                {
                    "type": "file",
                    "bom-ref": f"file:{name}",
                    "name": name,
                    "hashes": [{"alg": "SHA-256", "content": content}],
                }
            )
    return found


def _python() -> dict[str, Any]:
    code, said = terminal.output_of(
        [freezing.tool("python"), "-c", "import platform; print(platform.python_version())"]
    )
    if code:
        raise terminal.Stop(said)
    version = said.strip()
    return {
        "type": "library",
        "bom-ref": f"python=={version}",
        "name": "CPython",
        "version": version,
        "licenses": [{"license": {"id": "PSF-2.0"}}],
        "purl": f"pkg:generic/python@{version}",
    }


def _validate(file: Path) -> None:

    with file.open("rb") as stream:
        done = subprocess.run(
            [freezing.tool("python"), "-c", VALIDATE], stdin=stream, capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise terminal.Stop(f"{file.name} is no CycloneDX document: {done.stderr.strip()[:500]}")
