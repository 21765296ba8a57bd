"""`bcdesk flow` against our own server: what it prints, how it ends, and that it gives no secret away."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from tests.e2e.flow.flowing import CUSTOM, PUBLIC, SECRET, Ended, Flow
from tests.e2e.flow.walking import walk
from tests.e2e.oauth.walking import App
from tests.e2e.serving import Served, run

LOOPBACK = "http://127.0.0.1/callback"
AFTER = ("refresh", "introspect", "userinfo", "call", "revoke")
_SECRETS = re.compile(r"\bbc[a-z]_[A-Za-z0-9_-]{43}")


@pytest.fixture(scope="module")
def app(demo_server: Served) -> Iterator[App]:
    """Register a confidential application whose redirect is this machine, on any port."""
    with App(demo_server, redirect_uris=[LOOPBACK, "http://[::1]/callback"]) as registered:
        yield registered


def confidential(app: App, *more: str, redirect: str = "http://127.0.0.1:0/callback") -> Flow:
    issuer = app.served.base_url
    scopes = ("--scope", "user.profile", "--scope", "beats.read")
    return Flow("--issuer", issuer, "--client-id", app.client_id, "--redirect-uri", redirect, *scopes, *more,
                secret=app.secret)  # fmt: skip


def public(served: Served, *more: str, stdin: int = subprocess.PIPE) -> Flow:
    return Flow("--issuer", served.base_url, *PUBLIC, *more, stdin=stdin)


def visit(flow: Flow, url: str | None = None) -> int:
    return httpx.get(url or walk(flow.url, flow.redirect_uri), trust_env=False, timeout=30).status_code


def has_no_token(ended: Ended) -> bool:
    return "token" not in ended.steps and ended.result["tokens"] == {}


# ------------------------------------------------------------------ runs that succeed


def test_that_a_public_app_runs_with_the_address_pasted(demo_server: Served) -> None:
    with public(demo_server, "--then", "refresh,userinfo,revoke") as flow:
        assert flow.first.keys() == {"authorize_url", "redirect_uri"}
        assert flow.redirect_uri == CUSTOM
        ended = flow.end(walk(flow.url, CUSTOM))
    assert (ended.code, ended.result["ok"], ended.result["error"]) == (0, True, None)
    names = [step["name"] for step in ended.result["steps"]]
    assert names == ["discovery", "prepare", "authorize", "callback", "token", "refresh", "userinfo", "revoke"]
    assert all(step.keys() == {"name", "ok", "status", "detail", "ms"} for step in ended.result["steps"])
    assert ended.result["tokens"]["token_type"] == "Bearer"
    assert ended.result["tokens"]["scope"] == "user.profile beats.read"


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_that_a_confidential_app_runs_with_the_listener(demo_server: Served, method: str, host: str) -> None:
    redirects = [LOOPBACK, "http://[::1]/callback"]
    api = f"{demo_server.base_url}/v1/beats?limit=1"
    with App(demo_server, redirect_uris=redirects, token_endpoint_auth_method=method) as app:
        more = ("--auth-method", method, "--then", ",".join(AFTER), "--api", api)
        with confidential(app, *more, redirect=f"http://{host}:0/callback") as flow:
            assert re.fullmatch(rf"http://{re.escape(host)}:[1-9][0-9]+/callback", flow.redirect_uri)
            assert visit(flow) == 200
            ended = flow.end()
    assert (ended.code, ended.result["ok"]) == (0, True), ended.said
    assert all(ended.steps[name]["status"] == 200 for name in ("token", *AFTER))


def test_that_the_browser_of_the_system_is_sent_and_comes_back(demo_server: Served, app: App) -> None:
    browser = f"{sys.executable} -m tests.e2e.flow.walking %s"
    done = run(
        "flow", "--issuer", demo_server.base_url, "--client-id", app.client_id, "--client-secret-env", SECRET,
        "--redirect-uri", "http://127.0.0.1:0/callback", "--scope", "beats.read", "--then", "introspect",
        env={**os.environ, "BROWSER": browser, SECRET: app.secret or ""},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line.split()[1] for line in lines] == [
        "discovery", "prepare", "callback", "authorize", "token", "introspect", "The"
    ]  # fmt: skip
    assert all(line.startswith("ok ") for line in lines)
    assert not _SECRETS.findall(done.stdout + done.stderr)


# ------------------------------------------------------------------ runs that do not


def test_that_another_state_does_not_end_a_run(demo_server: Served) -> None:
    with public(demo_server) as flow:
        right = walk(flow.url, CUSTOM)
        state = parse_qs(urlsplit(right).query)["state"][0]
        ended = flow.end(f"beatfusion://callback?code=x&state={state[::-1]}\nnonsense\n{right}")
    assert (ended.code, ended.result["ok"]) == (0, True), ended.said
    assert ended.said.count("waiting for another one") == 2
    assert "callback.foreign_state" in ended.said


def test_that_the_listener_waits_on_after_another_state(app: App) -> None:
    with confidential(app) as flow:
        assert visit(flow, f"{flow.redirect_uri}?code=x&state=y") == 400
        assert visit(flow, flow.redirect_uri.replace("/callback", "/other")) == 404
        assert visit(flow) == 200
        ended = flow.end()
    assert ended.code == 0, ended.said


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"iss": "https://elsewhere.example"}, "callback.foreign_iss"),
        ({"iss": None}, "callback.no_iss"),
        ({"state": None}, "callback.no_state"),
        ({"code": None}, "callback.no_code"),
        ({"error": "server_error"}, "callback.error"),
    ],
)
def test_that_a_callback_that_fails_a_check_sends_nothing(
    demo_server: Served, change: dict[str, str | None], error: str
) -> None:
    with public(demo_server) as flow:
        given = {name: values[0] for name, values in parse_qs(urlsplit(walk(flow.url, CUSTOM)).query).items()} | change
        kept = {name: value for name, value in given.items() if value is not None}
        ended = flow.end(f"{CUSTOM}?{urlencode(kept)}")
    assert (ended.code, ended.result["ok"], ended.result["error"]) == (1, False, error)
    assert has_no_token(ended)


def test_that_a_refusal_is_told(demo_server: Served) -> None:
    with public(demo_server) as flow:
        ended = flow.end(walk(flow.url, CUSTOM, deny=True))
    assert (ended.code, ended.result["error"]) == (1, "callback.error")
    assert "access_denied" in ended.steps["callback"]["detail"]
    assert has_no_token(ended)


def test_that_a_secret_sent_the_other_way_is_refused(app: App) -> None:
    with confidential(app, "--auth-method", "client_secret_post") as flow:  # it is registered for Basic
        assert visit(flow) == 200
        ended = flow.end()
    assert (ended.code, ended.result["error"]) == (1, "token.refused")
    assert "invalid_client" in ended.steps["token"]["detail"]


def test_that_the_time_of_the_browser_ends(demo_server: Served) -> None:
    with public(demo_server, "--timeout", "1") as flow:
        assert flow.process.wait(20) == 1  # stdin stays open
        ended = flow.end()
    assert (ended.code, ended.result["error"]) == (1, "browser.timeout")
    assert has_no_token(ended)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("listens", [True, False])
def test_that_a_signal_cancels(demo_server: Served, app: App, listens: bool, number: signal.Signals) -> None:
    with confidential(app) if listens else public(demo_server) as flow:
        assert flow.url
        flow.process.send_signal(number)
        flow.process.wait(20)  # stdin stays open
        ended = flow.end()
    assert (ended.code, ended.result.get("error")) == (1, "cancelled"), ended.said
    assert "Traceback" not in ended.said


def test_that_a_signal_cancels_what_a_server_never_answers() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        Flow("--issuer", f"http://127.0.0.1:{silent.getsockname()[1]}", *PUBLIC) as flow,
    ):
        connection, _ = silent.accept()
        with connection:
            connection.recv(65536)
            flow.process.send_signal(signal.SIGTERM)
            ended = flow.end()
    assert (ended.code, ended.result["error"]) == (1, "cancelled")
    assert ended.steps["discovery"]["ok"] is False


def test_that_a_signal_while_it_ends_changes_nothing(demo_server: Served) -> None:
    for _ in range(5):
        with public(demo_server) as flow:
            assert flow.process.stdin is not None
            assert flow.url
            flow.process.stdin.close()  # ends it
            flow.process.stdin = None
            flow.process.send_signal(signal.SIGTERM)
            ended = flow.end()
        assert ended.code == 1
        assert ended.result.get("error") in ("browser.gone", "cancelled"), ended.said


def test_that_a_closed_stdin_ends_a_wait_for_it(demo_server: Served) -> None:
    with public(demo_server, stdin=subprocess.DEVNULL) as flow:
        ended = flow.end()
    assert (ended.code, ended.result["error"]) == (1, "browser.gone")


def test_that_a_listener_needs_no_stdin(app: App) -> None:
    with confidential(app) as flow:
        assert flow.process.stdin is not None
        flow.process.stdin.close()
        flow.process.stdin = None
        assert visit(flow) == 200
        assert flow.end().code == 0


def test_that_a_reader_that_hangs_up_ends_it_without_a_word(demo_server: Served) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "bcdesk", "flow", "--browser", "print", "--issuer", demo_server.base_url, *PUBLIC],
        stdin=subprocess.PIPE, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=60, check=False,
    )  # fmt: skip
    os.close(writing)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


def test_that_a_port_that_is_taken_is_said(app: App) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with confidential(app, redirect=f"http://127.0.0.1:{port}/callback") as flow:
            ended = flow.end()
    assert (ended.code, ended.result["error"]) == (1, "listener.port_taken")


def test_that_an_issuer_that_nobody_answers_at_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        issuer = f"http://127.0.0.1:{free.getsockname()[1]}"
    with Flow("--issuer", issuer, *PUBLIC) as flow:
        ended = flow.end()
    assert (ended.code, ended.result["error"]) == (1, "unreachable")


def test_that_a_step_that_cannot_be_sent_is_a_step_that_failed(demo_server: Served) -> None:
    with public(demo_server, "--then", "introspect") as flow:  # a public client may not introspect
        ended = flow.end(walk(flow.url, CUSTOM))
    assert (ended.code, ended.result["ok"]) == (1, False)
    assert ended.steps["token"]["ok"] is True
    assert ended.steps["introspect"]["ok"] is False


# ------------------------------------------------------------------ secrets


def test_that_no_secret_is_printed_and_a_planted_one_is_found(app: App) -> None:
    with confidential(app, "--then", "refresh,introspect,userinfo,revoke") as flow:
        landing = walk(flow.url, flow.redirect_uri)
        assert visit(flow, landing) == 200
        ended = flow.end()
    code = parse_qs(urlsplit(landing).query)["code"][0]
    assert ended.code == 0
    assert not _SECRETS.findall(ended.said)
    assert code not in ended.said
    assert (app.secret or "") not in ended.said
    assert _SECRETS.findall(f"{ended.said} {app.secret}") == [app.secret]
