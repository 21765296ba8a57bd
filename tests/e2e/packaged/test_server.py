"""The frozen program as a server: it answers, ends with whoever started it, and opens other programs as they are."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.packaged.frozen import CONSOLE, SECONDS, environment

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="about the loader of Linux, and root's look at it")


@contextmanager
def serving(folder: Path, **more: str) -> Iterator[tuple["subprocess.Popen[str]", dict[str, Any]]]:
    """Run a demo server whose stdin is held; yield it with its ready line."""
    command = [str(CONSOLE), "serve", "--demo", "--owner-token", "--exit-with-parent", "--data", str(folder / "server")]
    with subprocess.Popen(
        command, env=environment(folder, **more), cwd=folder, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, process.stderr.read() if process.stderr else ""
            yield process, json.loads(line)
        finally:
            process.kill()


def asked(ready: dict[str, Any], path: str) -> Any:
    """Ask a server as its owner."""
    request = urllib.request.Request(
        ready["base_url"] + path, headers={"Authorization": f"Bearer {ready['owner_token']}"}
    )
    with urllib.request.urlopen(request, timeout=20) as reply:
        return json.load(reply)


def test_that_it_serves_and_ends_when_its_stdin_does(tmp_path: Path) -> None:
    with serving(tmp_path) as (process, ready):
        assert asked(ready, "/manage/v1/session")["role"] == "owner"
        assert len(asked(ready, "/manage/v1/keys")["items"]) >= 3
        assert asked(ready, "/openapi.json")["openapi"].startswith("3.1")
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(SECONDS) == 0


@LINUX
def test_that_a_browser_is_started_with_the_libraries_of_the_system(tmp_path: Path) -> None:
    browser, told = tmp_path / "browser", tmp_path / "told"
    browser.write_text(f"#!/bin/sh\nenv > {told}.part\nmv {told}.part {told}\n")
    browser.chmod(0o755)
    with serving(tmp_path) as (_, ready):
        app = next(one for one in asked(ready, "/manage/v1/apps")["items"] if one["type"] == "web")
        done = subprocess.run(
            [CONSOLE, "flow", "--issuer", ready["issuer"], "--client-id", app["client_id"], "--browser", "system",
             "--redirect-uri", "http://127.0.0.1:0/callback", "--timeout", "4"],
            env=environment(tmp_path, BROWSER=str(browser), LD_LIBRARY_PATH="/usr/local/lib/theirs"),
            capture_output=True, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip
    assert told.is_file(), done.stderr
    said = dict(line.partition("=")[::2] for line in told.read_text().splitlines())
    assert said["LD_LIBRARY_PATH"] == "/usr/local/lib/theirs"
    assert "LD_LIBRARY_PATH_ORIG" not in said
