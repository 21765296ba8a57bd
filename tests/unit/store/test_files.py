"""A durable file is there whole, old or new, whatever happens; here a process is killed while it writes."""

import asyncio
import os
import signal
import stat
import sys
from pathlib import Path

import pytest

from bcdesk.store.files import make_private, remove_durably, write_durably

PROGRAM = """
import itertools, pathlib, sys
from bcdesk.store.files import write_durably
file = pathlib.Path(sys.argv[1])
print("go", flush=True)
for number in itertools.count():
    write_durably(file, (b"%08d" % number) * 5000)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
async def test_that_a_kill_at_any_moment_leaves_a_whole_file(tmp_path: Path) -> None:
    file = tmp_path / "entry"
    for attempt in range(25):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", PROGRAM, str(file), stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[3]
        )
        assert process.stdout is not None
        await process.stdout.readline()
        await asyncio.sleep(0.001 * attempt)  # the moment of death is the thing varied here
        process.send_signal(signal.SIGKILL)
        await process.wait()
        if file.exists():
            content = file.read_bytes()
            assert content == content[:8] * 5000


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")
def test_that_a_file_is_never_readable_by_others(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_durably(tmp_path / "a" / "b" / "entry", b"text")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a" / "b" / "entry").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")
def test_that_a_folder_that_others_could_read_is_closed(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir(mode=0o755)
    assert stat.S_IMODE(make_private(tmp_path / "open").stat().st_mode) == 0o700
    make_private(tmp_path / "new" / "inner" / "innermost")
    for made in ("new", "new/inner", "new/inner/innermost"):
        assert stat.S_IMODE((tmp_path / made).stat().st_mode) == 0o700


def test_that_removing_twice_is_fine(tmp_path: Path) -> None:
    write_durably(tmp_path / "entry", b"text")
    remove_durably(tmp_path / "entry")
    remove_durably(tmp_path / "entry")
    assert list(tmp_path.iterdir()) == []
