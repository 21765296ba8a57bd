"""Writes the two locks, of the program and of what freezes it: pins and hashes for every platform, and no address."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from devlib import places, setup, terminal

COMPILE = (
    "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--no-strip-extras",
    "--generate-hashes", "--no-emit-index-url", "--no-header",
)  # fmt: skip
LOCKS = {places.LOCK: "dev", places.BUILD_LOCK: "build"}


def write(arguments: list[str]) -> int:
    """Resolves the project's dependencies again, both times alike; further arguments go to uv."""
    setup.ready("run")
    uv = places.tool("uv") if places.tool("uv").exists() else shutil.which("uv")
    if uv is None:
        raise terminal.Stop(f"uv is missing: {places.tool('python')} -m pip install uv")
    for lock, extra in LOCKS.items():
        _write(uv, lock, extra, arguments)
    return 0


def _write(uv: str | Path, lock: Path, extra: str, arguments: list[str]) -> None:
    draft = lock.with_suffix(".draft")
    # uv keeps the pins that it finds unless told to upgrade
    shutil.copyfile(lock if lock.exists() else places.LOCK, draft)
    try:
        terminal.run([uv, *COMPILE, "--extra", extra, *arguments, "pyproject.toml", "-o", draft], cwd=places.TOP)
        if found := addresses(draft.read_text(encoding="utf-8")):
            raise terminal.Stop(f"The lock would name an address: {found[0]}")
        draft.replace(lock)
    finally:
        draft.unlink(missing_ok=True)


def addresses(text: str) -> list[str]:
    """Returns the lines that name a host, a path or an index."""
    pattern = re.compile(r"://|^\s*(--(?!hash=)|-[a-z] )| @ ", re.MULTILINE)
    return [line for line in text.splitlines() if pattern.search(line)]
