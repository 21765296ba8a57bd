"""The real desk locks: its memory is looked through before and after, and nothing hinders it."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bcdesk.ui.lock_exec import LOCKED, command
from tests.e2e.kill import session

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="root on Linux still reads a closed process's memory"
)
STUCK = """
import sys, time
from pathlib import Path
from bcdesk.ui.lock_exec import begin_anew_at_last
begin_anew_at_last(Path(sys.argv[1]), "flow", patience=0.2)
kept = open(sys.argv[1] + "/kept")
HINDRANCE
"""


@pytest.mark.keyring_real
@pytest.mark.timeout(180)
@pytest.mark.skipif(
    session.missing() is not None or not (shutil.which("Xvfb") and shutil.which("xdotool")),
    reason="needs a keyring, Xvfb and xdotool",
)
@pytest.mark.parametrize(
    "scene",
    [
        pytest.param("secret", id="nothing_of_before_is_in_memory_and_the_waiting_secret_comes_back"),
        pytest.param("browser", id="the_embedded_browser_ends_with_it", marks=pytest.mark.webengine),
        pytest.param("sleep", id="the_machine_sleeps_when_the_memory_is_another"),
        pytest.param("passphrase", id="the_passphrase_opens_it_and_no_other_does"),
    ],
)
def test_that_the_real_desk_locks(scene: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.lock", scene],
        cwd=session.TOP, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    sys.stdout.write(done.stdout)
    assert done.returncode == 0, done.stdout


def test_that_a_desk_that_does_not_come_to_its_end_forgets_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "kept").touch()
    with slow(tmp_path, "time.sleep(60)") as process:
        try:
            until(lambda: f"{LOCKED}=flow" in arguments(process.pid))
            until((tmp_path / "desk" / "desk.lock").exists)
            held = [os.readlink(one) for one in Path(f"/proc/{process.pid}/fd").iterdir() if one.exists()]
            assert not any(name.endswith("/kept") for name in held), "no open file goes along"
            time.sleep(4)  # longer than the alarm that would have ended it
            assert process.poll() is None
        finally:
            process.kill()


def test_that_a_desk_in_which_no_thread_gets_a_turn_is_ended(tmp_path: Path) -> None:
    (tmp_path / "kept").touch()
    with slow(tmp_path, "sum(range(10 ** 12))") as process:
        assert process.wait(30) == -signal.SIGALRM


def slow(folder: Path, hindrance: str) -> "subprocess.Popen[bytes]":
    """Start what should become the locked desk within 0.2 s, but is hindered."""
    code = STUCK.replace("HINDRANCE", hindrance)
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.Popen([sys.executable, "-c", code, str(folder)], cwd=session.TOP, env=env)


def test_that_the_locked_desk_is_named_by_folder_and_page_alone(tmp_path: Path) -> None:
    assert command(tmp_path, "apps")[-3:] == ["--data", str(tmp_path), "--locked=apps"]


def arguments(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")


def until(wanted: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not wanted():
        assert time.monotonic() < end
        time.sleep(0.02)
