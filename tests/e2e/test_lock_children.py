"""A desk that locked takes its place as another program, and keeps no dead child of the one before."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import subprocess, sys, psutil
from bcdesk.ui.lock_exec import leave_children

ended = [subprocess.Popen([sys.executable, "-c", ""]) for _ in range(2)]
lives = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
me = psutil.Process()
while any(psutil.Process(one.pid).status() != psutil.STATUS_ZOMBIE for one in ended):
    pass
leave_children()
print([one.pid for one in me.children()] == [lives.pid])
lives.communicate(b"\\n")
leave_children()
print(me.children())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there a locked desk is a process of its own")
def test_that_the_dead_children_of_the_program_before_are_let_go_and_the_living_are_not() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False,
        timeout=60,
    )  # fmt: skip
    assert done.stdout.splitlines() == ["True", "[]"], done.stderr
