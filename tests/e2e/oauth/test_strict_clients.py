"""Clients that are strict about every reply go through every protocol of a running server."""

import json
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.e2e.oauth.walking import REDIRECT, consent
from tests.e2e.serving import Served
from tests.installs import NotInstalledError, node, npm_packages

STEPS = (
    "registration",
    "code with PKCE",
    "pushed request",
    "refresh",
    "introspection",
    "revocation",
    "challenge",
    "error",
)


@pytest.fixture(scope="module")
def script() -> Iterator[Path]:
    """Install the npm client once, or say why that cannot be done."""
    try:
        yield npm_packages(Path(__file__).parent / "strict") / "run.mjs"
    except NotInstalledError as error:
        pytest.skip(str(error))


@pytest.mark.timeout(240)
def test_that_the_strict_npm_client_is_content(script: Path, demo_server: Served) -> None:
    start = {
        "base_url": demo_server.base_url, "owner_token": demo_server.ready["owner_token"], "redirect_uri": REDIRECT
    }  # fmt: skip
    with subprocess.Popen(
        [node(), str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None

        def say(message: object) -> None:
            print(json.dumps(message), file=process.stdin, flush=True)

        say(start)
        last: dict[str, object] = {}
        for line in process.stdout:
            last = json.loads(line)
            if "visit" in last:
                say({"location": consent(str(last["visit"]))})
        problem = process.stderr.read()
    assert process.returncode == 0, problem
    wanted = [f"{kind}: {step}" for kind in ("confidential", "public") for step in STEPS]
    assert last == {"done": ["metadata", *wanted, "client credentials"]}


class _Authlib:
    """Authlib's client with what it leaves to its host: it has no metadata, no registration, no pushed requests."""

    def __init__(self, served: Served, **metadata: object) -> None:
        with warnings.catch_warnings():  # it would rather have another library beneath
            warnings.simplefilter("ignore")
            from authlib.integrations.httpx_client import OAuth2Client

        self.at: dict[str, str] = httpx.get(
            f"{served.base_url}/.well-known/oauth-authorization-server", trust_env=False
        ).json()  # fmt: skip
        new = {"client_name": "Authlib", "redirect_uris": [REDIRECT], "scope": "beats.read user.profile",
               "grant_types": ["authorization_code", "refresh_token"], **metadata}  # fmt: skip
        headers = {"Authorization": f"Bearer {served.ready['owner_token']}"}
        reply = httpx.post(self.at["registration_endpoint"], json=new, headers=headers, trust_env=False)
        assert reply.status_code == 201, reply.text
        self.registered = reply.json()
        method = self.registered["token_endpoint_auth_method"]
        self.client = OAuth2Client(
            self.registered["client_id"], self.registered.get("client_secret"), token_endpoint_auth_method=method,
            revocation_endpoint_auth_method=method, redirect_uri=REDIRECT, scope="beats.read user.profile",
            code_challenge_method="S256", trust_env=False,
        )  # fmt: skip

    def walk(self, verifier: str, *, pushed: bool) -> None:
        """Get a token by way of the pages; what Authlib does not check of the answer is checked here."""
        url, state = self.client.create_authorization_url(self.at["authorization_endpoint"], code_verifier=verifier)
        if pushed:
            asked = {name: value for name, value in httpx.URL(url).params.items() if name != "client_id"}
            reply = self.client.request(
                "POST", self.at["pushed_authorization_request_endpoint"], data=asked, withhold_token=True,
                auth=self.client.client_auth(self.client.token_endpoint_auth_method),
            )  # fmt: skip
            assert reply.status_code == 201, reply.text
            short = {"client_id": self.client.client_id, "request_uri": reply.json()["request_uri"]}
            url = f"{self.at['authorization_endpoint']}?{httpx.QueryParams(short)}"
        location = consent(url)
        answer = httpx.URL(location).params
        assert (answer["iss"], answer["state"]) == (self.at["issuer"], state)
        self.client.fetch_token(
            self.at["token_endpoint"], authorization_response=location, state=state, code_verifier=verifier
        )  # fmt: skip


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "none"])
def test_that_the_client_of_authlib_is_served(
    method: str, demo_server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # loopback has no TLS
    made = _Authlib(demo_server, token_endpoint_auth_method=method)
    beats = f"{demo_server.base_url}/v1/beats?limit=1"
    with made.client as client:
        for pushed in (False, True):
            made.walk("a" * 43 if pushed else "b" * 64, pushed=pushed)
            assert client.get(beats).status_code == 200
        old = dict(client.token)
        new = client.refresh_token(made.at["token_endpoint"], refresh_token=old["refresh_token"])
        assert new["refresh_token"] != old["refresh_token"]
        assert client.get(beats).status_code == 200
        if method != "none":
            told = client.introspect_token(made.at["introspection_endpoint"], token=new["access_token"])
            assert told.json()["active"] is True
        revoked = client.revoke_token(made.at["revocation_endpoint"], token=new["refresh_token"])
        assert revoked.status_code == 200
        assert client.get(beats).status_code == 401
