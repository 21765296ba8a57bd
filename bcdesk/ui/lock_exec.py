"""Forgets everything by starting the program anew in place of itself: what the memory held is gone with it.

On POSIX the new program takes over this very process (`os.execv`), so that there is no moment with two of them; on
Windows, which has no such call, it is started beside and this process ends.
"""

import contextlib
import logging
import math
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Final, NoReturn

from bcdesk import itself

LOCKED: Final = "--locked"
PATIENCE: Final = 12.0
"""How long the orderly end may take before the memory is given up without it, in seconds."""
_GRACE: Final = 3
_DESCRIPTORS: Final = 4096
_LAUNCHERS: Final = ("XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID")
_log = logging.getLogger(__name__)


_held: Final[list[object]] = []


def hold(what: object) -> None:
    """Keep ``what`` until this process is another one: an inhibitor of sleep ends with whoever holds it."""
    _held.append(what)


def command(data_dir: Path, page: str) -> list[str]:
    """Return the command line of the locked desk; it names the folder and the page to come back to, and no secret."""
    return itself.command("--data", str(data_dir.absolute()), f"{LOCKED}={page}")


def begin_anew(data_dir: Path, page: str) -> NoReturn:
    """Become the locked desk on ``data_dir``; no open file, socket or inhibitor goes along."""
    words = command(data_dir, page)
    for name in _LAUNCHERS:
        os.environ.pop(name, None)
    try:
        os.chdir(itself.HOME)
        if sys.platform == "win32":
            from PySide6.QtCore import QProcess

            QProcess.startDetached(words[0], words[1:])
        else:
            signal.alarm(0)  # it would outlive the change
            for descriptor in range(3, _DESCRIPTORS):
                try:
                    os.set_inheritable(descriptor, False)
                except OSError:
                    continue  # none of that number is open
            os.execv(words[0], words)  # noqa: S606 - the program itself, without a shell on purpose
    except OSError as error:
        _log.error("the locked desk could not be started: errno %s", error.errno)
        os._exit(1)  # forgetting comes first
    os._exit(0)


def leave_children() -> None:
    """Let go of the children that the program before this one left, which ended with it: the browser's helpers.

    A process that becomes another program keeps its children; each would stay in the table until the desk ends. To be
    called before this program has a child of its own.
    """
    if sys.platform == "win32":
        return
    with contextlib.suppress(ChildProcessError):  # there is none
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass


def begin_anew_at_last(data_dir: Path, page: str, *, patience: float = PATIENCE) -> threading.Timer:
    """Let `begin_anew` happen after ``patience`` seconds, whatever hinders the orderly end; return what cancels it.

    Where not even another thread gets a turn the system ends the process soon after: forgetting comes first.
    """
    if sys.platform != "win32":
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(math.ceil(patience) + _GRACE)
    timer = threading.Timer(patience, begin_anew, (data_dir, page))
    timer.daemon = True
    timer.start()
    return timer
