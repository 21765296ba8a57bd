"""Two builds are compared by content, kind and rights; what is equal is not named."""

import os
import sys
from pathlib import Path

import pytest

from devlib import comparing


def made(folder: Path) -> Path:
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "same").write_bytes(b"x" * 3_000_000)
    (folder / "longer").write_bytes(b"12")
    (folder / "other").write_bytes(b"a" * 2_000_000)
    return folder


def test_that_equal_folders_have_no_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = made(tmp_path / "one"), made(tmp_path / "other")
    os.utime(other / "longer", (1, 1))
    assert comparing.differences(one, other) == []
    assert comparing.command([str(one), str(other)]) == 0
    assert capsys.readouterr().out == "4 entries compared, 0 differ\n"


@pytest.mark.skipif(sys.platform == "win32", reason="rights and links are POSIX'")
def test_that_each_difference_is_named_once(tmp_path: Path) -> None:
    one, other = made(tmp_path / "one"), made(tmp_path / "other")
    (one / "alone").touch()
    (other / "longer").write_bytes(b"123")
    (other / "other").write_bytes(b"a" * 1_999_999 + b"b")
    (one / "link").symlink_to("inner")
    (other / "link").symlink_to("longer")
    (one / "kind").mkdir()
    (other / "kind").touch()
    for folder, rights in ((one, 0o755), (other, 0o644)):
        (folder / "tool").touch()
        (folder / "tool").chmod(rights)
    assert comparing.differences(one, other) == [
        f"only in {one}: alone",
        "another kind: kind",
        "another target: link",
        "2 and 3 bytes: longer",
        "differs from byte 1999999: other",
        "rights 755 and 644: tool",
    ]
    assert comparing.command([str(one), str(other)]) == 1
