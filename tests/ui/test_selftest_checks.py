"""A check that waits for a person neither holds up the others nor the end of the program."""

import asyncio
import subprocess
import sys
import time
from typing import NoReturn

import pytest

from bcdesk.ui.selftest.checks import aside

WAITING = """
import asyncio, qasync, sys, time
from PySide6.QtCore import QCoreApplication
from bcdesk.ui.selftest.checks import aside

async def ask():
    try:
        await asyncio.wait_for(aside(lambda: time.sleep(1000)), 0.2)
    except TimeoutError:
        print("waited in vain")

app = QCoreApplication([])
with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
    runner.run(ask())
"""


def test_that_the_program_ends_while_a_prompt_is_open() -> None:
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", WAITING], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "waited in vain\n"), done.stderr
    assert time.monotonic() - began < 60


async def test_that_an_answer_and_an_error_come_back() -> None:
    def fails() -> NoReturn:
        raise LookupError("no")

    assert await aside(lambda: 42) == 42
    with pytest.raises(LookupError, match="no"):
        await aside(fails)


async def test_that_an_answer_that_nobody_waits_for_any_more_is_let_go() -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(aside(lambda: time.sleep(0.3)), 0.05)
    assert await aside(lambda: time.monotonic() > 0)
