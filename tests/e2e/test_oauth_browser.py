"""A real browser goes through both pages and lands at the application: cookie, policies and redirect hold together."""

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from tests.contract.oauth_support import Pkce
from tests.e2e.serving import Served, serving

pytest.importorskip("PySide6.QtWebEngineCore", reason="the browser is an optional part of Qt", exc_type=ImportError)

pytestmark = [pytest.mark.webengine, pytest.mark.timeout(300)]


class Callback:
    """An application that listens on this computer for its redirect."""

    def __init__(self) -> None:
        heard = self.heard = list[dict[str, str]]()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                if parts.path == "/callback":
                    heard.append(dict(parse_qsl(parts.query)) | {"cookie": self.headers.get("Cookie", "")})
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(b"<title>Back in the app</title>")

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.uri = f"http://127.0.0.1:{self.server.server_port}/callback"

    @contextlib.contextmanager
    def running(self) -> Iterator["Callback"]:
        thread = threading.Thread(target=self.server.serve_forever)
        thread.start()
        try:
            yield self
        finally:
            self.server.shutdown()
            thread.join()
            self.server.server_close()


def browse(url: str, *buttons: str) -> dict[str, Any]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QTWEBENGINE_CHROMIUM_FLAGS": "--disable-gpu"}
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        environment["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.signing_in.browser", url, *buttons], env=environment, capture_output=True,
        text=True, timeout=120, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def register(served: Served, redirect_uri: str) -> str:
    metadata = {"client_name": "Local app", "redirect_uris": [redirect_uri], "token_endpoint_auth_method": "none",
                "application_type": "native", "scope": "beats.read"}  # fmt: skip
    with served.client() as client:
        reply = client.post("/oauth/register", json=metadata)
    assert reply.status_code == 201, reply.text
    return str(reply.json()["client_id"])


def request_url(served: Served, client_id: str, pkce: Pkce, redirect_uri: str) -> str:
    asked = {"response_type": "code", "client_id": client_id, "redirect_uri": redirect_uri, "state": "s", **pkce.asked}
    return f"{served.base_url}/oauth/authorize?{urlencode(asked)}"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("signing-in") / "server", "--demo") as served:
        yield served


def test_that_a_browser_brings_a_code_that_opens_the_api(served: Served) -> None:
    pkce = Pkce()
    with Callback().running() as app:
        client_id = register(served, "http://127.0.0.1/callback")
        seen = browse(request_url(served, client_id, pkce, app.uri), "Sign in as Demo listener", "Allow")
        assert seen["titles"] == ["Sign in – BeatConnect", "Allow Local app – BeatConnect", "Back in the app"]
        assert seen["complaints"] == []
        (answer,) = app.heard
    assert answer["state"] == "s"
    assert answer["iss"] == served.base_url
    assert answer["cookie"] == ""
    form = {"grant_type": "authorization_code", "client_id": client_id, "code": answer["code"],
            "redirect_uri": app.uri, "code_verifier": pkce.verifier}  # fmt: skip
    reply = httpx.post(f"{served.base_url}/oauth/token", data=form, trust_env=False)
    assert reply.status_code == 200, reply.text
    with served.client(reply.json()["access_token"]) as client:
        assert client.get("/v1/beats").status_code == 200


def test_that_a_browser_is_led_to_the_scheme_of_an_app(served: Served) -> None:
    url = request_url(served, "client_5f82a4b7e9d287a3b5", Pkce(), "beatfusion://callback")
    seen = browse(url, "Sign in as Demo label", "Allow")
    assert seen["complaints"] == []
    assert seen["titles"] == ["Sign in – BeatConnect", "Allow Beat Fusion App – BeatConnect"]
    assert seen["url"].startswith("beatfusion://callback?code=bco_")


def test_that_cancelling_brings_the_refusal(served: Served) -> None:
    with Callback().running() as app:
        client_id = register(served, "http://127.0.0.1/callback")
        browse(request_url(served, client_id, Pkce(), app.uri), "Cancel")
        assert [one["error"] for one in app.heard] == ["access_denied"]


def test_that_a_set_up_link_and_a_sign_in_work_in_a_browser(tmp_path: Path) -> None:
    """The link's code goes from the fragment into the form by the page's one script, past its own policy."""
    password, pkce = "correct horse battery staple", Pkce()
    with serving(tmp_path / "server", owner_token=False) as served, Callback().running() as desk:
        link = served.errors.read_text().split(" sets up at ")[1].split()[0]
        fields = ("@name=Chief", "@email=chief@studio.example", f"@password={password}", f"@again={password}")
        seen = browse(link, "Go on", *fields, "Set the password")
        assert seen["titles"] == ["Set up your access – BeatConnect"] * 3
        assert seen["complaints"] == []
        assert seen["url"] == f"{served.base_url}/setup/done"
        url = f"{request_url(served, 'bcdesk', pkce, desk.uri)}&scope=manage"
        seen = browse(url, "@email=chief@studio.example", f"@password={password}", "Sign in", "Sign in bcdesk")
        assert seen["titles"] == [
            "Sign in to the studio – BeatConnect", "Sign in bcdesk – BeatConnect", "Back in the app",
        ]  # fmt: skip
        assert seen["complaints"] == []
        (answer,) = desk.heard
        form = {"grant_type": "authorization_code", "client_id": "bcdesk", "code": answer["code"],
                "redirect_uri": desk.uri, "code_verifier": pkce.verifier}  # fmt: skip
        reply = httpx.post(f"{served.base_url}/oauth/token", data=form, trust_env=False)
        with served.client(reply.json()["access_token"]) as client:
            session = client.get("/manage/v1/session").json()
    assert (session["member"]["name"], session["role"], session["signed_in_by"]) == ("Chief", "owner", "browser")
