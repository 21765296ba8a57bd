"""A key, an application, a session and two flows, walked by real keys and clicks against the whole program."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.journey.screen import NEEDED

TOP = Path(__file__).resolve().parents[2]
pytestmark = [
    pytest.mark.timeout(320),
    pytest.mark.skipif(not all(map(shutil.which, NEEDED)), reason=f"needs {', '.join(NEEDED)}"),
]


def walk(module: str, album: Path) -> int:
    """Walk the journey of ``module`` and return how many pictures there are of it."""
    command = [sys.executable, "-m", module, str(album)]
    done = subprocess.run(command, cwd=TOP, capture_output=True, text=True, timeout=310, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-4000:]}"
    return len(list(album.glob("*.png")))


def test_that_a_key_can_be_made_used_rotated_revoked_restored_and_replaced(tmp_path: Path) -> None:
    assert walk("tests.e2e.journey", tmp_path) == 21


def test_that_an_application_can_be_registered_used_edited_renewed_turned_off_deleted_and_restored(
    tmp_path: Path,
) -> None:
    assert walk("tests.e2e.journey.applications", tmp_path) == 23


@pytest.mark.webengine
def test_that_a_member_can_sign_in_be_renewed_expire_be_revoked_and_sign_out(tmp_path: Path) -> None:
    assert walk("tests.e2e.journey.connections", tmp_path) == 28


@pytest.mark.webengine
def test_that_both_applications_of_the_demo_come_to_their_tokens_in_the_embedded_browser(tmp_path: Path) -> None:
    assert walk("tests.e2e.journey.flows", tmp_path) == 11
