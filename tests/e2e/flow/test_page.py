"""The whole program with its embedded browser: both demo applications to a token, and closed at each step."""

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.e2e.flow.browser.driving import ROOT, environment
from tests.e2e.flow.machine import complaints

pytest.importorskip("PySide6.QtWebEngineCore", reason="the browser is an optional part of Qt", exc_type=ImportError)

pytestmark = [pytest.mark.webengine, pytest.mark.timeout(180)]


def driven(folder: Path, kind: str, last: str) -> dict[str, Any]:
    """Run the driver and return what it told; it must end well, say nothing, and leave no process."""
    command = [sys.executable, "-m", "tests.e2e.flow.page", str(folder), kind, last]
    with subprocess.Popen(
        command, env=environment(), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    ) as done:  # fmt: skip
        out, errors = done.communicate(timeout=150)
    said = complaints(errors.splitlines())
    assert (done.returncode, said) == (0, []), out + errors
    gone = time.monotonic() + 5
    while (alive := _session_of(done.pid)) and time.monotonic() < gone:
        time.sleep(0.05)
    assert not alive, "the engine's helpers are still there"
    told: dict[str, Any] = json.loads(out.splitlines()[-1])
    assert told.pop("left") == []
    return told


def _session_of(leader: int) -> list[str]:
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(OSError, psutil.Error):
            if os.getsid(process.pid) == leader and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.name())
    return found


@pytest.mark.parametrize("kind", ["mobile", "web"])
def test_that_a_demo_application_runs_to_its_tokens_by_clicks_while_the_window_answers(
    tmp_path: Path, kind: str
) -> None:
    told = driven(tmp_path, kind, "end")
    assert told["done"]
    assert told["steps"] == ["discovery", "prepare", "authorize", "page", "page", "callback", "token"]
    assert told["rules"] > 15
    assert told["gap"] < 0.25, "a gap of this size is no neighbour's doing"


@pytest.mark.parametrize(
    ("kind", "last"), [("mobile", "start"), ("mobile", "sign_in"), ("mobile", "consent"), ("web", "held")]
)
def test_that_the_window_closed_at_any_step_leaves_nothing(tmp_path: Path, kind: str, last: str) -> None:
    assert driven(tmp_path, kind, last) == {}
