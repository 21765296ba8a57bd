"""A process closes itself: no core dump, no memory for others of the same user; and what that breaks on purpose."""

import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
NOBODY = 65534
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what the kernel says of a process is asked of Linux")
CLOSED = """
import sys
from bcdesk.hardening import harden, opened
print(harden(), flush=True)
sys.stdin.readline()
with opened():
    print("opened", flush=True)
    sys.stdin.readline()
print("closed", flush=True)
sys.stdin.readline()
"""


@contextmanager
def closed(*before: str, python: str = sys.executable) -> Iterator["subprocess.Popen[str]"]:
    """Run a process that has closed itself, and that goes a step with each line."""
    site = next(path for path in sys.path if path.endswith("site-packages"))
    env = {"PYTHONPATH": f"{TOP}{os.pathsep}{site}", "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    command = [*before, python, "-c", CLOSED]
    with subprocess.Popen(
        command, env=env, cwd="/", stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="ascii",
    ) as process:  # fmt: skip
        try:
            assert line(process) == "Hardened(no_core=True, closed=True)"
            yield process
        finally:
            process.kill()


def line(process: "subprocess.Popen[str]", *, step: bool = False) -> str:
    """Return the next line, after telling it to go on where ``step``."""
    assert process.stdin is not None
    assert process.stdout is not None
    if step:
        process.stdin.write("\n")
        process.stdin.flush()
    return process.stdout.readline().strip()


def test_that_no_core_is_written() -> None:
    with closed() as process:
        assert resource.prlimit(process.pid, resource.RLIMIT_CORE) == (0, 0)
        process.send_signal(signal.SIGSEGV)
        process.wait(20)
        assert process.returncode == -signal.SIGSEGV


def test_that_memory_environment_and_open_files_belong_to_root() -> None:
    with closed() as process:
        for name in ("mem", "environ", "maps", "fd"):
            assert os.stat(f"/proc/{process.pid}/{name}").st_uid == 0
        assert Path(f"/proc/{process.pid}/cmdline").read_bytes(), "what everybody may read is still there"


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone still reads it")
def test_that_root_still_reads_its_memory() -> None:
    with closed() as process:
        start = int(Path(f"/proc/{process.pid}/maps").read_text().split("-")[0], 16)
        with open(f"/proc/{process.pid}/mem", "rb") as memory:
            memory.seek(start)
            assert memory.read(4) == b"\x7fELF"


def test_that_somebody_else_than_root_can_neither_read_nor_debug_it_but_while_it_is_opened() -> None:
    python = f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}"
    if os.geteuid() != 0 or shutil.which("setpriv") is None or not Path(python).exists():
        pytest.skip("another user can be become by root alone, with setpriv and an interpreter within reach")
    somebody = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")

    def reads(pid: int, name: str) -> bool:
        tried = f"open('/proc/{pid}/{name}', 'rb').read(0)"
        return subprocess.run([*somebody, python, "-c", tried], capture_output=True, check=False).returncode == 0

    attach = "import ctypes, sys; sys.exit(ctypes.CDLL(None).ptrace(16, {}, 0, 0) != 0)"

    def debugs(pid: int) -> bool:
        command = [*somebody, python, "-c", attach.format(pid)]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    with closed(*somebody, python=python) as process:
        assert not any(reads(process.pid, name) for name in ("mem", "environ", "maps"))
        assert not debugs(process.pid)
        assert line(process, step=True) == "opened"
        assert reads(process.pid, "environ"), "the way that is tried is one that works"
        assert line(process, step=True) == "closed"
        assert not reads(process.pid, "environ")


@pytest.mark.parametrize("words", [["serve", "--port", "0"], ["doctor"]])
def test_that_the_command_line_closes_its_process_before_anything_else(words: list[str], tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    code = (
        "import sys, bcdesk.__main__ as m, bcdesk.hardening as h\n"
        f"m.parser = lambda words: open({str(seen)!r}, 'w').write(str(h.is_closed())) and sys.exit(0)\n"
        "m.main()"
    )
    subprocess.run([sys.executable, "-c", code, *words], check=True)
    assert seen.read_text() == "True"


def test_that_a_call_from_within_another_program_leaves_that_program_alone() -> None:
    code = "import bcdesk.__main__ as m, bcdesk.hardening as h\ntry:\n    m.main(['--version'])\n"
    code += "except SystemExit:\n    print(h.is_closed())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"
