"""`bcdesk member` and `bcdesk doctor`, beside a running server and without one."""

import json
import logging
import os
import re
import secrets
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlcipher3 import dbapi2

from bcdesk.__main__ import main
from tests.e2e import serving as processes
from tests.e2e.serving import make_key, serving

LINK = re.compile(r"(\S*)/setup#(bcu_[\w-]{43})")
PASSWORD = "correct horse battery staple"
NAMES = ("sqlite", "keyring", "modes", "schema", "integrity", "foreign keys", "audit", "clock")


class Runner:
    """Runs verbs as the command line does, in this process: an interpreter of its own for each costs a second."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        self._capsys.readouterr()
        code = main(list(arguments))
        written = self._capsys.readouterr()
        return subprocess.CompletedProcess(arguments, code, written.out, written.err)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Iterator[Runner]:
    """Return a runner, and put back what a program sets for its whole process."""
    root, mask = logging.getLogger(), os.umask(0o022)
    handlers, level = root.handlers[:], root.level
    hooks = sys.excepthook, threading.excepthook, warnings.showwarning
    yield Runner(capsys)
    logging.captureWarnings(False)
    root.handlers[:], root.level = handlers, level
    sys.excepthook, threading.excepthook, warnings.showwarning = hooks
    os.umask(mask)


def doctor(run: Runner, folder: Path) -> tuple[int, dict[str, str], dict[str, str]]:
    """Return the exit code, and the state and the words of each check."""
    found = run("doctor", "--json", "--data", str(folder))
    assert found.stderr == ""
    checks = json.loads(found.stdout)["checks"]
    return (
        found.returncode,
        {check["check"]: check["state"] for check in checks},
        {check["check"]: check["detail"] for check in checks},
    )


def add(run: Runner, folder: Path, name: str, role: str) -> str:
    added = run("member", "add", name, "--role", role, "--data", str(folder))
    assert added.returncode == 0
    assert LINK.search(added.stderr), added.stderr
    return added.stdout.strip()


def token_of(run: Runner, folder: Path, member_id: str) -> str:
    issued = run("member", "token", member_id, "--data", str(folder))
    assert (issued.returncode, issued.stderr) == (0, "")
    return issued.stdout.strip()


def test_that_members_are_made_and_let_in_while_the_server_runs(run: Runner, folder: Path) -> None:
    with serving(folder) as served:
        viewer = add(run, folder, "Reader", "viewer")
        manager = add(run, folder, "Keeper", "manager")
        tokens = {role: token_of(run, folder, member) for role, member in (("viewer", viewer), ("manager", manager))}
        body = {"name": "K", "environment": "sandbox", "scopes": ["beats.read"]}
        for role, status in (("viewer", 403), ("manager", 201)):
            with served.client(tokens[role]) as client:
                assert client.get("/manage/v1/session").json()["role"] == role
                made = client.post("/manage/v1/keys", json=body, headers={"Idempotency-Key": secrets.token_urlsafe(32)})
                assert made.status_code == status
        assert run("member", "disable", viewer, "--data", str(folder)).returncode == 0
        with served.client(tokens["viewer"]) as client:
            assert client.get("/manage/v1/session").json()["code"] == "member_disabled"
        listed = run("member", "list", "--data", str(folder)).stdout.splitlines()
    assert [line.split()[1] for line in listed] == ["owner", "viewer", "manager"]
    assert [line.endswith("(disabled)") for line in listed] == [False, True, False]


def test_that_a_token_is_kept_nowhere(run: Runner, folder: Path) -> None:
    token = token_of(run, folder, add(run, folder, "Chief", "owner"))
    assert token.startswith("bct_")
    assert all(token[4:].encode() not in file.read_bytes() for file in folder.rglob("*") if file.is_file())


def test_that_the_last_owner_cannot_be_disabled(run: Runner, folder: Path) -> None:
    first = add(run, folder, "First", "owner")
    refused = run("member", "disable", first, "--data", str(folder))
    assert refused.returncode == 2
    assert refused.stderr.startswith("bcdesk member: The last owner stays")
    add(run, folder, "Second", "owner")
    assert run("member", "disable", first, "--data", str(folder)).returncode == 0


def set_up(base_url: str, token: str, **who: str) -> httpx.Response:
    """Go through the pages of a set-up link, and return what the second one answers."""
    page = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    with httpx.Client(base_url=base_url, headers=page, trust_env=False) as browser:
        shown = browser.post("/setup", data={"action": "open", "token": token})
        ticket = re.search(r'name="ticket" value="([^"]+)"', shown.text)
        if ticket is None:
            return shown
        form = {"action": "set", "ticket": ticket[1], "password": PASSWORD, "again": PASSWORD, **who}
        return browser.post("/setup", data=form)


def test_that_the_first_start_shows_a_link_until_the_first_owner_is_there(run: Runner, folder: Path) -> None:
    before = ""
    for _ in range(2):
        with serving(folder, owner_token=False) as served:
            shown = LINK.search(served.errors.read_text())
            assert shown is not None
            assert shown[1] == served.base_url
            before = shown[2]
    with serving(folder, owner_token=False) as served:
        assert set_up(served.base_url, before).status_code == 403, "the link of the start before has ended"
        shown = LINK.search(served.errors.read_text())
        assert shown is not None
        assert set_up(served.base_url, shown[2], name="Chief", email="chief@studio.example").status_code == 303
        listed = run("member", "list", "--data", str(folder)).stdout
        assert listed.endswith("Chief <chief@studio.example>\n"), listed
        assert listed.split()[1] == "owner"
    with serving(folder, owner_token=False) as served:
        assert LINK.search(served.errors.read_text()) is None


@pytest.mark.parametrize("arguments", [("--demo",), ("--owner-token",)])
def test_that_no_link_is_shown_where_there_is_another_way_in(folder: Path, arguments: tuple[str, ...]) -> None:
    with serving(folder, *arguments, owner_token=False) as served:
        assert LINK.search(served.errors.read_text()) is None


def test_that_a_reset_makes_a_link_at_the_address_of_the_server_that_runs(run: Runner, folder: Path) -> None:
    with serving(folder) as served:
        member = add(run, folder, "Keeper", "manager")
        reset = run("member", "reset", member, "--data", str(folder))
        assert (reset.returncode, reset.stderr) == (0, "")
        shown = LINK.fullmatch(reset.stdout.strip())
        assert shown is not None
        assert shown[1] == served.base_url
        assert set_up(served.base_url, shown[2], name="Keeper", email="keeper@studio.example").status_code == 303
        assert set_up(served.base_url, shown[2]).status_code == 403
        written = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
        assert b"keeper@studio.example" in written  # the control
        assert PASSWORD.encode() not in written
        assert shown[2].encode() not in written
        assert "bcu_" not in served.errors.read_text()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("token", "mem_nobody"), "no member"),
        (("reset", "mem_nobody"), "no member"),
        (("disable", "nobody"), "no member"),
        (("add", "x" * 200, "--role", "viewer"), "name: This is longer than it may be."),
        (("add", "a\nb", "--role", "viewer"), "name: This holds a character"),
    ],
)
def test_that_what_cannot_be_done_is_said_in_one_line(
    run: Runner, folder: Path, arguments: tuple[str, ...], words: str
) -> None:
    refused = run("member", *arguments, "--data", str(folder))
    assert (refused.returncode, refused.stdout) == (2, "")
    assert words in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


@pytest.mark.parametrize("days", ["0", "-1", "nan", "1e9"])
def test_that_a_token_ends_within_ten_years(run: Runner, folder: Path, days: str) -> None:
    member = add(run, folder, "Chief", "owner")
    refused = run("member", "token", member, f"--expires-days={days}", "--data", str(folder))
    assert (refused.returncode, refused.stdout) == (2, "")


def test_that_the_doctor_finds_a_serving_folder_well(run: Runner, folder: Path) -> None:
    with serving(folder, "--demo") as served, served.client() as client:
        make_key(client)
        code, states, words = doctor(run, folder)
    assert code == 0, words
    assert tuple(states) == NAMES
    assert set(states.values()) - {"ok"} <= {"warn"}, words
    assert {name for name, state in states.items() if state == "warn"} <= {"keyring"}


def test_that_the_doctor_finds_nothing_wrong_where_nothing_is(run: Runner, folder: Path) -> None:
    code, states, _words = doctor(run, folder)
    assert (code, states["data"]) == (0, "warn")
    assert not folder.exists()


def test_that_the_doctor_sees_a_cut_audit_tail_a_changed_row_and_an_open_file(run: Runner, folder: Path) -> None:
    with serving(folder, "--demo") as served, served.client() as client:
        make_key(client)
    file = folder / "server.sqlite3"
    with dbapi2.connect(file) as database:
        database.execute("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)")
    code, states, words = doctor(run, folder)
    assert (code, states["audit"]) == (1, "fail"), words
    with dbapi2.connect(file) as database:
        database.execute("UPDATE audit SET detail = '{}' WHERE seq = 2")
    assert doctor(run, folder)[2]["audit"] == "the chain breaks at row 2"
    file.chmod(0o644)
    (folder / "server.key").chmod(0o640)
    assert doctor(run, folder)[2]["modes"] == "server.key is 0640; server.sqlite3 is 0644"


def test_that_the_doctor_sees_a_row_that_leads_nowhere_and_a_key_that_is_gone(run: Runner, folder: Path) -> None:
    with serving(folder, "--demo"):
        pass
    with dbapi2.connect(folder / "server.sqlite3") as database:
        database.execute("DELETE FROM keys")
    (folder / "server.key").unlink()
    code, states, words = doctor(run, folder)
    assert (code, states["foreign keys"], states["audit"]) == (1, "fail", "fail")
    assert "server.key" in words["audit"]
    assert not (folder / "server.key").exists(), "the doctor makes none"


def test_that_the_doctor_says_of_a_broken_file_that_it_cannot_be_read(run: Runner, folder: Path) -> None:
    folder.mkdir(mode=0o700)
    (folder / "server.sqlite3").write_bytes(secrets.token_bytes(8192))
    found = run("doctor", "--data", str(folder))
    assert found.returncode == 1
    assert "FAIL  database" in found.stdout


def test_that_a_verb_runs_as_a_program_of_its_own(folder: Path) -> None:
    added = processes.run("member", "add", "Chief", "--role", "owner", "--data", str(folder))
    assert added.returncode == 0
    assert re.search(r" sets up at /setup#bcu_[\w-]{43} \(works once", added.stderr)
    token = processes.run("member", "token", added.stdout.strip(), "--data", str(folder))
    assert (token.returncode, token.stderr, token.stdout[:4]) == (0, "", "bct_")
    examined = processes.run("doctor", "--data", str(folder))
    assert (examined.returncode, examined.stderr) == (0, "")
    assert "ok    audit        3 rows hold together" in examined.stdout.splitlines()
    if os.name == "posix":
        assert (folder / "server.sqlite3").stat().st_mode & 0o777 == 0o600
