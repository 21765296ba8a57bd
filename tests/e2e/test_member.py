"""`bcdesk member` and `bcdesk doctor`, beside a running server and without one."""

import json
import secrets
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from tests.e2e.serving import make_key, run, serving

NAMES = ("sqlite", "keyring", "modes", "schema", "integrity", "foreign keys", "audit", "clock")


def doctor(folder: Path) -> tuple[int, dict[str, str], dict[str, str]]:
    """Return the exit code, and the state and the words of each check."""
    found = run("doctor", "--json", "--data", str(folder))
    assert found.stderr == ""
    checks = json.loads(found.stdout)["checks"]
    return (
        found.returncode,
        {check["check"]: check["state"] for check in checks},
        {check["check"]: check["detail"] for check in checks},
    )


def add(folder: Path, name: str, role: str) -> str:
    added = run("member", "add", name, "--role", role, "--data", str(folder))
    assert (added.returncode, added.stderr) == (0, "")
    return added.stdout.strip()


def token_of(folder: Path, member_id: str) -> str:
    issued = run("member", "token", member_id, "--data", str(folder))
    assert (issued.returncode, issued.stderr) == (0, "")
    return issued.stdout.strip()


def test_that_members_are_made_and_let_in_while_the_server_runs(folder: Path) -> None:
    with serving(folder) as served:
        viewer = add(folder, "Reader", "viewer")
        manager = add(folder, "Keeper", "manager")
        tokens = {role: token_of(folder, member) for role, member in (("viewer", viewer), ("manager", manager))}
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


def test_that_a_token_is_kept_nowhere(folder: Path) -> None:
    token = token_of(folder, add(folder, "Chief", "owner"))
    assert token.startswith("bct_")
    assert all(token[4:].encode() not in file.read_bytes() for file in folder.rglob("*") if file.is_file())


def test_that_the_last_owner_cannot_be_disabled(folder: Path) -> None:
    first = add(folder, "First", "owner")
    refused = run("member", "disable", first, "--data", str(folder))
    assert refused.returncode == 2
    assert refused.stderr.startswith("bcdesk member: The last owner stays")
    add(folder, "Second", "owner")
    assert run("member", "disable", first, "--data", str(folder)).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("token", "mem_nobody"), "no member"),
        (("disable", "nobody"), "no member"),
        (("add", "x" * 200, "--role", "viewer"), "name: This is longer than it may be."),
        (("add", "a\nb", "--role", "viewer"), "name: This holds a character"),
    ],
)
def test_that_what_cannot_be_done_is_said_in_one_line(folder: Path, arguments: tuple[str, ...], words: str) -> None:
    refused = run("member", *arguments, "--data", str(folder))
    assert (refused.returncode, refused.stdout) == (2, "")
    assert words in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


@pytest.mark.parametrize("days", ["0", "-1", "nan", "1e9"])
def test_that_a_token_ends_within_ten_years(folder: Path, days: str) -> None:
    member = add(folder, "Chief", "owner")
    refused = run("member", "token", member, f"--expires-days={days}", "--data", str(folder))
    assert (refused.returncode, refused.stdout) == (2, "")


def test_that_the_doctor_finds_a_serving_folder_well(folder: Path) -> None:
    with serving(folder, "--demo") as served, served.client() as client:
        make_key(client)
        code, states, words = doctor(folder)
    assert code == 0, words
    assert tuple(states) == NAMES
    assert set(states.values()) - {"ok"} <= {"warn"}, words
    assert {name for name, state in states.items() if state == "warn"} <= {"keyring"}


def test_that_the_doctor_finds_nothing_wrong_where_nothing_is(folder: Path) -> None:
    code, states, _words = doctor(folder)
    assert (code, states["data"]) == (0, "warn")
    assert not folder.exists()


def test_that_the_doctor_sees_a_cut_audit_tail_a_changed_row_and_an_open_file(folder: Path) -> None:
    with serving(folder, "--demo") as served, served.client() as client:
        make_key(client)
    file = folder / "server.sqlite3"
    with dbapi2.connect(file) as database:
        database.execute("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)")
    code, states, words = doctor(folder)
    assert (code, states["audit"]) == (1, "fail"), words
    with dbapi2.connect(file) as database:
        database.execute("UPDATE audit SET detail = '{}' WHERE seq = 2")
    assert doctor(folder)[2]["audit"] == "the chain breaks at row 2"
    file.chmod(0o644)
    (folder / "server.key").chmod(0o640)
    assert doctor(folder)[2]["modes"] == "server.key is 0640; server.sqlite3 is 0644"


def test_that_the_doctor_sees_a_row_that_leads_nowhere_and_a_key_that_is_gone(folder: Path) -> None:
    with serving(folder, "--demo"):
        pass
    with dbapi2.connect(folder / "server.sqlite3") as database:
        database.execute("DELETE FROM keys")
    (folder / "server.key").unlink()
    code, states, words = doctor(folder)
    assert (code, states["foreign keys"], states["audit"]) == (1, "fail", "fail")
    assert "server.key" in words["audit"]
    assert not (folder / "server.key").exists(), "the doctor makes none"


def test_that_the_doctor_says_of_a_broken_file_that_it_cannot_be_read(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    (folder / "server.sqlite3").write_bytes(secrets.token_bytes(8192))
    found = run("doctor", "--data", str(folder))
    assert found.returncode == 1
    assert "FAIL  database" in found.stdout
