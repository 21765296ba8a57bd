"""A hop as cURL: a shell reads it as what was sent, and no secret stands in it."""

import os
import shutil
import subprocess
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcdesk.flow.export.curl import curl
from bcdesk.flow.trace import Channel, Hidden, Hop, Message
from tests.unit.flow.exporting import SECRETS, SETUP, leaks, recorded

pytestmark = pytest.mark.skipif(shutil.which("sh") is None, reason="needs a POSIX shell")
Run = Callable[[str], list[str]]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return what runs a command with a `curl` that tells its arguments."""
    stub = tmp_path_factory.mktemp("stub") / "curl"
    stub.write_text("#!/bin/sh\nprintf '%s\\0' \"$@\"\n")
    stub.chmod(0o755)
    variables = {f"BC_{kind.upper()}": secret for kind, secret in SECRETS.items()}
    environment = {**variables, "PATH": f"{stub.parent}{os.pathsep}{os.environ['PATH']}"}

    def words(command: str) -> list[str]:
        done = subprocess.run(["sh", "-euc", command], env=environment, capture_output=True, check=True)
        assert done.stderr == b""
        return done.stdout.decode().split("\0")[:-1]

    return words


def of(**parts: object) -> Hop:
    return Hop(1, "call", Channel.BACK, 0.0, sent=Message(**parts))  # type: ignore[arg-type]  # a message by its parts


def test_that_a_token_request_is_sent_with_its_secrets(run: Run) -> None:
    token = next(hop for hop in recorded().hops if hop.name == "token")
    assert run(curl(token, client_id=SETUP.client_id)) == [
        "https://issuer.example/token",
        "--header", "Accept: application/json",
        "--user", f"{SETUP.client_id}:{SECRETS['client_secret']}",
        "--data-urlencode", "grant_type=authorization_code",
        "--data-urlencode", f"code={SECRETS['code']}",
        "--data-urlencode", f"code_verifier={SECRETS['code_verifier']}",
        "--data-urlencode", f"redirect_uri={SETUP.redirect_uri}",
    ]  # fmt: skip


def test_that_a_bearer_token_and_a_hinted_one_are_the_right_ones(run: Run) -> None:
    hops = {hop.name: hop for hop in recorded().hops}
    assert f"Authorization: Bearer {SECRETS['access_token']}" in run(curl(hops["userinfo"]))
    assert f"token={SECRETS['refresh_token']}" in run(curl(hops["revoke"], client_id="x"))


def test_that_an_authorization_request_keeps_its_parameters(run: Run) -> None:
    authorize = recorded().hops[0]
    words = run(curl(authorize))
    assert words[:2] == ["https://issuer.example/authorize", "--get"]
    assert words[-2:] == ["--data-urlencode", "scope=user.profile beats.read"]


def test_that_what_sent_nothing_has_no_command() -> None:
    assert curl(recorded().hops[1]) == ""


def test_that_each_header_and_field_has_a_line() -> None:
    command = curl(recorded().hops[2])
    assert [line.split()[0] for line in command.splitlines()] == ["curl", "--header", "--user"] + 4 * [
        "--data-urlencode"
    ]


def test_that_a_body_and_another_method_are_kept(run: Run) -> None:
    hop = of(method="PUT", url="https://a/b", headers=(("Content-Type", "text/x"), ("Host", "a")), text="it's $HOME")
    assert run(curl(hop)) == [
        "https://a/b", "--request", "PUT", "--header", "Content-Type: text/x", "--data-raw", "it's $HOME"
    ]  # fmt: skip
    hop = of(
        method="POST", url="https://a/b", query=(("client_secret", Hidden("client_secret", 3, "")),), form=(("a", "b"),)
    )
    assert run(curl(hop))[1:3] == ["--url-query", f"client_secret={SECRETS['client_secret']}"]


@given(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=40))
def test_that_no_value_is_more_than_a_value(run: Run, value: str) -> None:
    hop = of(method="POST", url="https://a/b", form=((value, value), (value, Hidden("code", 1, ""))))
    assert run(curl(hop))[1:] == [
        "--data-urlencode", f"{value}={value}", "--data-urlencode", f"{value}={SECRETS['code']}"
    ]  # fmt: skip


def test_that_no_secret_stands_in_a_command_and_a_planted_one_is_found() -> None:
    hops = recorded().hops
    commands = "\n".join(curl(hop) for hop in hops)
    assert "$BC_CODE_VERIFIER" in commands
    assert not leaks(commands)
    planted = of(url="https://a/b", form=(("code", SECRETS["code"]),))
    assert leaks(curl(planted)) == ["code"]
