"""`bcdesk serve` from its start to its end, as a real process."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from sqlcipher3 import dbapi2

import bcdesk
from tests.e2e.serving import COMMAND, Served, make_key, run, send_raw, serving, wait_for_exit

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel")


def test_that_the_ready_line_says_where_the_server_answers(folder: Path) -> None:
    with serving(folder) as served:
        assert set(served.ready) == {"base_url", "issuer", "version", "pid", "owner_token"}
        assert served.ready["pid"] == served.process.pid
        assert served.ready["version"] == bcdesk.__version__
        assert served.ready["issuer"] == served.base_url
        assert httpx.get(f"{served.base_url}/healthz").json()["status"] == "ok"
        assert httpx.get(f"{served.base_url}/readyz").json()["status"] == "ok"


def test_that_there_is_no_owner_token_unless_asked_for(folder: Path) -> None:
    with serving(folder, owner_token=False) as served:
        assert "owner_token" not in served.ready
    assert run("member", "list", "--data", str(folder)).stdout.endswith("Owner  (invited)\n")


def test_that_the_owner_token_is_an_owners_and_ends_with_its_server(folder: Path) -> None:
    with serving(folder) as served:
        with served.client() as client:
            session = client.get("/manage/v1/session").json()
        token = served.ready["owner_token"]
        assert (session["role"], session["member"]["name"]) == ("owner", "Owner")
        command_line = Path(f"/proc/{served.process.pid}/cmdline").read_bytes() if sys.platform == "linux" else b""
        assert b"bct_" not in command_line
    kept = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file()) + served.errors.read_bytes()
    assert served.ready["owner_token"].encode() not in kept
    assert served.ready["owner_token"][4:].encode() not in kept
    with serving(folder) as again, again.client(token) as client:
        assert client.get("/manage/v1/session").status_code == 401
        with again.client() as new:
            again_told = new.get("/manage/v1/session").json()
            assert again_told["member"]["id"] == session["member"]["id"], "the owner is made once"


def test_that_nothing_secret_comes_to_the_log_even_at_debug(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BCDESK_LOG", "DEBUG")
    with serving(folder, "--demo") as served, served.client() as client:
        made = make_key(client, name="Canary")
        with served.client(made["secret"]) as caller:
            assert caller.get("/v1/beats").status_code == 200
            assert caller.get("/manage/v1/keys").status_code == 403
            assert caller.get(f"/v1/beats?cursor={made['secret']}").status_code == 400
        client.post("/manage/v1/keys", content=made["secret"])
        client.post(f"/manage/v1/keys/{made['secret']}/revoke", json={"reason": made["secret"]})
    text = served.errors.read_text()
    for secret in (made["secret"], served.ready["owner_token"]):
        assert secret not in text
        assert secret[9:] not in text
    assert "Canary" not in text, "nor what callers send"


def test_that_a_second_server_on_the_same_folder_is_refused_in_one_line(folder: Path) -> None:
    with serving(folder):
        second = run("serve", "--data", str(folder))
    assert (second.returncode, second.stdout) == (2, "")
    assert second.stderr.splitlines() == [f"bcdesk serve: another server is running on {folder}"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_that_a_signal_stops_cleanly_and_no_call_is_forgotten(folder: Path, number: int) -> None:
    with serving(folder) as served:
        with served.client() as client:
            secret = make_key(client)["secret"]
        with served.client(secret) as caller:
            assert [caller.get("/v1/beats").status_code for _ in range(3)] == [200, 200, 200]
        assert served.stop(number) == 0
    database = dbapi2.connect(folder / "server.sqlite3")
    assert database.execute("SELECT sum(count), sum(limited) FROM callers").fetchone() == (3, 0)
    assert database.execute("SELECT count(*) FROM keys WHERE last_used_from = '127.0.0.1'").fetchone() == (1,)
    database.close()


def test_that_the_server_ends_when_its_stdin_ends(folder: Path) -> None:
    with serving(folder, "--exit-with-parent") as served:
        assert served.process.stdin is not None
        served.process.stdin.close()
        assert served.process.wait(15) == 0


PARENT = """
import subprocess, sys
stdin = subprocess.PIPE if sys.argv[1] == "pipe" else 0
child = subprocess.Popen(sys.argv[2:], stdin=stdin, stdout=subprocess.PIPE, text=True)
sys.stdout.write(child.stdout.readline())
sys.stdout.flush()
child.wait()
"""


@linux_only
@pytest.mark.parametrize("stdin", ["pipe", "held open elsewhere"])
def test_that_a_killed_parent_takes_the_server_with_it(folder: Path, stdin: str) -> None:
    command = [*COMMAND, "serve", "--exit-with-parent", "--data", str(folder)]
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, stdin.split()[0], *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        ready = json.loads(parent.stdout.readline())
        assert httpx.get(f"{ready['base_url']}/healthz").status_code == 200
        os.kill(parent.pid, signal.SIGKILL)
        wait_for_exit(ready["pid"])
    with serving(folder) as served:
        assert httpx.get(f"{served.base_url}/readyz").status_code == 200


def test_that_a_killed_server_leaves_a_folder_that_the_next_one_takes(folder: Path) -> None:
    with serving(folder) as served:
        with served.client() as client:
            made = make_key(client)
        served.process.kill()
        served.process.wait()
    with serving(folder) as again, again.client() as client:
        assert client.get(f"/manage/v1/keys/{made['key']['id']}").status_code == 200
        with again.client(made["secret"]) as caller:
            assert caller.get("/v1/beats").status_code == 200


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--host", "0.0.0.0"), "not loopback"),
        (("--public-url", "http://keys.example.org"), "https"),
        (("--tls-cert", "cert.pem"), "together"),
        (("--tls-cert", "/no/such/file", "--tls-key", "/no/such/file"), "certificate"),
        (("--database", "no-such-database://"), "--database"),
        (("--limits", "no-such-store://"), "limits"),
    ],
)
def test_that_what_is_unsafe_is_refused_with_the_reason(folder: Path, arguments: tuple[str, ...], words: str) -> None:
    refused = run("serve", "--data", str(folder), *arguments)
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert words in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_that_demo_data_comes_into_an_empty_database_only_and_marks_it_for_ever(tmp_path: Path) -> None:
    found = []
    for name, arguments in (("demo", ["--demo"]), ("demo", []), ("used", []), ("used", ["--demo"])):
        with serving(tmp_path / name, *arguments) as served, served.client() as client:
            session, keys = client.get("/manage/v1/session").json(), client.get("/manage/v1/keys").json()
            found.append(("demo" in session["capabilities"], len(keys["items"])))
    assert found == [(True, 3), (True, 3), (False, 0), (False, 0)]


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_that_the_data_folder_is_closed_to_other_users(folder: Path) -> None:
    folder.mkdir(mode=0o755)
    with serving(folder) as served, served.client() as client:
        make_key(client)
        files = [file for file in folder.iterdir() if file.is_file()]
        assert {file.name for file in files} >= {"server.key", "server.sqlite3", "server.sqlite3-wal", "audit.head"}
        assert [f"{file.name} {file.stat().st_mode & 0o777:o}" for file in files if file.stat().st_mode & 0o077] == []
        assert folder.stat().st_mode & 0o777 == 0o700


def test_that_a_stranger_s_forwarded_address_counts_only_from_a_trusted_proxy(folder: Path) -> None:
    forged = {"X-Forwarded-For": "203.0.113.9"}
    with serving(folder) as served, served.client() as client:
        made = make_key(client, allowed_cidrs=["203.0.113.0/24"])
        own = make_key(client, allowed_cidrs=["127.0.0.0/8"])
        with served.client(made["secret"]) as caller:
            refused = caller.get("/v1/beats", headers=forged)
            assert (refused.status_code, refused.json()["code"]) == (403, "address_not_allowed")
        with served.client(own["secret"]) as caller:
            assert caller.get("/v1/beats", headers=forged).status_code == 200
    with serving(folder, "--trusted-proxy", "127.0.0.0/8") as served, served.client(made["secret"]) as caller:
        assert caller.get("/v1/beats", headers=forged).status_code == 200
        assert caller.get("/v1/beats").status_code == 403


def test_that_a_published_address_is_answered_and_no_other(folder: Path) -> None:
    with serving(folder, "--public-url", "https://keys.example.org") as served:
        host, port = "127.0.0.1", _port_of(served)
        assert served.base_url == "https://keys.example.org"
        found = {
            name: httpx.get(f"http://{host}:{port}/healthz", headers={"Host": name}).status_code
            for name in (
                "keys.example.org",
                "keys.example.org:443",
                f"{host}:{port}",
                "evil.example",
                "keys.example.org:80",
            )
        }
    assert list(found.values()) == [200, 200, 200, 421, 421]


def _port_of(served: Served) -> int:
    import psutil

    (listening,) = [one for one in psutil.Process(served.process.pid).net_connections() if one.status == "LISTEN"]
    port: int = listening.laddr.port
    return port


def test_that_it_speaks_tls_with_the_given_certificate(folder: Path, tmp_path: Path) -> None:
    certificate, key = _self_signed(tmp_path)
    with serving(folder, "--tls-cert", str(certificate), "--tls-key", str(key)) as served:
        assert served.base_url.startswith("https://127.0.0.1:")
        import ssl

        trusting = ssl.create_default_context(cafile=str(certificate))
        assert httpx.get(f"{served.base_url}/healthz", verify=trusting).status_code == 200
        assert send_raw(served, f"GET /healthz HTTP/1.1\r\nHost: {served.authority}\r\n\r\n".encode()) == b""


def _self_signed(folder: Path) -> tuple[Path, Path]:
    import datetime
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = folder / "cert.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


def test_that_a_reply_does_not_wait_for_a_delayed_acknowledgement(demo_server: Served) -> None:
    with demo_server.client() as client:
        client.get("/healthz")
        started = time.perf_counter()
        for _ in range(20):
            client.get("/healthz")
        assert (time.perf_counter() - started) / 20 < 0.03, "a socket without TCP_NODELAY costs 40 ms a request"
