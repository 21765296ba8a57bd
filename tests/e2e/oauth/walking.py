"""An application and its user in front of a running server: what they send, and every secret that they are given."""

import base64
import hashlib
import re
import secrets
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from tests.e2e.serving import Served

REDIRECT = "http://127.0.0.1:9/callback"
SCOPES = ("user.profile", "beats.read")
_SECRETS = re.compile(r"\bbc[a-z]_[A-Za-z0-9_-]{43}|urn:ietf:params:oauth:request_uri:[A-Za-z0-9_-]{43}")


class Seen:
    """Every code, token, client secret and request_uri that the server told anybody."""

    def __init__(self) -> None:
        self.secrets: set[str] = set()

    def take(self, reply: httpx.Response) -> None:
        reply.read()
        for text in (reply.text, *reply.headers.values()):
            self.secrets.update(_SECRETS.findall(text))


class App:
    """A registered application, as its developer calls the server; it authenticates by Basic where it has a secret."""

    def __init__(self, served: Served, kind: str = "web", seen: Seen | None = None, **values: object) -> None:
        self.served, self.seen = served, seen or Seen()
        self.http = httpx.Client(
            base_url=served.base_url, trust_env=False, timeout=30, event_hooks={"response": [self.seen.take]}
        )
        body = {"name": f"A {kind} app", "type": kind, "scopes": list(SCOPES), **values}
        if kind != "service":
            body.setdefault("redirect_uris", [REDIRECT])
        headers = {
            "Authorization": f"Bearer {served.ready['owner_token']}",
            "Idempotency-Key": secrets.token_urlsafe(32),
        }
        reply = self.http.post("/manage/v1/apps", json=body, headers=headers)
        assert reply.status_code == 201, reply.text
        self.row: dict[str, Any] = reply.json()["app"]
        self.secret: str | None = reply.json().get("secret")
        self.client_id = str(self.row["client_id"])

    def __enter__(self) -> "App":
        return self

    def __exit__(self, *error: object) -> None:
        self.http.close()

    def call(self, path: str, **form: str) -> httpx.Response:
        """Post a form as this client."""
        if self.secret is None:
            return self.http.post(path, data={"client_id": self.client_id, **form})
        return self.http.post(path, data=form, auth=(self.client_id, self.secret))

    def token(self, **form: str) -> httpx.Response:
        return self.call("/oauth/token", **form)

    def pair(self, *, pushed: bool = False) -> dict[str, Any]:
        """Go through the whole flow and return the token reply."""
        verifier = secrets.token_urlsafe(48)
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        asked = {
            "response_type": "code", "client_id": self.client_id, "redirect_uri": REDIRECT, "state": "s",
            "scope": " ".join(SCOPES), "code_challenge": digest, "code_challenge_method": "S256",
        }  # fmt: skip
        if pushed:
            reply = self.call("/oauth/par", **asked)
            assert reply.status_code == 201, reply.text
            asked = {"client_id": self.client_id, "request_uri": reply.json()["request_uri"]}
        location = consent(f"{self.served.base_url}/oauth/authorize?{httpx.QueryParams(asked)}", self.seen)
        code = dict(parse_qsl(urlsplit(location).query))["code"]
        reply = self.token(
            grant_type="authorization_code", code=code, redirect_uri=REDIRECT, code_verifier=verifier
        )  # fmt: skip
        assert reply.status_code == 200, reply.text
        found: dict[str, Any] = reply.json()
        return found

    def refresh(self, token: str) -> httpx.Response:
        return self.token(grant_type="refresh_token", refresh_token=token)

    def opens(self, token: str) -> int:
        return self.http.get("/v1/beats?limit=1", headers={"Authorization": f"Bearer {token}"}).status_code


def consent(url: str, seen: Seen | None = None) -> str:
    """Open an authorization URL in a fresh browser, sign in as a demo user, allow; return where that leads."""
    seen = seen or Seen()
    with httpx.Client(trust_env=False, timeout=30, event_hooks={"response": [seen.take]}) as browser:
        login = browser.get(url)
        assert login.status_code == 200, login.text
        at = str(login.url.copy_with(query=None))
        user = re.search(r'name="user" value="([^"]+)"', login.text)
        assert user is not None, login.text
        page = browser.post(at, data={"ticket": _ticket(login), "user": user[1]}, headers=_OURS)
        assert page.status_code == 200, page.text
        answer = browser.post(at, data={"ticket": _ticket(page), "action": "allow"}, headers=_OURS)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


_OURS = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}


def _ticket(page: httpx.Response) -> str:
    found = re.search(r'name="ticket" value="([^"]+)"', page.text)
    assert found is not None, page.text
    return unescape(found[1])
