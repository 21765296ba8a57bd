"""The two pages: what they say, whom they trust, and where they lead."""

import re
from urllib.parse import urlencode

import httpx
import pytest

from bcdesk.server import users
from bcdesk.server.oauth.pages import destination, form_targets
from tests.contract.oauth_support import REDIRECT, OAuth, Pkce, TestApp, put_app, request_of, told
from tests.contract.support import Api

PASSWORD = "correct horse battery"


def policy(page: httpx.Response) -> dict[str, str]:
    """Return the directives of a page's one Content-Security-Policy."""
    (header,) = page.headers.get_list("content-security-policy")
    return dict(part.strip().split(" ", 1) for part in header.split(";"))


async def opened(oauth: OAuth, app: TestApp, **asked: str) -> httpx.Response:
    page = await oauth.browser().get(request_of(app, Pkce(), **asked))
    assert page.status_code == 200, page.text
    return page


@pytest.mark.parametrize(
    ("kind", "uri", "target", "words"),
    [
        ("web", REDIRECT, "https://shop.example", "<strong>shop.example</strong>"),
        ("web", "https://shop.example:8443/cb?a=1", "https://shop.example:8443", "shop.example:8443"),
        ("mobile", "beatfusion://callback", "beatfusion:", "the app on this device that opens"),
        ("mobile", "http://127.0.0.1:4711/cb", "http://127.0.0.1:4711", "a program on this computer"),
        ("mobile", "http://[::1]:4711/cb", "http:", "a program on this computer"),
    ],
)
async def test_that_both_pages_say_where_it_goes_and_let_the_form_lead_there_alone(
    oauth: OAuth, kind: str, uri: str, target: str, words: str
) -> None:
    app = put_app(oauth.state, kind, redirect_uris=[uri], name="<i>Evil</i> & Co")
    browser = oauth.browser()
    login = await browser.get(request_of(app, Pkce(), redirect_uri=uri))
    consent = await browser.sign_in(login)
    for page in (login, consent):
        assert policy(page) == {
            "default-src": "'none'",
            "style-src": policy(page)["style-src"],
            "base-uri": "'none'",
            "frame-ancestors": "'none'",
            "form-action": f"'self' {target}",
        }
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert words in " ".join(page.text.split())
        assert "&lt;i&gt;Evil&lt;/i&gt; &amp; Co" in page.text
        assert "<script" not in page.text
        assert "Pre-release demo" in page.text
    location = (await browser.submit(consent, action="allow")).headers["location"]
    assert location.startswith(uri)


async def test_that_the_consent_says_in_words_what_each_scope_allows(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    browser = oauth.browser()
    page = await browser.sign_in(await browser.get(request_of(app, Pkce(), scope="beats.read purchases.write")))
    assert re.findall(r"<li>(.*?)<br>", page.text) == [
        "Browse and search beats",
        "Buy beats and licences <strong>(makes changes in your name)</strong>",
    ]
    assert "Demo listener" in page.text


@pytest.mark.parametrize("step", ["login", "consent"])
async def test_that_whoever_does_not_allow_it_is_sent_back_with_access_denied(oauth: OAuth, step: str) -> None:
    app, browser = put_app(oauth.state), oauth.browser()
    page = await browser.get(request_of(app, Pkce()))
    if step == "consent":
        page = await browser.sign_in(page)
    reply = await browser.submit(page, action="deny")
    assert told(reply) == {
        "error": "access_denied",
        "error_description": "The user did not allow it.",
        "state": "s-1",
        "iss": oauth.state.issuer,
    }
    assert "Max-Age=0" in reply.headers["set-cookie"]
    with oauth.state.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM grants").scalar_one() == 0


async def test_that_the_cookie_is_of_this_host_and_path_and_of_no_script(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    cookie = (await opened(oauth, app)).headers["set-cookie"]
    assert re.fullmatch(r"bcdesk-sign-in=[\w-]{43}; Path=/oauth/authorize; Max-Age=600; HttpOnly; SameSite=Lax", cookie)
    oauth.state.issuer = "https://desk.example"
    cookie = (await opened(oauth, app)).headers["set-cookie"]
    assert re.fullmatch(r"__Host-bcdesk-sign-in=[\w-]{43}; Path=/; Secure; Max-Age=600; HttpOnly; SameSite=Lax", cookie)


async def test_that_a_form_works_in_the_browser_that_got_it_alone(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    mine, foreign = oauth.browser(), oauth.browser()
    page = await mine.get(request_of(app, Pkce()))
    await foreign.get(request_of(app, Pkce()))
    assert (await foreign.submit(page, user=oauth.user.id)).status_code == 403
    assert (await oauth.browser().submit(page, user=oauth.user.id)).status_code == 403
    consent = await mine.sign_in(page)
    assert (await foreign.submit(consent, action="allow")).status_code == 403
    assert (await mine.submit(page, action="allow")).status_code == 403  # nobody signed in on that page
    oauth.api.clock.advance(600)
    assert (await mine.submit(consent, action="allow")).status_code == 403


async def test_that_a_page_left_open_is_judged_by_what_the_application_is_now(oauth: OAuth) -> None:
    app, browser = put_app(oauth.state), oauth.browser()
    consent = await browser.sign_in(await browser.get(request_of(app, Pkce())))
    with oauth.state.database.write() as connection:
        connection.exec_driver_sql("UPDATE applications SET disabled_at = 1")
    reply = await browser.submit(consent, action="allow")
    assert reply.status_code == 400
    assert "location" not in reply.headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "http://127.0.0.1:8765"}, 303),
        ({"Origin": "null"}, 303),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:9999", "Sec-Fetch-Site": "same-site"}, 403),
    ],
)
async def test_that_only_our_own_page_sends_the_form(oauth: OAuth, headers: dict[str, str], status: int) -> None:
    app, browser = put_app(oauth.state), oauth.browser()
    page = await browser.get(request_of(app, Pkce()))
    ticket = re.search(r'name="ticket" value="([^"]+)"', page.text)
    assert ticket is not None
    reply = await browser.http.post("/oauth/authorize", data={"ticket": ticket[1], "action": "deny"}, headers=headers)
    assert reply.status_code == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, 200),
        ({"Sec-Fetch-Site": "none", "Sec-Fetch-Dest": "document"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example", "Sec-Fetch-Dest": "empty"}, 403),
    ],
)
async def test_that_other_sites_lead_a_whole_tab_here_and_nothing_less(
    oauth: OAuth, headers: dict[str, str], status: int
) -> None:
    query = urlencode(request_of(put_app(oauth.state), Pkce()))
    reply = await oauth.http.get(f"/oauth/authorize?{query}", headers=headers)
    assert reply.status_code == status


