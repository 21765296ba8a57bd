"""Members sign in at the desk: their pages, their tokens, and what ends them."""

import asyncio
import re
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from bcdesk.contract.first_party import CLIENT_ID
from tests.contract.member_support import MEMBERS, PASSWORD, REDIRECT, Desk
from tests.contract.oauth_support import OAuth, Pkce, put_app, refusal, request_of, told
from tests.contract.support import ROLES, problem

GRANT = (400, "invalid_grant")


@pytest.mark.parametrize("role", ROLES)
async def test_that_a_member_signs_in_as_what_the_member_is(oauth: OAuth, role: str) -> None:
    desk = Desk(oauth, role)
    pair = await desk.pair()
    assert (pair["scope"], pair["expires_in"], pair["token_type"]) == ("manage", 3600, "Bearer")
    session = (await desk.session(pair["access_token"])).json()
    assert (session["role"], session["signed_in_by"]) == (role, "browser")
    assert session["member"]["id"] == desk.member.id
    assert session["member"]["state"] == "active"
    reply = await oauth.api.calling(pair["access_token"]).secret_post("/manage/v1/keys", {})
    assert reply.status_code == (403 if role == "viewer" else 422)


async def test_that_a_token_of_the_command_line_says_so(oauth: OAuth) -> None:
    assert (await oauth.api.owner.get("/manage/v1/session")).json()["signed_in_by"] == "token"


async def test_that_the_pages_say_who_signs_in_where_and_offer_no_click(oauth: OAuth) -> None:
    desk = Desk(oauth)
    assert oauth.state.demo
    page = await desk.browser.get(desk.asks(Pkce()))
    assert "Demo" not in page.text.replace("Pre-release demo", "")
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert "form-action 'self' http://127.0.0.1:4711" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert (await desk.browser.submit(page, user=oauth.user.id)).status_code == 403
    consent = await desk.browser.submit(page, action="sign_in", email=desk.email, password=PASSWORD)
    assert "Sign in bcdesk on this computer as Manager (manager)?" in consent.text
    assert "a program on this computer (<strong>127.0.0.1:4711</strong>)" in " ".join(consent.text.split())
    denied = told(await desk.browser.submit(consent, action="deny"))
    assert denied["error"] == "access_denied"


