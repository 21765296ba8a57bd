"""Talking to the terminal and running commands so that a failure names the command and its code."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType

INTERRUPTED = 130
GRACE_SECONDS = 20.0
POSIX = os.name == "posix"
KILL = signal.SIGKILL if POSIX else signal.SIGTERM


class Stop(Exception):
    """Ends dev.py with one message and an exit code, without a traceback."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def say(line: str) -> None:
    """Prints a line at once, also into a pipe."""
    print(line, flush=True)


def guarded(main: Callable[[list[str]], int], argv: list[str]) -> int:
    """Calls main, turning expected failures into a line on stderr and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a code page without “…” must not end the run
    signal.signal(signal.SIGTERM, _leave)
    try:
        return main(argv)
    except Stop as stop:
        print(stop, file=sys.stderr)
        return stop.code
    except KeyboardInterrupt:
        return INTERRUPTED


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def shown(command: Sequence[str | Path]) -> str:
    """Returns the command as one would type it."""
    parts = [str(part) for part in command]
    return subprocess.list2cmdline(parts) if not POSIX else shlex.join(parts)


def code_of(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> int:
    """Runs a command on this terminal and returns its exit code; when we are stopped, all that it started stops too."""
    try:
        # A group of its own, because a wrapper such as dbus-run-session passes no signal on to its child.
        child = subprocess.Popen([str(part) for part in command], cwd=cwd, env=env, start_new_session=POSIX)
    except OSError as error:
        raise Stop(f"Could not start: {shown(command)}: {error.strerror}", code=127) from None
    try:
        return _exit_code(child.wait())
    except BaseException as error:
        _signal(child, signal.SIGINT if isinstance(error, KeyboardInterrupt) else signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
            child.wait(GRACE_SECONDS)
        raise
    finally:
        _signal(child, signal.SIGTERM if child.poll() is not None else KILL)
        child.wait()


def _signal(child: subprocess.Popen[bytes], number: int) -> None:
    """Signals a child and all that it started."""
    if POSIX:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, number)
    elif number != signal.SIGINT:  # a Windows console has sent Ctrl+C to the child already
        child.terminate()


def run(command: Sequence[str | Path], *, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> None:
    """Runs a command on this terminal and stops when it fails."""
    code = code_of(command, cwd=cwd, env=env)
    if code:
        raise Stop(f"Failed with code {code}: {shown(command)}", code=1)


def quietly(command: Sequence[str | Path], *, env: Mapping[str, str] | None = None) -> None:
    """Runs a command whose words matter only when it fails, and then stops with them."""
    code, said = output_of(command, env=env)
    if code:
        raise Stop(f"{said.rstrip()}\nFailed with code {code}: {shown(command)}")


def output_of(
    command: Sequence[str | Path], *, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """Runs a command without a terminal and returns its exit code and everything it said."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError as error:
        return 127, f"Could not start: {shown(command)}: {error.strerror}\n"
    return _exit_code(done.returncode), done.stdout


def first_line(stream_fd: int, seconds: float) -> str:
    """Returns the first line that arrives on a file descriptor, or "" after so many seconds; closes it at the end."""
    found: list[str] = []

    def read() -> None:
        with os.fdopen(stream_fd, encoding="utf-8") as stream:
            found.append(stream.readline().strip())

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    reader.join(seconds)
    return found[0] if found else ""


def _exit_code(returncode: int) -> int:
    return 128 - returncode if returncode < 0 else returncode
