"""``bcdesk --selftest`` as a person runs it: everything is tried, nothing is left, and what is missing is said."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.kill import session

TOP = Path(__file__).resolve().parents[2]
NAMES = ["keyring", "sqlcipher", "webengine", "server", "key", "flow"]


def report_of(folder: Path, *before: str, **environment: str) -> tuple[int, dict[str, Any]]:
    """Run the self-test, and return its exit code and its report."""
    inherited = {name: value for name, value in os.environ.items() if name != "QTWEBENGINE_DISABLE_SANDBOX"}
    done = subprocess.run(
        [*before, sys.executable, "-m", "bcdesk", "--selftest"],
        cwd=TOP,
        env={**inherited, "QT_QPA_PLATFORM": "offscreen", "TMPDIR": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.count("\n") == 1, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    assert [check["name"] for check in report["checks"]] == NAMES
    return done.returncode, report


def test_that_all_is_tried_and_nothing_is_left(tmp_path: Path) -> None:
    code, report = report_of(tmp_path, QTWEBENGINE_DISABLE_SANDBOX="1", DBUS_SESSION_BUS_ADDRESS="unix:path=/nowhere")
    assert report["ok"], report
    assert code == 0
    assert report["frozen"] is False
    assert report["checks"][0]["detail"].startswith("no keyring runs here")
    assert "beatfusion" in report["checks"][-1]["detail"]
    assert not [one for one in tmp_path.iterdir() if one.name.startswith("bcdesk-")]


@pytest.mark.keyring_real
@pytest.mark.skipif(session.missing() is not None, reason="needs dbus-run-session and gnome-keyring")
def test_that_a_real_keyring_keeps_a_key_and_gives_it_up(tmp_path: Path) -> None:
    with session.environment() as fresh:
        code, report = report_of(tmp_path, *session.before(), **{**fresh, "QTWEBENGINE_DISABLE_SANDBOX": "1"})
    assert code == 0, report
    assert report["checks"][0]["detail"] == "a key was kept, read back and removed"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root is refused Chromium's sandbox")
def test_that_a_part_that_does_not_work_is_named_and_the_rest_is_tried(tmp_path: Path) -> None:
    code, report = report_of(tmp_path, DBUS_SESSION_BUS_ADDRESS="unix:path=/nowhere")
    found = {check["name"]: check["ok"] for check in report["checks"]}
    assert code == 1
    assert found == {name: name not in ("webengine", "flow") for name in NAMES}
