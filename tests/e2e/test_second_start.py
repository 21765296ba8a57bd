"""A second start of the real desk on the same folder: the first one comes forward and shows what was asked for."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.kill.program import Program
from tests.e2e.kill.session import TOP, environment


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    with environment() as env:
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        program = Program(tmp_path / "data", tmp_path / "errors")
        try:
            program.online()
            yield program
        finally:
            program.kill()
            program.drain()


def start(data: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "bcdesk", "--data", str(data), *words]
    return subprocess.run(command, cwd=TOP, env={**os.environ}, capture_output=True, text=True, timeout=60, check=False)


def test_that_a_second_start_shows_the_page_in_the_first_desk_and_ends(program: Program, tmp_path: Path) -> None:
    done = start(tmp_path / "data", "bcdesk:apps")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    program.do("wait", name="apps-search", within=15)
    row = start(tmp_path / "data", "bcdesk:keys/key_01J00000000000000000000000")
    assert row.returncode == 0
    program.do("wait", name="keys-search", within=15)
    assert start(tmp_path / "data", "bcdesk:https://elsewhere.example/?x").returncode == 0
    program.do("text", name="status_text", has="does not know this address", within=15)
    assert program.alive


def test_that_a_desk_that_hangs_is_not_joined_and_said(program: Program, tmp_path: Path) -> None:
    program.process.send_signal(signal.SIGSTOP)
    done = start(tmp_path / "data")
    assert done.returncode == 1
    assert "does not answer" in done.stderr
    program.process.send_signal(signal.SIGCONT)
    program.do("wait", name="keys-search", within=15)


def test_that_another_folder_has_a_desk_of_its_own(program: Program, tmp_path: Path) -> None:
    other = Program(tmp_path / "other", tmp_path / "others-errors")
    try:
        other.online()
        assert program.alive
    finally:
        other.kill()
        other.drain()
