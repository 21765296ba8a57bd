"""`bcdesk flow --browser embedded`: a window of its own, in a process of its own, that leaves nothing behind."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from typing import Any

import psutil
import pytest

from tests.e2e.flow.flowing import SECRET
from tests.e2e.flow.issuer import CUSTOM, LOOPBACK, SCOPES, Issuer
from tests.e2e.oauth.walking import App
from tests.e2e.serving import Served

pytestmark = [pytest.mark.webengine, pytest.mark.timeout(180)]
_DISPLAY = {"QT_QPA_PLATFORM": "offscreen", "QTWEBENGINE_DISABLE_SANDBOX": "1"}  # as root, in tests only
_NO_DISPLAY = dict.fromkeys(("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"), "")


def start(*arguments: str, attended: bool = True, secret: str = "", display: bool = True) -> "subprocess.Popen[str]":
    secrets = ("--client-secret-env", SECRET) if secret else ()
    return subprocess.Popen(
        [
            sys.executable, "-m", "tests.e2e.flow.alone_child", *(("--attended",) if attended else ()), "flow",
            "--browser", "embedded", "--json", "--timeout", "90", *arguments, *secrets,
        ],
        env={**os.environ, **(_DISPLAY if display else _NO_DISPLAY), SECRET: secret}, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def of_session(leader: int) -> list[psutil.Process]:
    """Return the processes that ``leader`` and its children started, those of the engine among them."""
    found = []
    for one in psutil.process_iter():
        with contextlib.suppress(OSError):
            if os.getsid(one.pid) == leader:
                found.append(one)
    return found


def result(process: "subprocess.Popen[str]") -> tuple[int, dict[str, Any], str]:
    with process:
        out, err = process.communicate(timeout=120)
    assert "Traceback" not in err, err
    psutil.wait_procs(left := of_session(process.pid), timeout=5)
    assert not [one for one in left if one.is_running()]
    return process.returncode, json.loads(out.splitlines()[-1]), err


@pytest.mark.parametrize("redirect", [CUSTOM, LOOPBACK])
@pytest.mark.parametrize("method", ["client_secret_basic", "none"])
def test_that_a_certified_server_is_walked_to_the_end(issuer: Issuer, method: str, redirect: str) -> None:
    code, ended, err = result(
        start(
            "--issuer", issuer.url, "--client-id", issuer.clients[method], "--redirect-uri", redirect,
            "--scope", SCOPES, "--param", "prompt=consent", "--then", "refresh,introspect,userinfo,revoke",
            secret="" if method == "none" else issuer.client_secret,
        )
    )  # fmt: skip
    assert (code, ended["ok"]) == (0, True), f"{ended} {err}"
    assert [step["name"] for step in ended["steps"]].count("page") >= 2
    assert next(step for step in ended["steps"] if step["name"] == "callback")["detail"] == "via browser"


@pytest.mark.parametrize("redirect", ["beatfusion://callback", "https://beatmarketplace.invalid/oauth/callback"])
def test_that_our_own_server_is_walked_to_the_end(demo_server: Served, redirect: str) -> None:
    kind = "mobile" if redirect.startswith("beatfusion") else "web"
    with App(demo_server, kind, redirect_uris=[redirect]) as app:
        code, ended, err = result(
            start(
                "--issuer", demo_server.base_url, "--client-id", app.client_id, "--redirect-uri", redirect,
                "--scope", "beats.read", secret=app.secret or "",
            )
        )  # fmt: skip
    assert (code, ended["ok"]) == (0, True), f"{ended} {err}"


def test_that_a_signal_closes_the_window_and_tells(demo_server: Served) -> None:
    process = start(
        "--issuer", demo_server.base_url, "--client-id", "client_5f82a4b7e9d287a3b5",
        "--redirect-uri", "beatfusion://callback", attended=False,
    )  # fmt: skip
    assert process.stderr is not None
    assert any(line == "page loaded\n" for line in process.stderr)
    assert len(of_session(process.pid)) > 1
    process.send_signal(signal.SIGTERM)
    code, ended, _ = result(process)
    assert (code, ended["error"]) == (1, "cancelled")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there always is one")
def test_that_no_display_is_said(demo_server: Served) -> None:
    process = start("--issuer", demo_server.base_url, "--client-id", "x", "--redirect-uri", "a:/b", display=False)
    code, ended, err = result(process)
    assert (code, ended["error"]) == (1, "browser.gone")
    assert "--browser print" in err
