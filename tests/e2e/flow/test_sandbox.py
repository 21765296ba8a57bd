"""A run through the embedded browser as an unprivileged user, in Chromium's own sandbox, which is not given to root."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.e2e.serving import Served

pytestmark = [pytest.mark.webengine, pytest.mark.timeout(180)]
NOBODY = 65534
TOP = Path(__file__).resolve().parents[3]
REDIRECT, CLIENT = "beatfusion://callback", "client_5f82a4b7e9d287a3b5"


def _as_nobody(*command: str) -> list[str]:
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *command]


def _runs(command: list[str], env: dict[str, str]) -> bool:
    return subprocess.run(command, check=False, env=env, cwd="/", capture_output=True).returncode == 0


@pytest.fixture
def python() -> str:
    """Return an interpreter of this version that somebody else can start and read the program with, or skip."""
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("another user can be become by root on Linux alone, with setpriv")
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    site = next(path for path in sys.path if path.endswith("site-packages"))
    for one in (sys.executable, f"/usr/bin/{name}", f"/usr/local/bin/{name}"):
        tried = _as_nobody(one, "-c", "import PySide6.QtWebEngineCore, bcdesk")
        env = {"PYTHONPATH": f"{TOP}{os.pathsep}{site}", "PATH": os.environ["PATH"], "HOME": "/nonexistent"}
        if Path(one).exists() and _runs(tried, env):
            return one
    pytest.skip("no interpreter, or not the program, is within reach of another user")


def test_that_another_user_gets_a_token_with_the_sandbox_on(python: str, demo_server: Served) -> None:
    site = next(path for path in sys.path if path.endswith("site-packages"))
    home = Path("/tmp") / f"bcdesk-nobody-{os.getpid()}"
    home.mkdir(mode=0o700)
    os.chown(home, NOBODY, NOBODY)
    env = {
        "PYTHONPATH": f"{TOP}{os.pathsep}{site}", "PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8",
        "XDG_RUNTIME_DIR": str(home), "QT_QPA_PLATFORM": "offscreen", "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    command = _as_nobody(
        python, "-m", "tests.e2e.flow.alone_child", "--attended", "flow", "--browser", "embedded", "--json",
        "--timeout", "90", "--issuer", demo_server.base_url, "--client-id", CLIENT, "--redirect-uri", REDIRECT,
        "--scope", "beats.read",
    )  # fmt: skip
    try:
        with subprocess.Popen(
            command, env=env, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True,
        ) as process:  # fmt: skip
            assert process.stderr is not None
            said: list[str] = []
            while not any(line == "page loaded\n" for line in said):
                said.append(process.stderr.readline())
                assert said[-1], said
            engine = psutil.Process(process.pid).children(recursive=True)
            seccomp = [_status(one.pid, "Seccomp") for one in engine]
            spaces = {os.readlink(f"/proc/{one.pid}/ns/user") for one in engine}
            closed = os.stat(f"/proc/{process.pid}/mem").st_uid == 0
            users = {os.stat(f"/proc/{process.pid}").st_uid}
            out, err = process.communicate(timeout=120)
        ended = json.loads(out.splitlines()[-1])
    finally:
        shutil.rmtree(home)
    assert (process.returncode, ended["ok"]) == (0, True), f"{ended} {said} {err}"
    assert users == {NOBODY}
    assert closed, "the program itself is closed to others of its user"
    own = os.readlink("/proc/self/ns/user")
    assert spaces - {own}, "the engine has no user namespace of its own"
    assert "2" in seccomp, f"no process of the engine is under a filter: {seccomp}"


def _status(pid: int, name: str) -> str:
    """Return a line of what the kernel says of a process; empty where it has ended."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return ""
    return next((line.split()[1] for line in text.splitlines() if line.startswith(f"{name}:")), "")
