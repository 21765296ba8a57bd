"""The layers hold on the real tree, and a planted breach of each is found and named."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]


def lint(top: Path) -> tuple[int, str]:
    """Runs lint-imports over the `bcdesk` below a folder and returns its exit code and its words."""
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [program, "--no-logo", "--no-cache", "--config", top / "pyproject.toml"],
        cwd=top,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copyfile(TOP / "pyproject.toml", tmp_path / "pyproject.toml")
    shutil.copytree(TOP / "bcdesk", tmp_path / "bcdesk", ignore=shutil.ignore_patterns("__pycache__", "resources"))
    return tmp_path


def test_that_the_layers_hold() -> None:
    code, said = lint(TOP)
    assert code == 0, said
    assert " 0 broken" in said


@pytest.mark.parametrize(
    ("planted", "line", "contract", "named"),
    [
        ("client/planted.py", "import PySide6.QtCore", "Qt is known to", "bcdesk.client.planted -> PySide6"),
        ("store/planted.py", "import qasync", "Qt is known to", "bcdesk.store.planted -> qasync"),
        ("ui/planted.py", "import bcdesk.server", "only the command line", "bcdesk.ui.planted -> bcdesk.server"),
        ("app.py", "import bcdesk.server", "only the command line", "bcdesk.app -> bcdesk.server"),
        ("actions/planted.py", "import httpx", "two files know httpx", "bcdesk.actions.planted -> httpx"),
        ("contract/planted.py", "import pydantic", "pydantic stays", "bcdesk.contract.planted -> pydantic"),
        ("contract/planted.py", "import bcdesk.client", "imports only from layers", "bcdesk.contract.planted"),
        ("store/planted.py", "import bcdesk.client", "imports only from layers", "bcdesk.store.planted"),
        ("server/planted.py", "import bcdesk.store", "imports only from layers", "bcdesk.server.planted"),
    ],
)
def test_that_a_planted_breach_is_named(copy: Path, planted: str, line: str, contract: str, named: str) -> None:
    with (copy / "bcdesk" / planted).open("a", encoding="utf-8") as file:
        file.write(f"\n\ndef planted() -> None:\n    {line}\n")  # an import inside a function counts too
    code, said = lint(copy)
    assert code != 0, said
    assert any(contract in text and text.endswith("BROKEN") for text in said.splitlines()), said
    assert named in said, said


def test_that_a_folder_without_a_layer_is_refused(copy: Path) -> None:
    (copy / "bcdesk" / "utils.py").write_text('"""Planted."""\n', encoding="utf-8")
    code, said = lint(copy)
    assert code != 0, said
    assert "utils" in said, said