async def test_that_a_user_is_no_member_and_a_member_no_user(oauth: OAuth) -> None:
    desk, app = Desk(oauth), put_app(oauth.state)
    page = await desk.browser.get(request_of(app, Pkce()))
    assert (await desk.browser.submit(page, email=desk.email, password=PASSWORD)).status_code == 403
    consent = await desk.try_with(PASSWORD)
    code = told(await desk.browser.submit(consent, action="allow"))["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT}
    assert refusal(await oauth.token(app, **form)) == GRANT
    pair = await desk.pair()
    assert refusal(await oauth.refresh(app, pair["refresh_token"])) == GRANT
    assert await oauth.introspect(app, pair["access_token"]) == {"active": False}
    assert await oauth.opens(pair["access_token"]) == 401
    theirs = await oauth.pair(app)
    assert refusal(await desk.refresh(theirs["refresh_token"])) == GRANT
    assert (await desk.revoke(theirs["refresh_token"])).status_code == 200
    assert (await oauth.refresh(app, theirs["refresh_token"])).status_code == 200
    assert problem(await desk.session(theirs["access_token"]))[:2] == (403, "not_a_management_token")


async def test_that_a_ticket_of_a_user_makes_no_member(oauth: OAuth) -> None:
    """What a page carries names the client: it cannot be led to another one."""
    desk, app = Desk(oauth), put_app(oauth.state)
    consent = await desk.browser.sign_in(await desk.browser.get(request_of(app, Pkce())))
    reply = await desk.browser.submit(consent, action="allow", client_id=CLIENT_ID, scope="manage")
    answer = told(reply)
    reply = await desk.redeem(answer["code"], Pkce())
    assert refusal(reply) == GRANT


@pytest.mark.parametrize("at", [REDIRECT, "http://[::1]:52001/callback", "http://127.0.0.1/callback"])
async def test_that_the_redirect_takes_any_port_of_both_loopback_addresses(oauth: OAuth, at: str) -> None:
    desk = Desk(oauth)
    assert (await desk.browser.get(desk.asks(Pkce(), redirect_uri=at))).status_code == 200


@pytest.mark.parametrize(
    "at",
    ["", "http://localhost:4711/callback", "http://127.0.0.1:4711/other", "https://127.0.0.1/callback",
     "http://127.0.0.1:4711/callback?x=1", "http://127.0.0.2:4711/callback", "bcdesk://callback"],
)  # fmt: skip
async def test_that_nowhere_else_is_gone_to(oauth: OAuth, at: str) -> None:
    desk = Desk(oauth)
    reply = await desk.browser.get(desk.asks(Pkce(), redirect_uri=at))
    assert reply.status_code == 400
    assert "location" not in reply.headers


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"scope": "beats.read"}, "invalid_scope"),
        ({"scope": "manage user.profile"}, "invalid_scope"),
        ({"code_challenge": "", "code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ],
)
async def test_that_only_a_sound_request_is_taken(oauth: OAuth, asked: dict[str, str], error: str) -> None:
    desk = Desk(oauth)
    assert told(await desk.browser.get(desk.asks(Pkce(), **asked)))["error"] == error


async def test_that_no_other_client_asks_for_manage_or_takes_the_name(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    assert told(await oauth.browser().get(request_of(app, Pkce(), scope="manage")))["error"] == "invalid_scope"
    body = {"name": "Shop", "type": "web", "redirect_uris": ["https://shop.example/back"], "scopes": ["manage"]}
    reply = await oauth.api.manager.secret_post("/manage/v1/apps", body)
    assert problem(reply) == (422, "invalid_values", {"/scopes/0": "unknown_scope"})
    listed = (await oauth.api.owner.get("/manage/v1/apps?limit=1000")).json()["items"]
    assert CLIENT_ID not in {one["client_id"] for one in listed}
    for path in (CLIENT_ID, f"app_{CLIENT_ID}"):
        assert (await oauth.api.owner.get(f"/manage/v1/apps/{path}")).status_code == 404
        assert (await oauth.api.owner.patch(f"/manage/v1/apps/{path}", {"name": "x"}, "*")).status_code == 404
    registered = await oauth.http.post(
        "/oauth/register", json={"client_id": CLIENT_ID, "client_name": "x", "redirect_uris": ["https://a.example/b"]},
        headers={"Authorization": f"Bearer {oauth.api.tokens['owner']}"},
    )  # fmt: skip
    assert registered.json().get("client_id") != CLIENT_ID
    for method in ("GET", "PUT", "DELETE"):
        reply = await oauth.http.request(
            method, f"/oauth/register/{CLIENT_ID}", json={"client_id": CLIENT_ID} if method == "PUT" else None,
            headers={"Authorization": f"Bearer {oauth.api.tokens['owner']}"},
        )  # fmt: skip
        assert reply.status_code == 401, method
    reply = await oauth.post("/oauth/par", Desk(oauth).asks(Pkce()))
    assert refusal(reply) == (400, "unauthorized_client")
    reply = await oauth.post("/oauth/token", {"grant_type": "client_credentials", "client_id": CLIENT_ID})
    assert reply.status_code == 401


async def test_that_a_code_works_once_and_a_replay_ends_what_it_gave(oauth: OAuth) -> None:
    desk, pkce = Desk(oauth), Pkce()
    code = await desk.code(pkce)
    pair = (await desk.redeem(code, pkce)).json()
    assert refusal(await desk.redeem(code, pkce)) == GRANT
    assert (await desk.session(pair["access_token"])).status_code == 401
    assert refusal(await desk.refresh(pair["refresh_token"])) == GRANT


async def test_that_a_code_with_another_verifier_is_burnt(oauth: OAuth) -> None:
    desk, pkce = Desk(oauth), Pkce()
    code = await desk.code(pkce)
    assert refusal(await desk.redeem(code, Pkce())) == GRANT
    assert refusal(await desk.redeem(code, pkce)) == GRANT


async def test_that_of_eight_refreshes_at_once_one_successor_exists(oauth: OAuth) -> None:
    desk = Desk(oauth)
    first = await desk.pair()
    replies = await asyncio.gather(*(desk.refresh(first["refresh_token"]) for _ in range(8)))
    pairs = {reply.json()["refresh_token"] for reply in replies if reply.status_code == 200}
    assert len(pairs) == 1
    assert (await desk.refresh(pairs.pop())).status_code == 200


async def test_that_a_lost_refresh_may_be_repeated_for_a_minute(oauth: OAuth) -> None:
    desk = Desk(oauth)
    first = await desk.pair()
    second = (await desk.refresh(first["refresh_token"])).json()
    oauth.api.clock.advance(60)
    again = (await desk.refresh(first["refresh_token"])).json()
    assert again["refresh_token"] == second["refresh_token"]
    oauth.api.clock.advance(2)
    assert refusal(await desk.refresh(first["refresh_token"])) == GRANT
    assert refusal(await desk.refresh(second["refresh_token"])) == GRANT
    assert problem(await desk.session(second["access_token"]))[:2] == (401, "invalid_token")


async def test_that_tokens_end_with_their_time(oauth: OAuth) -> None:
    desk = Desk(oauth)
    pair = await desk.pair()
    oauth.api.clock.advance(3600)
    assert problem(await desk.session(pair["access_token"]))[:2] == (401, "invalid_token")
    pair = (await desk.refresh(pair["refresh_token"])).json()
    assert (await desk.session(pair["access_token"])).status_code == 200
    oauth.api.clock.advance(30 * 86_400)
    assert refusal(await desk.refresh(pair["refresh_token"])) == GRANT


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
async def test_that_signing_out_ends_tokens(oauth: OAuth, which: str) -> None:
    desk = Desk(oauth)
    pair, other = await desk.pair(), await desk.pair()
    assert (await desk.revoke(pair[which])).status_code == 200
    assert (await desk.session(pair["access_token"])).status_code == 401
    if which == "refresh_token":
        assert refusal(await desk.refresh(pair["refresh_token"])) == GRANT
    assert (await desk.session(other["access_token"])).status_code == 200


async def test_that_a_disabled_member_is_out_at_once_and_stays_signed_out(oauth: OAuth) -> None:
    desk = Desk(oauth)
    pair, path = await desk.pair(), f"{MEMBERS}/{desk.member.id}"
    consent = await desk.try_with(PASSWORD)
    assert (await oauth.api.owner.patch(path, {"disabled": True}, "*")).json()["state"] == "disabled"
    assert problem(await desk.session(pair["access_token"]))[:2] == (403, "member_disabled")
    assert refusal(await desk.refresh(pair["refresh_token"])) == GRANT
    assert (await desk.try_with(PASSWORD)).status_code == 403
    assert (await desk.browser.submit(consent, action="allow")).status_code == 403
    await oauth.api.owner.patch(path, {"disabled": False}, "*")
    assert problem(await desk.session(pair["access_token"]))[:2] == (401, "invalid_token")
    assert refusal(await desk.refresh(pair["refresh_token"])) == GRANT
    assert (await desk.session((await desk.pair())["access_token"])).status_code == 200


async def test_that_an_address_that_had_its_tries_locks_out_nobody_elsewhere(oauth: OAuth) -> None:
    desk = Desk(oauth)
    for number in range(5):
        assert (await desk.try_with("wrong wrong wrong", f"nobody{number}@studio.example")).status_code == 403
    for _ in range(6):
        assert (await desk.try_with("wrong wrong wrong")).status_code == 429
    transport = httpx.ASGITransport(oauth.api.app, client=("192.0.2.7", 4000))
    desk.browser.http = httpx.AsyncClient(transport=transport, base_url=oauth.state.base_url)
    assert (await desk.try_with(PASSWORD)).status_code == 200


async def test_that_nobody_is_let_in_by_a_password_that_was_replaced_while_the_page_was_open(oauth: OAuth) -> None:
    desk = Desk(oauth)
    consent = await desk.try_with(PASSWORD)
    oauth.api.clock.advance(1)
    Desk(oauth)  # somebody sets a new password
    reply = await desk.browser.submit(consent, action="allow")
    assert (reply.status_code, "location" in reply.headers) == (403, False)
    assert (await desk.session((await desk.pair())["access_token"])).status_code == 200


async def test_that_a_lost_role_counts_at_once(oauth: OAuth) -> None:
    desk = Desk(oauth)
    caller = oauth.api.calling((await desk.pair())["access_token"])
    await oauth.api.owner.patch(f"{MEMBERS}/{desk.member.id}", {"role": "viewer"}, "*")
    assert problem(await caller.secret_post("/manage/v1/keys", {}))[:2] == (403, "forbidden_role")


async def test_that_a_wrong_password_is_counted_and_the_sixth_try_waits(oauth: OAuth) -> None:
    desk = Desk(oauth)
    wrong = await desk.try_with("wrong horse battery")
    assert wrong.status_code == 403
    assert "wrong horse" not in wrong.text
    assert (await desk.try_with(PASSWORD, "nobody@studio.example")).status_code == 403
    assert (await desk.try_with(PASSWORD, desk.email.upper())).status_code == 200
    for _ in range(2):
        assert (await desk.try_with("wrong horse battery")).status_code == 403
    limited = await desk.try_with(PASSWORD)
    assert limited.status_code == 429
    assert 1 <= int(limited.headers["retry-after"]) <= 60
    failed = [(target, detail["count"]) for action, target, detail in oauth.api.audit() if action.endswith("failed")]
    assert failed == [(desk.member.id, 1), ("nobody", None), (desk.member.id, 1), (desk.member.id, 2)]
    assert "nobody@studio" not in repr(oauth.api.audit())


async def test_that_what_happens_is_audited_without_any_secret(oauth: OAuth) -> None:
    desk = Desk(oauth)
    pair = await desk.pair()
    await desk.revoke(pair["refresh_token"])
    audit = oauth.api.audit()
    actions = [action for action, _, _ in audit if action.startswith("member.")]
    assert actions[-4:] == ["member.setup_link", "member.set_up", "member.signed_in", "member.signed_out"]
    text = repr(audit)
    assert not re.search(r"bc[a-z]_", text)
    assert PASSWORD not in text


async def test_that_the_answer_names_the_issuer(oauth: OAuth) -> None:
    desk = Desk(oauth)
    consent = await desk.try_with(PASSWORD)
    location = (await desk.browser.submit(consent, action="allow")).headers["location"]
    assert location.startswith(f"{REDIRECT}?")
    answer = dict(parse_qsl(urlsplit(location).query))
    assert (answer["state"], answer["iss"]) == ("s-1", oauth.state.issuer)
