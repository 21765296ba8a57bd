"""`bcdesk watch` on a real server: a client in another process errs, and is told what to change."""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bcdesk.client.bearer import Bearer
from bcdesk.client.client import Client
from bcdesk.client.errors import Forbidden, SignInNeeded
from bcdesk.client.transport import Transport
from tests.e2e.oauth.walking import App
from tests.e2e.serving import Served, run, serving
from tests.e2e.watching import watching

MISTAKES = {
    "code twice": "code_sent_twice",
    "wrong verifier": "verifier_wrong",
    "trailing slash": "redirect_trailing_slash",
    "rotated-out secret": "secret_rotated_out",
    "scope escalation": "scope_escalation",
    "disabled app": "app_disabled",
    "secret in the body": "post_instead_of_basic",
    "scope of the API": "token_lacks_scope",
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("watched") / "server", "--demo") as served:
        yield served


@pytest.fixture
def app(served: Served) -> Iterator[App]:
    with App(served) as app:
        yield app


def err(app: App, mistake: str) -> None:
    """Let a client of ``app`` make a mistake, in a process of its own."""
    told = {"mistake": mistake, "base_url": app.served.base_url, "client_id": app.client_id, "secret": app.secret}
    command = (sys.executable, "-m", "tests.e2e.clumsy_client")
    subprocess.run(command, input=json.dumps(told), text=True, check=True, timeout=60)


def manage(app: App, path: str, method: str = "POST", **body: object) -> None:
    headers = {
        "Authorization": f"Bearer {app.served.ready['owner_token']}",
        "Idempotency-Key": secrets.token_urlsafe(32),
    }
    reply = app.http.request(method, f"/manage/v1/apps/{app.row['id']}{path}", json=body, headers=headers)
    assert reply.is_success, reply.text


def tokens(served: Served) -> list[str]:
    """Return what the audit says of tokens that the command line made and ended."""
    import sqlcipher3

    with sqlcipher3.connect(served.folder / "server.sqlite3") as connection:
        rows = connection.execute("SELECT action FROM audit WHERE actor = 'command line' ORDER BY seq").fetchall()
    connection.close()
    return [row[0] for row in rows]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_that_a_planted_mistake_is_diagnosed(served: Served, app: App, mistake: str) -> None:
    with watching(app.client_id, "--data", str(served.folder)) as watched:
        if mistake == "rotated-out secret":
            manage(app, "/secrets", overlap_seconds=0)
        elif mistake == "disabled app":
            manage(app, "/disable")
        err(app, mistake)
        found = watched.until(MISTAKES[mistake])
    assert found["text"].endswith(".")
    diagnoses = [line["diagnosis"]["code"] for line in watched.lines if "diagnosis" in line]
    assert diagnoses == [MISTAKES[mistake]]


def test_that_a_client_that_does_all_well_is_told_nothing(served: Served, app: App) -> None:
    with watching(app.client_id, "--data", str(served.folder)) as watched:
        pair = app.pair(pushed=True)
        assert app.opens(pair["access_token"]) == 200
        watched.until_hop("api")
    assert [line for line in watched.lines if "diagnosis" in line] == []
    assert [line["hop"]["endpoint"] for line in watched.lines] == [
        "par", "authorize", "sign_in", "consent", "token", "api",
    ]  # fmt: skip


def test_that_no_secret_is_told(served: Served, app: App) -> None:
    pair = app.pair(pushed=True)
    app.opens(pair["access_token"])
    app.refresh(pair["refresh_token"])
    done = run("watch", "--client", app.client_id, "--data", str(served.folder), "--json", "--for", "2")
    assert done.returncode == 0
    assert app.client_id in done.stdout
    assert len(app.seen.secrets) >= 6
    assert [secret for secret in (*app.seen.secrets, app.secret) if str(secret) in done.stdout + done.stderr] == []
    assert pair["access_token"] in app.seen.secrets  # the control


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_that_a_signal_ends_it_well_and_its_token_with_it(served: Served, app: App, number: int) -> None:
    before = tokens(served)
    with watching(app.client_id, "--data", str(served.folder)) as watched:
        app.pair()
        watched.until_hop("token")
        assert tokens(served) == [*before, "member.token.issued"]
        assert watched.stop(number) == 0
    assert tokens(served) == [*before, "member.token.issued", "member.token.revoked"]


