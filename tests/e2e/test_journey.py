"""The life of a key, walked by real keys and clicks on a real screen against the program as a user starts it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.journey.screen import NEEDED

TOP = Path(__file__).resolve().parents[2]


@pytest.mark.timeout(320)
@pytest.mark.skipif(not all(map(shutil.which, NEEDED)), reason=f"needs {', '.join(NEEDED)}")
def test_that_a_key_can_be_made_used_rotated_revoked_restored_and_replaced(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.e2e.journey", str(tmp_path)]
    done = subprocess.run(command, cwd=TOP, capture_output=True, text=True, timeout=310, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-4000:]}"
    assert len(list(tmp_path.glob("*.png"))) == 21
