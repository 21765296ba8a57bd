"""Where a secret could be left: files, processes, texts; each place is searched by one function here."""

import contextlib
import os
import subprocess
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path

from tests.e2e.canary.forms import look


def in_files(folders: Iterable[Path], secrets: Iterable[str], excepted: Iterable[Path] = ()) -> list[str]:
    """Return which files below ``folders`` hold a secret, names of files and folders included."""
    left_out, wanted, found = set(excepted), tuple(secrets), []
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            found += [f"the name of {file.name}: {form}" for _, form in look(os.fsencode(file), wanted)]
            if file in left_out or file.is_symlink() or not file.is_file():
                continue
            with contextlib.suppress(FileNotFoundError):  # written and moved on meanwhile
                found += [f"{file.relative_to(folder)}: {form}" for _, form in look(file.read_bytes(), wanted)]
    return found


def in_processes(secrets: Iterable[str]) -> list[str]:
    """Return which processes of this machine show a secret in their arguments or their environment."""
    wanted, found = tuple(secrets), []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        for kind in ("cmdline", "environ"):
            try:
                data = (process / kind).read_bytes()
            except OSError:
                continue
            found += [f"{kind} of {process.name}: {form}" for _, form in look(data, wanted)]
    return found


def found_in_process(secret: str, *, variable: bool = False) -> bool:
    """Tell whether a secret is found in a process's arguments, or in a ``variable`` of its environment."""
    command = [sys.executable, "-c", "import sys; print('up', flush=True); sys.stdin.read()"]
    with subprocess.Popen(
        command if variable else [*command, secret],
        env={**os.environ, "PLANTED": secret if variable else ""},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        found = in_processes([secret])
        process.communicate(b"")
    return bool(found)


def text_of(error: BaseException) -> str:
    """Return all that an exception can say of itself, its chain and its notes included."""
    said = [*traceback.format_exception(error), str(error), repr(error), repr(error.args), repr(vars(error))]
    return "\n".join(said)


def in_text(text: str, secrets: Iterable[str]) -> list[str]:
    """Return the forms in which ``text`` holds a secret."""
    return [form for _, form in look(text.encode("utf-8", "replace"), tuple(secrets))]
