"""A client in a process of its own with one planted mistake; what it needs comes as JSON on stdin."""

import json
import secrets
import sys
from urllib.parse import parse_qsl, urlsplit

import httpx

from tests.e2e.oauth.walking import REDIRECT, consent


def main() -> None:
    told = json.load(sys.stdin)
    mistake, base_url, client_id, secret = (told[name] for name in ("mistake", "base_url", "client_id", "secret"))
    verifier = secrets.token_urlsafe(48)
    asked = {
        "response_type": "code", "client_id": client_id, "redirect_uri": REDIRECT, "state": secrets.token_urlsafe(16),
        "code_challenge": _challenge(verifier), "code_challenge_method": "S256", "scope": "user.profile",
    }  # fmt: skip
    with httpx.Client(base_url=base_url, trust_env=False, timeout=30) as http:
        if mistake == "trailing slash":
            asked["redirect_uri"] += "/"
        elif mistake == "scope escalation":
            asked["scope"] += " purchases.write"
        if mistake in ("trailing slash", "scope escalation", "disabled app"):
            http.get("/oauth/authorize", params=asked)
            return
        location = consent(f"{base_url}/oauth/authorize?{httpx.QueryParams(asked)}")
        form = {
            "grant_type": "authorization_code", "code": dict(parse_qsl(urlsplit(location).query))["code"],
            "redirect_uri": REDIRECT,
            "code_verifier": secrets.token_urlsafe(48) if mistake == "wrong verifier" else verifier,
        }  # fmt: skip
        pair = http.post("/oauth/token", data=form, auth=(client_id, secret)).json()
        if mistake == "code twice":
            http.post("/oauth/token", data=form, auth=(client_id, secret))
        elif mistake == "secret in the body":
            http.post("/oauth/revoke", data={"client_id": client_id, "client_secret": secret, "token": "x"})
        elif mistake == "scope of the API":
            http.get("/v1/beats", headers={"Authorization": f"Bearer {pair['access_token']}"})


def _challenge(verifier: str) -> str:
    import base64
    import hashlib

    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


if __name__ == "__main__":
    main()
