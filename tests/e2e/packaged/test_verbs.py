"""Every verb of the frozen program runs, from wherever it is called, and brings nothing of the caller's Python in."""

import json
import os
import sys
from pathlib import Path

import pytest

from bcdesk import __version__
from bcdesk.__main__ import VERBS
from tests.e2e.packaged.frozen import CONSOLE, run


def test_that_it_says_its_version(tmp_path: Path) -> None:
    done = run(tmp_path, "--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"bcdesk {__version__}\n", "")


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_that_each_verb_is_there_with_its_options(verb: str, tmp_path: Path) -> None:
    done = run(tmp_path, verb, "--help")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"usage: bcdesk {verb}")


def test_that_a_word_it_does_not_know_is_a_mistake(tmp_path: Path) -> None:
    done = run(tmp_path, "sevre")
    assert done.returncode == 2
    assert "sevre" in done.stderr
    assert "Traceback" not in done.stderr


def test_that_the_tools_of_the_server_work_on_a_folder_and_leave_nothing_beside_it(tmp_path: Path) -> None:
    data = tmp_path / "data"
    made = run(tmp_path, "member", "add", "Ada", "--role", "owner", "--data", str(data))
    assert made.returncode == 0, made.stderr
    listed = run(tmp_path, "member", "list", "--data", str(data))
    assert "Ada" in listed.stdout, listed.stderr
    told = json.loads(run(tmp_path, "doctor", "--json", "--data", str(data)).stdout)
    assert isinstance(told, dict)
    assert {one.name for one in tmp_path.iterdir()} == {"data", "home", "run"}


@pytest.mark.skipif(sys.platform == "win32", reason="a link needs rights there")
def test_that_it_is_started_by_a_link_as_well(tmp_path: Path) -> None:
    link = tmp_path / "bin" / "bcdesk"
    link.parent.mkdir()
    link.symlink_to(CONSOLE)
    done = run(tmp_path, "--version", executable=str(link))
    assert done.stdout == f"bcdesk {__version__}\n", done.stderr


def test_that_it_imports_nothing_of_where_it_is_called_or_of_a_python_beside(tmp_path: Path) -> None:
    planted = tmp_path / "here"
    planted.mkdir()
    for name in ("json", "argparse", "bcdesk", "sqlalchemy", "sitecustomize", "usercustomize"):
        (planted / f"{name}.py").write_text("import os; os._exit(77)")
    env = {
        **os.environ,
        "PYTHONPATH": str(planted),
        "PYTHONSTARTUP": str(planted / "json.py"),
        "PYTHONHOME": str(planted),
    }
    done = run(tmp_path, "member", "list", "--data", str(tmp_path / "data"), cwd=planted, env=env)
    assert done.returncode == 0, done.stderr
