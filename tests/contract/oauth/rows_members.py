"""The desk's own client, at which members sign in: the same rules as for applications, and a wall between the two."""

from bcdesk.contract.first_party import CLIENT_ID
from tests.contract.member_support import REDIRECT, Desk
from tests.contract.oauth.matrix import GRANT, on_page, row
from tests.contract.oauth_support import OAuth, Pkce, put_app, refusal, request_of, told


@row("RFC 8252 §7.3", "the desk listens on any port of 127.0.0.1 or [::1], and is answered nowhere else")
async def _(oauth: OAuth) -> None:
    desk = Desk(oauth)
    for good in ("http://127.0.0.1:1/callback", "http://[::1]:65535/callback"):
        assert (await desk.browser.get(desk.asks(Pkce(), redirect_uri=good))).status_code == 200
    for bad in ("http://localhost:1/callback", "http://127.0.0.1:1/callback/", "https://shop.example/callback"):
        assert on_page(await desk.browser.get(desk.asks(Pkce(), redirect_uri=bad)))


@row("RFC 6749 §3.3", "the scope manage is for the desk alone, and the desk gets no other")
async def _(oauth: OAuth) -> None:
    desk, app = Desk(oauth), put_app(oauth.state, scopes=["manage"])
    for asked in ("beats.read", "manage beats.read"):
        assert told(await desk.browser.get(desk.asks(Pkce(), scope=asked)))["error"] == "invalid_scope"
    # Even where a row of the database said so, the token would open nothing of the management.
    page = await oauth.browser().get(request_of(app, Pkce(), scope="user.profile"))
    assert told(page)["error"] == "invalid_scope"


@row("RFC 7636 §4.4.1", "the desk gets no code without a challenge, and none by plain")
async def _(oauth: OAuth) -> None:
    desk = Desk(oauth)
    for asked in ({"code_challenge": "", "code_challenge_method": ""}, {"code_challenge_method": "plain"}):
        assert told(await desk.browser.get(desk.asks(Pkce(), **asked)))["error"] == "invalid_request"


@row("RFC 6749 §10.5", "a member's code that comes twice ends the sign-in that it gave")
async def _(oauth: OAuth) -> None:
    desk, pkce = Desk(oauth), Pkce()
    code = await desk.code(pkce)
    pair = (await desk.redeem(code, pkce)).json()
    assert refusal(await desk.redeem(code, pkce)) == GRANT
    assert (await desk.session(pair["access_token"])).status_code == 401
    assert refusal(await desk.refresh(pair["refresh_token"])) == GRANT


@row("RFC 9700 §4.14.2", "a member's refresh token that was stolen and comes again ends the sign-in")
async def _(oauth: OAuth) -> None:
    desk = Desk(oauth)
    first = await desk.pair()
    second = (await desk.refresh(first["refresh_token"])).json()
    third = (await desk.refresh(second["refresh_token"])).json()
    assert refusal(await desk.refresh(first["refresh_token"])) == GRANT
    assert refusal(await desk.refresh(third["refresh_token"])) == GRANT
    assert (await desk.session(third["access_token"])).status_code == 401


@row("RFC 6749 §5.2", "codes and tokens of members and of users never pass for each other's")
async def _(oauth: OAuth) -> None:
    desk, app, pkce = Desk(oauth), put_app(oauth.state, "mobile"), Pkce()
    code = await desk.code(pkce)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, "code_verifier": pkce.verifier}
    assert refusal(await oauth.token(app, **form)) == GRANT
    theirs = await oauth.consent(app, pkce)
    assert refusal(await desk.redeem(theirs, pkce, redirect_uri="https://shop.example/callback")) == GRANT
    ours, pair = await desk.pair(), await oauth.pair(app)
    assert refusal(await oauth.refresh(app, ours["refresh_token"])) == GRANT
    assert refusal(await desk.refresh(pair["refresh_token"])) == GRANT


@row("RFC 6750 §3.1", "a member's token opens no API, an application's no management")
async def _(oauth: OAuth) -> None:
    desk, app = Desk(oauth, "owner"), put_app(oauth.state)
    ours, theirs = await desk.pair(), await oauth.pair(app)
    assert await oauth.opens(ours["access_token"]) == 401
    assert await oauth.opens(ours["access_token"], "/oauth/userinfo") == 401
    assert (await desk.session(theirs["access_token"])).status_code == 403
    for token in (ours["refresh_token"], theirs["refresh_token"]):
        assert (await desk.session(token)).status_code == 403


@row("RFC 7662 §2.2", "neither a client nor a manager learns anything of a member's tokens")
async def _(oauth: OAuth) -> None:
    desk, app = Desk(oauth), put_app(oauth.state)
    pair = await desk.pair()
    manager = {"Authorization": f"Bearer {oauth.api.tokens['manager']}"}
    for token in (pair["access_token"], pair["refresh_token"]):
        assert await oauth.introspect(app, token) == {"active": False}
        assert (await oauth.post("/oauth/introspect", {"token": token}, **manager)).json() == {"active": False}
    reply = await oauth.post("/oauth/introspect", {"token": pair["access_token"], "client_id": CLIENT_ID})
    assert reply.status_code == 401


@row("RFC 7009 §2.1", "signing out ends the sign-in with its tokens, and nobody else's")
async def _(oauth: OAuth) -> None:
    desk, app = Desk(oauth), put_app(oauth.state)
    pair, other, theirs = await desk.pair(), await desk.pair(), await oauth.pair(app)
    assert (await oauth.call(app, "/oauth/revoke", token=pair["refresh_token"])).status_code == 200
    assert (await desk.session(pair["access_token"])).status_code == 200, "an application ends no member's"
    for token in (pair["refresh_token"], theirs["refresh_token"], theirs["access_token"], oauth.api.tokens["owner"]):
        assert (await desk.revoke(token)).status_code == 200
    assert (await desk.session(pair["access_token"])).status_code == 401
    assert (await desk.session(other["access_token"])).status_code == 200
    assert await oauth.opens(theirs["access_token"]) == 200
    assert (await oauth.api.owner.get("/manage/v1/session")).status_code == 200


@row("RFC 9126 §2", "the desk pushes no requests, and no pushed one is made its own")
async def _(oauth: OAuth) -> None:
    desk, app = Desk(oauth), put_app(oauth.state)
    assert refusal(await oauth.post("/oauth/par", desk.asks(Pkce()))) == (400, "unauthorized_client")
    pushed = (await oauth.call(app, "/oauth/par", **request_of(app, Pkce()))).json()
    assert on_page(await desk.browser.get({"client_id": CLIENT_ID, "request_uri": pushed["request_uri"]}))


@row("RFC 6749 §2.3", "the desk has no secret, and whoever sends one for it is refused")
async def _(oauth: OAuth) -> None:
    desk, app = Desk(oauth), put_app(oauth.state)
    pkce = Pkce()
    reply = await desk.redeem(await desk.code(pkce), pkce, client_secret=app.secret or "")
    assert refusal(reply) == (401, "invalid_client")
