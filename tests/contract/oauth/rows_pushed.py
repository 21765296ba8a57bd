"""Pushed authorization requests (RFC 9126): who may push what, and that each opens the pages once."""

import httpx

from tests.contract.oauth.matrix import CLIENT, REQUEST, SCOPE, on_page, row
from tests.contract.oauth_support import OAuth, Pkce, TestApp, put_app, refusal, request_of, told

PAR = "/oauth/par"


async def _push(oauth: OAuth, app: TestApp, **asked: str) -> httpx.Response:
    return await oauth.call(app, PAR, **(request_of(app, Pkce(), **asked)))


async def _pushed(oauth: OAuth, app: TestApp, **asked: str) -> dict[str, str]:
    reply = await _push(oauth, app, **asked)
    assert reply.status_code == 201, reply.text
    return {"client_id": app.client_id, "request_uri": reply.json()["request_uri"]}


@row("RFC 9126 §2.2", "a pushed request is 201 with a request_uri of 256 bits for 60 seconds, kept by no cache")
async def _(oauth: OAuth) -> None:
    reply = await _push(oauth, put_app(oauth.state))
    assert (reply.status_code, reply.headers["cache-control"]) == (201, "no-store")
    assert set(reply.json()) == {"request_uri", "expires_in"}
    assert reply.json()["expires_in"] == 60
    prefix, _, drawn = reply.json()["request_uri"].rpartition(":")
    assert (prefix, len(drawn)) == ("urn:ietf:params:oauth:request_uri", 43)


@row("RFC 9126 §4", "a request_uri is used once")
async def _(oauth: OAuth) -> None:
    short = await _pushed(oauth, put_app(oauth.state))
    assert (await oauth.browser().get(short)).status_code == 200
    assert on_page(await oauth.browser().get(short))


@row("RFC 9126 §2.2", "a request_uri that is 60 seconds old is refused")
async def _(oauth: OAuth) -> None:
    short = await _pushed(oauth, put_app(oauth.state))
    oauth.api.clock.advance(60)
    assert on_page(await oauth.browser().get(short))


@row("RFC 9126 §2.2", "a request_uri is its client's alone, and survives the try of another")
async def _(oauth: OAuth) -> None:
    app, other = put_app(oauth.state), put_app(oauth.state)
    short = await _pushed(oauth, app)
    assert on_page(await oauth.browser().get({**short, "client_id": other.client_id}))
    assert on_page(await oauth.browser().get({"request_uri": short["request_uri"]}))
    assert (await oauth.browser().get(short)).status_code == 200


@row("RFC 9126 §7.1", "a request_uri that nobody pushed is refused, and no address is called")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    for uri in ("urn:ietf:params:oauth:request_uri:" + "a" * 43, "https://shop.example/request.jwt", "x"):
        assert on_page(await oauth.browser().get({"client_id": app.client_id, "request_uri": uri}))


@row("RFC 9101 §5", "what stands beside a request_uri is ignored")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    short = await _pushed(oauth, app, scope="beats.read", state="pushed")
    beside = {**short, "state": "beside", "scope": "purchases.write", "redirect_uri": "https://evil.example/"}
    browser = oauth.browser()
    answer = told(await browser.submit(await browser.get(beside), action="deny"))
    assert (answer["state"], answer["error"]) == ("pushed", "access_denied")


@row("RFC 9126 §2.1", "a request is judged when it is pushed")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state, scopes=["beats.read"])
    assert refusal(await _push(oauth, app, redirect_uri="https://evil.example/")) == REQUEST
    assert refusal(await _push(oauth, app, scope="purchases.write")) == SCOPE
    assert refusal(await _push(oauth, app, code_challenge_method="plain")) == REQUEST
    assert refusal(await _push(oauth, app, code_challenge="", code_challenge_method="")) == REQUEST
    assert refusal(await _push(oauth, app, response_type="token")) == (400, "unsupported_response_type")


@row("RFC 9126 §2.1", "a pushed request holds no request_uri")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    short = await _pushed(oauth, app)
    assert refusal(await _push(oauth, app, request_uri=short["request_uri"])) == REQUEST


@row("RFC 9126 §2.1", "whoever pushes authenticates as at the token endpoint")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    asked = request_of(app, Pkce())
    assert refusal(await oauth.post(PAR, asked)) == CLIENT
    assert refusal(await oauth.post(PAR, {**asked, "client_secret": app.secret or ""})) == CLIENT
    other = put_app(oauth.state)
    assert refusal(await oauth.post(PAR, asked, **other.basic)) == REQUEST
    assert (await oauth.post(PAR, asked, **app.basic)).status_code == 201


@row("RFC 9126 §2.1", "a public client pushes too")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state, "spa")
    browser = oauth.browser()
    consent = await browser.sign_in(await browser.get(await _pushed(oauth, app)))
    assert "code" in told(await browser.submit(consent, action="allow"))


@row("RFC 9126 §2.3", "the endpoint takes POST alone")
async def _(oauth: OAuth) -> None:
    assert (await oauth.http.get(PAR)).status_code == 405