async def test_that_looking_at_a_link_uses_nothing_up(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    pushed = (await oauth.call(app, "/oauth/par", **request_of(app, Pkce()))).json()
    short = {"client_id": app.client_id, "request_uri": pushed["request_uri"]}
    assert (await oauth.http.head("/oauth/authorize", params=short)).status_code == 405
    assert (await oauth.browser().get(short)).status_code == 200


class PasswordUser:
    """A server without demo data, and a user with a password."""

    def __init__(self, oauth: OAuth) -> None:
        oauth.state.demo = False
        self.oauth = oauth
        self.app = put_app(oauth.state)
        self.browser = oauth.browser()
        with oauth.state.database.write() as connection:
            self.user = users.add(
                oauth.state, connection, actor="test", name="Listener", email=" Ear@Home.example ", password=PASSWORD,
                now=oauth.state.now(),
            )  # fmt: skip

    async def try_with(self, password: str, email: str = "ear@home.example") -> httpx.Response:
        page = await self.browser.get(request_of(self.app, Pkce()))
        return await self.browser.submit(page, action="sign_in", email=email, password=password)


async def test_that_a_password_signs_in_and_a_wrong_one_does_not(oauth: OAuth) -> None:
    user = PasswordUser(oauth)
    wrong = await user.try_with("wrong horse battery")
    assert wrong.status_code == 403
    assert 'role="alert"' in wrong.text
    assert 'value="ear@home.example"' in wrong.text
    assert "wrong horse" not in wrong.text
    assert (await user.try_with("")).status_code == 403
    assert (await user.try_with(PASSWORD, "nobody@home.example")).status_code == 403
    page = await user.try_with(PASSWORD, "EAR@home.example")
    assert "Allow Test web" in page.text
    assert told(await user.browser.submit(page, action="allow"))["code"].startswith("bco_")


async def test_that_nobody_signs_in_with_a_click_without_demo_data(oauth: OAuth) -> None:
    user = PasswordUser(oauth)
    page = await user.browser.get(request_of(user.app, Pkce()))
    assert "demo" not in page.text.lower()
    for someone in (oauth.user.id, user.user.id):
        assert (await user.browser.submit(page, user=someone)).status_code == 403


async def test_that_a_demo_user_has_no_password_and_a_real_one_no_click(oauth: OAuth) -> None:
    user = PasswordUser(oauth)
    assert (await user.try_with("", oauth.user.email)).status_code == 403
    oauth.state.demo = True
    page = await user.browser.get(request_of(user.app, Pkce()))
    assert "Listener" not in page.text.replace("Demo listener", "")
    assert (await user.browser.submit(page, user=user.user.id)).status_code == 403


async def test_that_the_sixth_try_in_a_minute_waits(oauth: OAuth) -> None:
    user = PasswordUser(oauth)
    for _ in range(5):
        assert (await user.try_with("wrong horse battery")).status_code == 403
    reply = await user.try_with(PASSWORD)
    assert reply.status_code == 429
    assert 1 <= int(reply.headers["retry-after"]) <= 60
    assert "Too many tries" in reply.text
    assert (await user.try_with(PASSWORD, "other@home.example")).status_code == 429  # the address, too


async def test_that_a_disabled_user_neither_signs_in_nor_keeps_tokens(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    pair = await oauth.pair(app)
    browser = oauth.browser()
    consent = await browser.sign_in(await browser.get(request_of(app, Pkce())))
    with oauth.state.database.write() as connection:
        connection.exec_driver_sql("UPDATE users SET disabled_at = 1 WHERE id = ?", (oauth.user.id,))
    assert (await browser.submit(consent, action="allow")).status_code == 403
    assert await oauth.opens(pair["access_token"]) == 401
    assert (await oauth.refresh(app, pair["refresh_token"])).status_code == 400


@pytest.mark.parametrize("password", ["short", "x" * 257])
async def test_that_a_password_out_of_bounds_is_refused(api: Api, password: str) -> None:
    from bcdesk.server.problems import ProblemError

    with api.state.database.write() as connection, pytest.raises(ProblemError) as caught:
        users.add(api.state, connection, actor="test", name="A", email="a@b.example", password=password, now=0.0)
    assert [fault.pointer for fault in caught.value.errors] == ["/password"]


def test_that_a_destination_is_said_and_named_as_it_is_written() -> None:
    assert destination("com.shop.app:/cb") == {"kind": "app", "name": "com.shop.app"}
    assert destination("http://localhost:3000/cb") == {"kind": "here", "name": "localhost:3000"}
    assert form_targets("HTTPS://Shop.Example/cb") == "'self' https://shop.example"
