"""A desktop session for the tests: folders, display and message bus of their own, gone afterwards."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from devlib import places, terminal

SCREEN = "1600x1000x24"
XDG_FOLDERS = ("CACHE_HOME", "CONFIG_HOME", "DATA_HOME", "RUNTIME_DIR", "STATE_HOME")


@contextlib.contextmanager
def private(*, display: bool) -> Iterator[tuple[dict[str, str], list[str]]]:
    """Yields an environment, and what to put before a command so that it has a session bus."""
    env = dict(os.environ)
    env["QT_QPA_PLATFORM"] = env.get("QT_QPA_PLATFORM") or "offscreen"
    if not places.ON_LINUX:
        yield env, []
        return
    for name in ("WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"):
        env.pop(name, None)
    if os.geteuid() == 0:
        env["QTWEBENGINE_DISABLE_SANDBOX"] = "1"  # Chromium refuses its sandbox to root; bcdesk itself never sets it
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bcdesk-dev-", ignore_cleanup_errors=True)))
        for name in XDG_FOLDERS:
            folder = home / name.lower()
            folder.mkdir(mode=0o700)
            env[f"XDG_{name}"] = str(folder)
        if display:
            env.pop("XAUTHORITY", None)
            env["DISPLAY"] = stack.enter_context(virtual_display())
        bus = shutil.which("dbus-run-session")
        yield env, [bus, "--"] if bus else []


@contextlib.contextmanager
def virtual_display() -> Iterator[str]:
    """Yields the name of an X display without a screen, on a number that is free."""
    read_end, write_end = os.pipe()
    command = ["Xvfb", "-displayfd", str(write_end), "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"]
    try:
        server = subprocess.Popen(
            command,
            pass_fds=[write_end],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl+C is for the tests; the display outlives them
        )
    except OSError as error:
        os.close(read_end)
        raise terminal.Stop(f"Could not start: {terminal.shown(command)}: {error.strerror}", code=127) from None
    finally:
        os.close(write_end)
    try:
        number = terminal.first_line(read_end, seconds=20)
        if not number:
            raise terminal.Stop(f"No display came up: {terminal.shown(command)}")
        yield f":{number}"
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
