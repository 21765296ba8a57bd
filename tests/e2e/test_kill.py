"""Desk and server are killed while they work: a dozen times here, two hundred times in the soak."""

import subprocess
import sys

import pytest

from tests.e2e.kill import session

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="watches and kills as Linux does it"),
    pytest.mark.skipif(session.missing() is not None, reason="without dbus-run-session and gnome-keyring"),
    pytest.mark.keyring_real,
]


def killed(*arguments: str) -> None:
    """Run the rounds and fail with their report."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.kill", *arguments],
        cwd=session.TOP,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    sys.stdout.write(done.stdout)  # shown where the test fails, or asked for with -s
    assert done.returncode == 0, done.stdout


@pytest.mark.timeout(300)
def test_that_a_dozen_kills_lose_and_double_nothing() -> None:
    killed("--rounds", "12", "--windows", "1", "--lanes", "2")


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_that_two_hundred_kills_lose_and_double_nothing() -> None:
    killed("--rounds", "200", "--windows", "24", "--lanes", "2")
