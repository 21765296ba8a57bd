"""How bcdesk starts itself and others: from a checkout, frozen, and on Windows, whose desk has no stdout."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

TOP = Path(__file__).resolve().parents[2]
FREEZE = "import sys; sys.frozen, sys._MEIPASS, sys.executable = True, '/opt/b/_internal', '/opt/b/bcdesk'"
ON_WINDOWS = "sys.platform = 'win32'"
LOADER = "LD_LIBRARY_PATH"
ASK = """
import json, os
from bcdesk import itself
paths = lambda: {name: os.environ.get(name) for name in ("LD_LIBRARY_PATH", "LD_LIBRARY_PATH_ORIG")}
before = paths()
told = [str(itself.HOME), itself.command("serve", console=True), itself.command("--data", "x")]
with CONTEXT:
    inside = paths()
print(json.dumps([told, before, inside, paths()]))
"""


def asked(*first: str, context: str = "itself.as_found()", **environment: str) -> list[Any]:
    """Ask a Python that was made to look like something else."""
    program = "\n".join([*first, "import os; import pathlib", ASK.replace("CONTEXT", context)])
    kept = {name: value for name, value in os.environ.items() if not name.startswith(LOADER)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=TOP,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    answer: list[Any] = json.loads(done.stdout)
    return answer


def test_that_a_checkout_is_started_as_a_module_from_its_own_folder() -> None:
    home, served, shown = asked()[0]
    assert home == str(TOP)
    assert served == [sys.executable, "-m", "bcdesk", "serve"]
    assert shown == [sys.executable, "-m", "bcdesk", "--data", "x"]


@pytest.mark.skipif(sys.platform == "win32", reason="the path is written as POSIX does")
def test_that_a_frozen_program_starts_its_own_file() -> None:
    assert asked(FREEZE)[0] == ["/opt/b", ["/opt/b/bcdesk", "serve"], ["/opt/b/bcdesk", "--data", "x"]]


@pytest.mark.skipif(sys.platform == "win32", reason="the path is written as POSIX does")
def test_that_on_windows_what_needs_a_stdout_is_the_twin_for_the_console_and_the_desk_is_not() -> None:
    found = asked(
        FREEZE, "import pathlib, ctypes, subprocess", ON_WINDOWS, context="__import__('contextlib').nullcontext()"
    )
    assert found[0] == ["/opt/b", ["/opt/b/bcdesk-cli.exe", "serve"], ["/opt/b/bcdesk.exe", "--data", "x"]]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such variable")
@pytest.mark.parametrize(
    ("original", "found"),
    [
        (None, None),
        ("/usr/local/lib", "/usr/local/lib"),
        ("/opt/b/_internal:/usr/local/lib", "/usr/local/lib"),
        ("", None),
    ],
)
def test_that_another_program_finds_its_own_libraries_and_ours_find_theirs_again(
    original: str | None, found: str | None
) -> None:
    set_by_loader = {LOADER: "/opt/b/_internal:/usr/local/lib"} | (
        {f"{LOADER}_ORIG": original} if original is not None else {}
    )
    _, before, inside, after = asked(FREEZE, **set_by_loader)
    assert inside == {LOADER: found, f"{LOADER}_ORIG": None}
    assert after == before == {LOADER: set_by_loader[LOADER], f"{LOADER}_ORIG": original}


def test_that_a_checkout_leaves_the_environment_alone() -> None:
    _, before, inside, after = asked(**{LOADER: "/usr/local/lib"})
    assert before == inside == after
