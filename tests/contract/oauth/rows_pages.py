"""The two pages and the browser: RFC 6749 §10.12 and §10.13, RFC 9700 §4.16, and who reads what across origins."""

import re
from html import escape

import httpx

from bcdesk.server import users
from tests.contract.oauth.matrix import alive, ask, code_form, on_page, row
from tests.contract.oauth_support import FORM, REDIRECT, OAuth, Pkce, put_app, request_of, told

SPA = "https://app.shop.example"


def _policy(reply: httpx.Response) -> dict[str, list[str]]:
    parts = [part.split() for part in reply.headers["content-security-policy"].split(";")]
    return {part[0]: part[1:] for part in parts}


def _ticket(page: httpx.Response) -> str:
    found = re.search(r'name="ticket" value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


async def _from(oauth: OAuth, origin: str, method: str = "POST", path: str = "/oauth/token") -> httpx.Response:
    return await oauth.http.request(
        method, path, headers={"Origin": origin, **({"Content-Type": FORM} if method == "POST" else {})}
    )


@row("RFC 9700 §4.16", "no page can be framed, kept, or told to the next one")
async def _(oauth: OAuth) -> None:
    app, browser = put_app(oauth.state), oauth.browser()
    login = await browser.get(request_of(app, Pkce()))
    failed = await ask(oauth, app, redirect_uri="https://evil.example/")
    for page in (login, await browser.sign_in(login), failed):
        assert _policy(page)["frame-ancestors"] == ["'none'"]
        assert _policy(page)["default-src"] == ["'none'"]
        assert "script-src" not in _policy(page)
        assert page.headers["x-frame-options"] == "DENY"
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert "<script" not in page.text


@row("RFC 6749 §4.1.1", "a page's form may lead to this server and to this request's redirect, and nowhere else")
async def _(oauth: OAuth) -> None:
    cases = {
        REDIRECT: "https://shop.example",
        "http://127.0.0.1:9/c": "http://127.0.0.1:9",
        "http://[::1]:9/c": "http:",
        "beatfusion://callback": "beatfusion:",
    }
    app = put_app(oauth.state, "mobile", redirect_uris=list(cases))
    for uri, target in cases.items():
        assert _policy(await ask(oauth, app, redirect_uri=uri))["form-action"] == ["'self'", target]


@row("RFC 6749 §10.12", "a form without this browser's cookie is refused, and so is another browser's form")
async def _(oauth: OAuth) -> None:
    app, browser, other = put_app(oauth.state), oauth.browser(), oauth.browser()
    consent = await browser.sign_in(await browser.get(request_of(app, Pkce())))
    await other.get(request_of(app, Pkce()))
    assert on_page(await other.submit(consent, action="allow"))
    assert on_page(await oauth.browser().submit(consent, action="allow"))
    assert "code" in told(await browser.submit(consent, action="allow"))


@row("RFC 6749 §10.12", "a form of another site is refused, whatever it knows")
async def _(oauth: OAuth) -> None:
    app, browser = put_app(oauth.state), oauth.browser()
    consent = await browser.sign_in(await browser.get(request_of(app, Pkce())))
    form = {"ticket": _ticket(consent), "action": "allow"}
    for headers in (
        {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
    ):
        reply = await browser.http.post("/oauth/authorize", data=form, headers=headers)
        assert reply.status_code == 403
        assert "location" not in reply.headers


@row("RFC 6749 §10.12", "a ticket that was changed, left out or kept for 10 minutes is refused")
async def _(oauth: OAuth) -> None:
    app, browser = put_app(oauth.state), oauth.browser()
    consent = await browser.sign_in(await browser.get(request_of(app, Pkce())))
    ticket = _ticket(consent)
    changed = ticket[:-6] + ("A" if ticket[-6] != "A" else "B") + ticket[-5:]
    for form in ({"action": "allow"}, {"ticket": changed, "action": "allow"}, {"ticket": "", "action": "allow"}):
        assert on_page(await browser.http.post("/oauth/authorize", data=form))
    oauth.api.clock.advance(600)
    assert on_page(await browser.submit(consent, action="allow"))


@row("RFC 9700 §4.11", "nobody allows anything before signing in")
async def _(oauth: OAuth) -> None:
    app, browser = put_app(oauth.state), oauth.browser()
    assert on_page(await browser.submit(await browser.get(request_of(app, Pkce())), action="allow"))


@row("RFC 6749 §10.13", "a page is no frame, image or script of another site, only a whole tab")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    query = request_of(app, Pkce())
    for destination in ("iframe", "image", "script", "empty"):
        headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": destination}
        assert (await oauth.http.get("/oauth/authorize", params=query, headers=headers)).status_code == 403
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}
    assert (await oauth.http.get("/oauth/authorize", params=query, headers=headers)).status_code == 200


@row("RFC 6749 §10.11", "the consent says who asks, what each scope allows, and where the browser goes")
async def _(oauth: OAuth) -> None:
    name = 'Shop <b onload="x">&'
    app, browser = put_app(oauth.state, name=name), oauth.browser()
    consent = await browser.sign_in(await browser.get(request_of(app, Pkce(), scope="beats.read purchases.write")))
    assert escape(name).replace("&quot;", "&#34;") in consent.text
    assert name not in consent.text
    for words in ("Browse and search beats", "Buy beats and licences", "shop.example", oauth.user.name):
        assert words in consent.text
    assert "See the account" not in consent.text


@row("RFC 6749 §10.10", "a password is tried five times a minute")
async def _(oauth: OAuth) -> None:
    app, state = put_app(oauth.state), oauth.state
    state.demo = False
    with state.database.write() as connection:
        users.add(
            state, connection, actor="test", name="Ear", email="ear@home.example", password="quite a secret", now=1
        )
    browser = oauth.browser()
    login = await browser.get(request_of(app, Pkce()))
    assert oauth.user.name not in login.text
    for _ in range(5):
        wrong = await browser.submit(login, email="ear@home.example", password="not quite")
        assert wrong.status_code == 403
    limited = await browser.submit(login, email="ear@home.example", password="quite a secret")
    assert (limited.status_code, int(limited.headers["retry-after"]) > 0) == (429, True)


@row("RFC 9700 §2.6", "a user signs in with a password, and an unknown one learns nothing")
async def _(oauth: OAuth) -> None:
    app, state = put_app(oauth.state), oauth.state
    state.demo = False
    with state.database.write() as connection:
        users.add(
            state, connection, actor="test", name="Ear", email="ear@home.example", password="quite a secret", now=1
        )
    browser = oauth.browser()
    login = await browser.get(request_of(app, Pkce()))
    tries = ({"email": "ear@home.example", "password": "x"}, {"email": "nobody@home.example", "password": "x"})
    wrong = [re.sub(r'value="[^"]*"', "", (await browser.submit(login, **one)).text) for one in tries]
    assert wrong[0] == wrong[1]
    consent = await browser.submit(login, email="Ear@home.example", password="quite a secret")
    assert "code" in told(await browser.submit(consent, action="allow"))


@row("RFC 9700 §2.6", "neither a member nor a demo user signs in where that is not offered")
async def _(oauth: OAuth) -> None:
    app, browser = put_app(oauth.state), oauth.browser()
    login = await browser.get(request_of(app, Pkce()))
    oauth.state.demo = False
    assert (await browser.submit(login, user=oauth.user.id)).status_code == 403
    oauth.state.demo = True
    with oauth.state.database.read() as connection:
        members = connection.exec_driver_sql("SELECT id FROM members").scalars().all()
    for member in members:
        assert (await browser.submit(login, user=member)).status_code == 403


@row("Fetch §3.3", "a browser application reads answers at its exact origin, and never with cookies")
async def _(oauth: OAuth) -> None:
    put_app(oauth.state, "spa", redirect_uris=[f"{SPA}/callback"])
    for method, path in (("POST", "/oauth/token"), ("POST", "/oauth/revoke"), ("GET", "/v1/me"),
                         ("GET", "/.well-known/oauth-authorization-server")):  # fmt: skip
        reply = await _from(oauth, SPA, method, path)
        assert reply.headers["access-control-allow-origin"] == SPA
        assert "access-control-allow-credentials" not in reply.headers
        assert "Origin" in reply.headers["vary"]
    asked = {"Origin": SPA, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    assert (await oauth.http.options("/oauth/token", headers=asked)).status_code == 204


@row("Fetch §3.3", "no other origin reads anything: not a like one, not a web application's, not null")
async def _(oauth: OAuth) -> None:
    put_app(oauth.state, "spa", redirect_uris=[f"{SPA}/callback"])
    put_app(oauth.state, "web", redirect_uris=["https://web.example/callback"])
    put_app(oauth.state, "spa", redirect_uris=["https://off.example/callback"], disabled_at=1.0)
    put_app(oauth.state, "spa", redirect_uris=["https://gone.example/callback"], deleted_at=1.0)
    for origin in (
        "https://evil.example", "http://app.shop.example", f"{SPA}:8443", f"{SPA}.evil.example", "https://APP.shop.example",
        "https://shop.example", f"{SPA}/", "https://web.example", "https://off.example", "https://gone.example", "null",
    ):  # fmt: skip
        assert "access-control-allow-origin" not in (await _from(oauth, origin)).headers


@row("Fetch §3.3", "the pages, introspection and management are read across no origin")
async def _(oauth: OAuth) -> None:
    put_app(oauth.state, "spa", redirect_uris=[f"{SPA}/callback"])
    for method, path in (("GET", "/oauth/authorize"), ("POST", "/oauth/introspect"), ("POST", "/oauth/par"),
                         ("GET", "/manage/v1/apps")):  # fmt: skip
        assert "access-control-allow-origin" not in (await _from(oauth, SPA, method, path)).headers


@row("RFC 9700 §4.8", "a code is bound to the request that asked for it: another run's verifier takes nothing")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    victim, attacker = await code_form(oauth, app), await code_form(oauth, app)
    mixed = await oauth.token(app, **{**attacker, "code": victim["code"]})
    assert mixed.status_code == 400
    pair = (await oauth.token(app, **attacker)).json()
    assert await alive(oauth, app, pair["access_token"])
