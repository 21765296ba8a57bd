"""No file of the program, its tests or its packaging is longer than one sitting of reading."""

from collections.abc import Iterable
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
MOST_LINES = 300


def long(folders: Iterable[Path]) -> dict[str, int]:
    """Return the Python files that reach the limit, and their lines."""
    counts = {path: len(path.read_bytes().splitlines()) for folder in folders for path in folder.rglob("*.py")}
    return {str(path): count for path, count in sorted(counts.items()) if count >= MOST_LINES}


def test_that_no_file_is_long() -> None:
    assert not long(TOP / name for name in ("bcdesk", "packaging", "tests"))


def test_that_a_planted_long_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    for name, lines in (("short.py", MOST_LINES - 1), ("inner/long.py", MOST_LINES)):
        (tmp_path / name).write_text("x = 1\n" * lines)
    assert long([tmp_path]) == {str(tmp_path / "inner/long.py"): MOST_LINES}
