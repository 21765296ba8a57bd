"""What ``lock_linux_alone`` asks, in a process of its own: libdbus asks for the addresses of its buses once in one."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(sys.platform != "linux" or shutil.which("dbus-daemon") is None, reason="needs a message bus")
def test_that_the_desk_hears_of_locks_and_sleep_on_buses_of_its_own() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/ui/lock_linux_alone.py"],
        cwd=TOP,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "12 passed" in done.stdout, done.stdout
