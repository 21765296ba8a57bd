"""The embedded browser against a real server: both applications of the demo, and nothing of a run stays."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from tests.contract.oauth_support import Pkce
from tests.e2e.flow.browser.driving import drive, told
from tests.e2e.flow.machine import complaints
from tests.e2e.serving import Served

pytest.importorskip("PySide6.QtWebEngineCore", reason="the browser is an optional part of Qt", exc_type=ImportError)

pytestmark = [pytest.mark.webengine, pytest.mark.timeout(240)]

APPS = {
    "beatfusion://callback": "client_5f82a4b7e9d287a3b5",
    "https://beatmarketplace.com/oauth/callback": "client_7d93c8e5f2a16b4d9c",
}
SIGN_IN, ALLOW = "Sign in as Demo listener", "Allow"


def scenario(served: Served, redirect_uri: str, pkce: Pkce, **more: Any) -> dict[str, Any]:
    asked = {"response_type": "code", "client_id": APPS[redirect_uri], "redirect_uri": redirect_uri, "state": "s1",
             "scope": "beats.read", **pkce.asked}  # fmt: skip
    return {"url": f"{served.base_url}/oauth/authorize?{urlencode(asked)}", "redirect_uri": redirect_uri, **more}


def titles(result: dict[str, Any]) -> list[str]:
    return [title.partition(" – ")[0] for _, title in told(result, "page_loaded")]


def test_that_clicks_lead_to_a_code_which_opens_the_api_and_leave_nothing(demo_server: Served, tmp_path: Path) -> None:
    app, https = APPS
    home, planted = tmp_path / "home", tmp_path / "home" / "planted"
    home.mkdir()
    pkce = Pkce()
    both = {"press": [SIGN_IN, ALLOW], "search": [str(home)], "count": True}
    driven = drive(
        scenario(demo_server, app, pkce, **both),
        scenario(demo_server, app, Pkce(), **both),
        scenario(demo_server, https, Pkce(), **both),
        scenario(demo_server, app, Pkce(), press=["Cancel"]),
        scenario(demo_server, app, Pkce(), **both, plant=str(planted)),
        home=home,
    )
    first, second, held, cancelled, found = driven.results
    (answer,) = told(first, "captured")
    assert answer.startswith(f"{app}?")
    asked = parse_qs(urlsplit(answer).query)
    assert asked["state"] == ["s1"]
    assert asked["iss"] == [demo_server.base_url]
    form = {"grant_type": "authorization_code", "client_id": APPS[app], "code": asked["code"][0],
            "redirect_uri": app, "code_verifier": pkce.verifier}  # fmt: skip
    reply = httpx.post(f"{demo_server.base_url}/oauth/token", data=form, trust_env=False)
    assert reply.status_code == 200, reply.text
    for run in (first, second, held):
        assert titles(run)[0] == "Sign in", "a run asks for sign-in again"
        assert max(told(run, "cookies_changed")) > 0
        assert run["secrets"] >= 2, "a code and a cookie at least"
        assert run["on_disk"] == []
        assert run["processes"]["pages left"] == 0
    assert told(held, "held")[0].startswith(f"{https}?code=")
    assert "error=access_denied" in told(cancelled, "captured")[0]
    assert found["on_disk"] == [str(planted)], "what is planted is found"
    planted.unlink()
    code = asked["code"][0].encode()
    assert [one for one in home.rglob("*") if one.is_file() and code in one.read_bytes()] == []
    assert driven.opened == []
    assert complaints(driven.said) == []