def test_that_it_finds_the_server_by_address_and_token(served: Served, app: App) -> None:
    environment = {**os.environ, "BC_TOKEN": str(served.ready["owner_token"])}
    way = ("--server", served.base_url, "--token-env", "BC_TOKEN")
    with watching(app.client_id, *way, env=environment) as watched:
        app.pair()
        watched.until_hop("token")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--server", "http://127.0.0.1:9"), 2),
        (("--server", "http://127.0.0.1:9", "--token-env", "BC_MISSING"), 2),
        (("--server", "http://127.0.0.1:9", "--token-env", "PATH_OF_NO_USE"), 2),
        (("--server", "http://127.0.0.1:9", "--token-env", "BC_TOKEN"), 1),
        (("--data", "/nowhere/to/be/found"), 1),
        (("--for", "never"), 2),
    ],
)
def test_that_it_says_why_it_cannot_watch(arguments: tuple[str, ...], code: int) -> None:
    done = run("watch", "--client", "client_x", *arguments, env={**os.environ, "BC_TOKEN": "bct_x"})
    assert (done.returncode, done.stdout) == (code, "")
    assert "watch: " in done.stderr


def test_that_a_server_leaves_its_address_while_it_runs_and_a_stale_one_is_ignored(tmp_path: Path) -> None:
    folder = tmp_path / "server"
    with serving(folder) as served:
        file = folder / "serving.json"
        assert file.stat().st_mode & 0o777 == 0o600
        left = file.read_text()
        assert json.loads(left)["base_url"] == served.base_url
    assert not file.exists()
    file.write_text(left)
    done = run("watch", "--client", "client_x", "--data", str(folder))
    assert (done.returncode, "no server runs" in done.stderr) == (1, True)


def test_that_a_server_stops_at_once_although_somebody_follows(tmp_path: Path) -> None:
    folder = tmp_path / "server"
    with serving(folder, "--demo") as served, App(served) as app:
        with watching(app.client_id, "--data", str(folder)) as watched:
            app.pair()
            watched.until_hop("token")
            started = time.monotonic()
            assert served.stop() == 0
            assert time.monotonic() - started < 4
        assert served.errors.read_text().count("ERROR") == 0


async def test_that_a_tail_goes_on_where_it_was_and_ends_with_its_member(served: Served, app: App) -> None:
    done = run("member", "add", "Manager", "--role", "manager", "--data", str(served.folder))
    member = done.stdout.strip()
    token = run("member", "token", member, "--data", str(served.folder)).stdout.strip()
    client = Client(Transport(served.base_url, Bearer(token)))
    app.pair()
    hops = await client.flow_trace.list(client_id=app.client_id)
    assert [hop.endpoint for hop in hops] == ["authorize", "sign_in", "consent", "token"]
    tail = client.flow_trace.tail(client_id=app.client_id, last_id=hops[1].id)
    assert [await anext(tail), await anext(tail)] == list(hops[2:])
    app.call("/oauth/introspect", token="bct_x")
    assert (await anext(tail)).endpoint == "introspect"
    by_run = client.flow_trace.tail(run=hops[0].run)
    assert (await anext(by_run)).run == hops[0].run
    await by_run.aclose()
    run("member", "disable", member, "--data", str(served.folder))
    app.call("/oauth/introspect", token="bct_x")
    with pytest.raises((Forbidden, SignInNeeded)):
        await anext(tail)
    await tail.aclose()
    await client.aclose()
