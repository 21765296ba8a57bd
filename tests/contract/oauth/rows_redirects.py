"""Redirects: loopback and custom schemes (RFC 8252), all else byte for byte (RFC 9700 §2.1)."""

from tests.contract.oauth.matrix import GRANT, ask, code_form, on_page, refused, row
from tests.contract.oauth_support import REDIRECT, OAuth, Pkce, put_app, refusal, request_of
from tests.contract.support import problem
from tests.unit.contract.redirect_forms import REFUSED, TAKEN

LOOPBACK = "http://127.0.0.1/callback"
OTHERS = {
    "a slash more": REDIRECT + "/",
    "a query more": REDIRECT + "?x=1",
    "a fragment": REDIRECT + "#x",
    "http": "http://shop.example/callback",
    "capitals in the host": "https://Shop.example/callback",
    "capitals in the path": "https://shop.example/Callback",
    "the default port": "https://shop.example:443/callback",
    "a name below": "https://login.shop.example/callback",
    "a name that goes on": "https://shop.example.evil.example/callback",
    "a user": "https://shop.example@evil.example/callback",
    "a password": "https://a:b@shop.example/callback",
    "dots": "https://shop.example/x/../callback",
    "encoded letters": "https://shop.example/%63allback",
    "a backslash": "https://evil.example\\@shop.example/callback",
    "a line feed": REDIRECT + "\r\nX: y",
    "a tab": "https://shop.example/\tcallback",
    "a letter that looks alike": "https://sh\u043ep.example/callback",
    "no scheme": "//shop.example/callback",
    "another path": "https://shop.example/",
    "a prefix of it": "https://shop.example/call",
    "a script": "javascript:alert(1)//https://shop.example/callback",
    "data": "data:text/html,https://shop.example/callback",
}


def _refused(name: str, uri: str) -> None:
    @row("RFC 9700 §4.1.3", f"a redirect that differs by {name} ends on a page")
    async def _(oauth: OAuth) -> None:
        reply = await ask(oauth, put_app(oauth.state), redirect_uri=uri)
        assert on_page(reply)
        assert uri not in reply.text


for _name, _uri in OTHERS.items():
    _refused(_name, _uri)


def _unregistrable(name: str, uri: str) -> None:
    @row("RFC 9700 §2.1", f"a redirect with {name} is registered by nobody")
    async def _(oauth: OAuth) -> None:
        registration = {
            "client_name": "App", "application_type": "native", "redirect_uris": [uri], "scope": "beats.read",
            "token_endpoint_auth_method": "none",
        }  # fmt: skip
        owner = {"Authorization": f"Bearer {oauth.api.tokens['owner']}"}
        by_protocol = await oauth.http.post("/oauth/register", json=registration, headers=owner)
        assert refusal(by_protocol) == (400, "invalid_redirect_uri")
        app = {"name": "App", "type": "mobile", "redirect_uris": [uri], "scopes": ["beats.read"]}
        told = problem(await oauth.api.manager.secret_post("/manage/v1/apps", app))
        assert told == (422, "invalid_values", {"/redirect_uris/0": "bad_redirect_uri"})


for _name, (_uri, _reason) in REFUSED.items():
    _unregistrable(_name, _uri)


@row("RFC 8252 §7.1", "every form that may be registered is")
async def _(oauth: OAuth) -> None:
    uris = [uri for uri, _ in TAKEN.values()]
    app = {"name": "App", "type": "mobile", "redirect_uris": uris, "scopes": ["beats.read"]}
    reply = await oauth.api.manager.secret_post("/manage/v1/apps", app)
    assert (reply.status_code, reply.json()["app"]["redirect_uris"]) == (201, uris)


@row("RFC 8252 §7.3", "a loopback address takes any port, and the answer goes to that one")
async def _(oauth: OAuth) -> None:
    for registered, asked in ((LOOPBACK, "http://127.0.0.1:51004/callback"), ("http://[::1]:1/c", "http://[::1]:2/c")):
        app, browser = put_app(oauth.state, "mobile", redirect_uris=[registered]), oauth.browser()
        consent = await browser.sign_in(await browser.get(request_of(app, Pkce(), redirect_uri=asked)))
        location = (await browser.submit(consent, action="allow")).headers["location"]
        assert location.startswith(f"{asked}?code=")


@row("RFC 8252 §7.3", "a loopback address takes no other path, host, scheme or user")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state, "mobile", redirect_uris=[LOOPBACK])
    for uri in (
        "http://127.0.0.1:9/", "http://127.0.0.1:9/callback/", "http://127.0.0.2:9/callback", "https://127.0.0.1:9/callback",
        "http://127.0.0.1.evil.example:9/callback", "http://user@127.0.0.1:9/callback", "http://[::1]:9/callback",
        "http://127.0.0.1:65536/callback", "http://127.0.0.1:/callback", "http://2130706433:9/callback",
    ):  # fmt: skip
        assert on_page(await ask(oauth, app, redirect_uri=uri))


@row("RFC 8252 §8.3", "localhost is a name and gets no other port")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state, "mobile", redirect_uris=["http://localhost:5000/cb"])
    assert (await ask(oauth, app, redirect_uri="http://localhost:5000/cb")).status_code == 200
    assert on_page(await ask(oauth, app, redirect_uri="http://localhost:5001/cb"))
    assert on_page(await ask(oauth, app, redirect_uri="http://127.0.0.1:5000/cb"))


@row("RFC 8252 §7.3", "the port that the code went to is the one that redeems it")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state, "mobile", redirect_uris=[LOOPBACK])
    form = await code_form(oauth, app, redirect_uri="http://127.0.0.1:51004/callback")
    assert await refused(oauth, app, **{**form, "redirect_uri": "http://127.0.0.1:51005/callback"}) == GRANT
    form = await code_form(oauth, app, redirect_uri="http://127.0.0.1:51004/callback")
    assert (await oauth.token(app, **form)).status_code == 200


@row("RFC 8252 §7.1", "an app by its own scheme is reached, byte for byte")
async def _(oauth: OAuth) -> None:
    app, browser = put_app(oauth.state, "mobile", redirect_uris=["beatfusion://callback"]), oauth.browser()
    asked = request_of(app, Pkce(), redirect_uri="beatfusion://callback")
    consent = await browser.sign_in(await browser.get(asked))
    location = (await browser.submit(consent, action="allow")).headers["location"]
    assert location.startswith("beatfusion://callback?code=bco_")
    for other in ("beatfusion://callback/", "BeatFusion://callback", "beatfusion:callback", "beatfusion2://callback"):
        assert on_page(await ask(oauth, app, redirect_uri=other))


@row("RFC 8252 §8.6", "an app by its own scheme cannot do without PKCE")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state, "mobile", redirect_uris=["beatfusion://callback"])
    reply = await oauth.browser().get(request_of(app, redirect_uri="beatfusion://callback"))
    assert "error=invalid_request" in reply.headers["location"]


@row("RFC 9700 §4.11", "an error never leads to an address that was not registered")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    for wrong in ({"response_type": "token"}, {"scope": "nothing"}, {"code_challenge": ""}, {"prompt": "none"}):
        assert on_page(await ask(oauth, app, redirect_uri="https://evil.example/", **wrong))
