"""Authorization codes, end to end: pushed or not, signed in, consented to, redeemed once, and used."""

import asyncio

import pytest

from tests.contract.oauth_support import REDIRECT, OAuth, Pkce, put_app, refusal, request_of, told


@pytest.mark.parametrize("app_type", ["web", "mobile", "spa"])
async def test_that_a_code_leads_to_the_api(oauth: OAuth, app_type: str) -> None:
    app = put_app(oauth.state, app_type)
    pair = await oauth.pair(app, scope="beats.read user.profile")
    assert pair["token_type"] == "Bearer"
    assert pair["expires_in"] == 3600
    assert pair["scope"] == "beats.read user.profile"
    assert await oauth.opens(pair["access_token"]) == 200
    assert await oauth.opens(pair["access_token"], "/v1/me/subscription") == 403
    reply = await oauth.http.get("/v1/me", headers={"Authorization": f"Bearer {pair['access_token']}"})
    assert reply.json() == {"id": oauth.user.id, "name": "Demo listener", "kind": "user"}


async def test_that_a_pushed_request_leads_to_the_api_once(oauth: OAuth) -> None:
    app, pkce = put_app(oauth.state), Pkce()
    pushed = await oauth.call(app, "/oauth/par", **request_of(app, pkce))
    assert pushed.status_code == 201, pushed.text
    assert pushed.json()["expires_in"] == 60
    browser = oauth.browser()
    short = {"client_id": app.client_id, "request_uri": pushed.json()["request_uri"]}
    answer = told(await browser.submit(await browser.sign_in(await browser.get(short)), action="allow"))
    assert answer["state"] == "s-1"
    assert answer["iss"] == oauth.state.issuer
    reply = await oauth.token(
        app, grant_type="authorization_code", code=answer["code"], code_verifier=pkce.verifier, redirect_uri=REDIRECT
    )
    assert await oauth.opens(reply.json()["access_token"]) == 200
    assert (await browser.get(short)).status_code == 400


async def test_that_a_replayed_code_takes_back_what_it_gave(oauth: OAuth) -> None:
    app, pkce = put_app(oauth.state), Pkce()
    form = {
        "grant_type": "authorization_code", "code": await oauth.consent(app, pkce), "code_verifier": pkce.verifier,
        "redirect_uri": REDIRECT,
    }  # fmt: skip
    pair = (await oauth.token(app, **form)).json()
    assert refusal(await oauth.token(app, **form)) == (400, "invalid_grant")
    assert await oauth.opens(pair["access_token"]) == 401
    assert refusal(await oauth.refresh(app, pair["refresh_token"])) == (400, "invalid_grant")
    assert oauth.reasons() == ["code_replay"]


async def test_that_of_eight_redemptions_at_once_one_wins(oauth: OAuth) -> None:
    app, pkce = put_app(oauth.state), Pkce()
    form = {
        "grant_type": "authorization_code", "code": await oauth.consent(app, pkce), "code_verifier": pkce.verifier,
        "redirect_uri": REDIRECT,
    }  # fmt: skip
    replies = await asyncio.gather(*(oauth.token(app, **form) for _ in range(8)))
    assert sorted(reply.status_code for reply in replies) == [200] + [400] * 7
