"""Writes packaging/requirements.lock: pins and hashes for every platform, and no address."""

from __future__ import annotations

import re
import shutil

from devlib import places, setup, terminal

COMPILE = (
    "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--no-strip-extras",
    "--generate-hashes", "--no-emit-index-url", "--no-header", "--extra", "dev",
)  # fmt: skip


def write(arguments: list[str]) -> int:
    """Resolves the project's dependencies again; further arguments go to uv."""
    setup.ready("run")
    uv = places.tool("uv") if places.tool("uv").exists() else shutil.which("uv")
    if uv is None:
        raise terminal.Stop(f"uv is missing: {places.tool('python')} -m pip install uv")
    draft = places.LOCK.with_suffix(".draft")
    shutil.copyfile(places.LOCK, draft)  # uv keeps the pins it finds unless told to upgrade
    try:
        terminal.run([uv, *COMPILE, *arguments, "pyproject.toml", "-o", draft], cwd=places.TOP)
        if found := addresses(draft.read_text(encoding="utf-8")):
            raise terminal.Stop(f"The lock would name an address: {found[0]}")
        draft.replace(places.LOCK)
    finally:
        draft.unlink(missing_ok=True)
    return 0


def addresses(text: str) -> list[str]:
    """Returns the lines that name a host, a path or an index."""
    pattern = re.compile(r"://|^\s*(--(?!hash=)|-[a-z] )| @ ", re.MULTILINE)
    return [line for line in text.splitlines() if pattern.search(line)]
