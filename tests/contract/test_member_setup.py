"""Invitations and set-up links: once, for 15 minutes, and nobody gets a password that is none."""

import asyncio
import re
from typing import Any

import httpx
import pytest

from tests.contract.member_support import MEMBERS, PASSWORD, SETUP, Desk, SetUp
from tests.contract.oauth_support import OAuth
from tests.contract.support import Api, problem

NEW = {"name": "Newcomer", "email": "new@studio.example", "role": "viewer"}


async def invited(api: Api, **values: str) -> dict[str, Any]:
    reply = await api.owner.secret_post(MEMBERS, {**NEW, **values})
    assert reply.status_code == 201, reply.text
    found: dict[str, Any] = reply.json()
    return found


async def member(api: Api, member_id: str) -> dict[str, Any] | None:
    listed = (await api.viewer.get(MEMBERS)).json()["items"]
    return next((one for one in listed if one["id"] == member_id), None)


def fault(page: httpx.Response) -> str:
    """Return what a page says is wrong."""
    found = re.search(r'role="alert"[^>]*>([^<]+)<', page.text)
    return " ".join(found[1].split()) if found else ""


async def test_that_an_invited_member_sets_a_password_and_signs_in(oauth: OAuth) -> None:
    made = await invited(oauth.api)
    assert re.fullmatch(r"bcu_[\w-]{43}", made["secret"])
    assert made["member"]["state"] == "invited"
    assert made["handover"]["state"] == "waiting"
    browser = SetUp(oauth)
    page = await browser.open(made["secret"])
    assert "Welcome, Newcomer" in page.text
    assert made["secret"] not in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    reply = await browser.set(page)
    assert (reply.status_code, reply.headers["location"]) == (303, "/setup/done")
    assert "Max-Age=0" in reply.headers["set-cookie"]
    assert "You are set up" in (await browser.http.get("/setup/done")).text
    found = await member(oauth.api, made["member"]["id"])
    assert found is not None
    assert (found["state"], found["revision"]) == ("active", 2)
    desk = Desk(oauth, "viewer")
    assert (await desk.try_with(PASSWORD, NEW["email"])).status_code == 200


async def test_that_the_page_takes_the_code_from_the_fragment_by_its_one_script(oauth: OAuth) -> None:
    page = await SetUp(oauth).http.get(SETUP)
    assert page.status_code == 200
    assert "location.hash" in page.text
    assert re.search(r"script-src 'sha256-[\w+/]{43}='", page.headers["content-security-policy"])
    assert "form-action 'self'" in page.headers["content-security-policy"]
    assert page.headers["referrer-policy"] == "no-referrer"


async def test_that_a_code_in_the_query_opens_nothing(oauth: OAuth) -> None:
    made = await invited(oauth.api)
    page = await SetUp(oauth).http.get(SETUP, params={"token": made["secret"]})
    assert "Welcome" not in page.text
    assert made["secret"] not in page.text


async def test_that_a_link_works_once(oauth: OAuth) -> None:
    made = await invited(oauth.api)
    first, second = SetUp(oauth), SetUp(oauth)
    pages = [await browser.open(made["secret"]) for browser in (first, second)]
    replies = await asyncio.gather(first.set(pages[0]), second.set(pages[1]))
    assert sorted(reply.status_code for reply in replies) == [303, 403]
    assert "unknown" in fault(await SetUp(oauth).open(made["secret"]))


async def test_that_a_link_ends_after_15_minutes(oauth: OAuth) -> None:
    made = await invited(oauth.api)
    browser = SetUp(oauth)
    oauth.api.clock.advance(890)
    page = await browser.open(made["secret"])
    assert page.status_code == 200
    oauth.api.clock.advance(10)
    assert (await browser.set(page)).status_code == 403
    assert (await browser.open(made["secret"])).status_code == 403


async def test_that_a_new_link_ends_the_one_before(oauth: OAuth) -> None:
    made = await invited(oauth.api)
    path = f"{MEMBERS}/{made['member']['id']}/setup-link"
    again = (await oauth.api.owner.secret_post(path)).json()
    assert again["secret"] != made["secret"]
    assert (await SetUp(oauth).open(made["secret"])).status_code == 403
    assert (await SetUp(oauth).open(again["secret"])).status_code == 200
    reply = await oauth.api.owner.post(f"/manage/v1/handovers/{made['handover']['id']}/ack", {"how": "copy"})
    assert problem(reply)[:2] == (409, "handover_ended")


async def test_that_a_new_password_ends_every_sign_in_of_before(oauth: OAuth) -> None:
    desk = Desk(oauth)
    pair = await desk.pair()
    made = (await oauth.api.owner.secret_post(f"{MEMBERS}/{desk.member.id}/setup-link")).json()
    assert (await desk.session(pair["access_token"])).status_code == 200
    browser = SetUp(oauth)
    new = "another long enough phrase"
    assert (await browser.set(await browser.open(made["secret"]), new)).status_code == 303
    assert problem(await desk.session(pair["access_token"]))[:2] == (401, "invalid_token")
    assert (await desk.refresh(pair["refresh_token"])).status_code == 400
    assert (await desk.try_with(PASSWORD)).status_code == 403
    assert (await desk.try_with(new)).status_code == 200


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("quite brief", "too short"),
        ("elevenchars", "too short"),
        ("x" * 257, "too long"),
        ("aaaaaaaaaaaaaaaa", "too easy"),
        ("New@Studio.Example", "too easy"),
    ],
)
async def test_that_a_password_that_is_none_is_refused(oauth: OAuth, password: str, words: str) -> None:
    made = await invited(oauth.api)
    browser = SetUp(oauth)
    page = await browser.set(await browser.open(made["secret"]), password)
    assert page.status_code == 422
    assert words in fault(page)
    assert password not in page.text
    assert (await browser.set(page)).status_code == 303


async def test_that_both_passwords_are_the_same(oauth: OAuth) -> None:
    browser = SetUp(oauth)
    page = await browser.open((await invited(oauth.api))["secret"])
    assert "differ" in fault(await browser.set(page, again="correct horse battery stable"))


async def test_that_a_password_fits_however_its_letters_were_composed(oauth: OAuth) -> None:
    made = await invited(oauth.api)
    browser = SetUp(oauth)
    assert (await browser.set(await browser.open(made["secret"]), "caf\u00e9 caf\u00e9 caf\u00e9")).status_code == 303
    desk = Desk(oauth, "viewer")
    assert (await desk.try_with("cafe\u0301 cafe\u0301 cafe\u0301", NEW["email"])).status_code == 200


async def test_that_a_member_without_an_address_is_asked_for_one(oauth: OAuth) -> None:
    made = await invited(oauth.api, email="")
    browser = SetUp(oauth)
    page = await browser.open(made["secret"])
    for email in ("", "nonsense", "Owner@studio.example"):
        refused = await browser.set(page, name="Me", email=email)
        assert "email address" in fault(refused)
    assert "called" in fault(await browser.set(page, name=" ", email="me@studio.example"))
    assert (await browser.set(page, name="Me", email="Me@Studio.example")).status_code == 303
    found = await member(oauth.api, made["member"]["id"])
    assert found is not None
    assert (found["name"], found["email"]) == ("Me", "me@studio.example")


async def test_that_a_member_with_an_address_keeps_it(oauth: OAuth) -> None:
    made = await invited(oauth.api)
    browser = SetUp(oauth)
    await browser.set(await browser.open(made["secret"]), name="Other", email="other@studio.example")
    found = await member(oauth.api, made["member"]["id"])
    assert found is not None
    assert (found["name"], found["email"]) == (NEW["name"], NEW["email"])


async def test_that_the_sixth_code_in_a_minute_waits(oauth: OAuth) -> None:
    browser = SetUp(oauth)
    for _ in range(5):
        assert (await browser.open("bcu_" + "x" * 43)).status_code == 403
    reply = await browser.open((await invited(oauth.api))["secret"])
    assert reply.status_code == 429
    assert 1 <= int(reply.headers["retry-after"]) <= 60


async def test_that_a_form_works_in_its_own_browser_and_on_its_own_page(oauth: OAuth) -> None:
    made = await invited(oauth.api)
    mine, foreign = SetUp(oauth), SetUp(oauth)
    page = await mine.open(made["secret"])
    assert (await foreign.set(page)).status_code == 403
    desk = Desk(oauth)
    consent = await desk.try_with(PASSWORD)
    mine.http.cookies.set("bcdesk-set-up", desk.browser.http.cookies["bcdesk-sign-in"])
    assert (await mine.set(consent)).status_code == 403, "a ticket of another page"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://127.0.0.1:9999", "Sec-Fetch-Site": "same-site"},
    ],
)
async def test_that_no_other_page_sends_the_form(oauth: OAuth, headers: dict[str, str]) -> None:
    reply = await SetUp(oauth).http.post(SETUP, data={"action": "open", "token": "x"}, headers=headers)
    assert reply.status_code == 403


async def test_that_a_disabled_member_sets_nothing_up(oauth: OAuth) -> None:
    made = await invited(oauth.api)
    await oauth.api.owner.patch(f"{MEMBERS}/{made['member']['id']}", {"disabled": True}, 1)
    assert (await SetUp(oauth).open(made["secret"])).status_code == 403


async def test_that_a_discarded_invitation_leaves_no_member(api: Api) -> None:
    made = await invited(api)
    path = f"/manage/v1/handovers/{made['handover']['id']}/discard"
    assert problem(await api.manager.post(path))[:2] == (403, "forbidden_role")
    assert (await api.owner.post(path)).json()["state"] == "discarded"
    assert await member(api, made["member"]["id"]) is None
    assert [action for action, _, _ in api.audit()][-1] == "handover.discarded"


async def test_that_a_used_invitation_stays(oauth: OAuth) -> None:
    made = await invited(oauth.api)
    browser = SetUp(oauth)
    await browser.set(await browser.open(made["secret"]))
    reply = await oauth.api.owner.post(f"/manage/v1/handovers/{made['handover']['id']}/discard")
    assert problem(reply)[:2] == (409, "version_used")
    oauth.api.clock.advance(86_400)
    await oauth.api.owner.post(f"/manage/v1/handovers/{made['handover']['id']}/ack", {"how": "copy"})
    assert await member(oauth.api, made["member"]["id"]) is not None


async def test_that_an_invitation_comes_again_with_its_key_alone(api: Api) -> None:
    key = "k" * 43
    first = await api.owner.secret_post(MEMBERS, NEW, key=key)
    assert (await api.owner.secret_post(MEMBERS, NEW, key=key)).text == first.text
    assert (
        problem(await api.owner.secret_post(MEMBERS, {**NEW, "role": "owner"}, key=key))[1] == "idempotency_key_reused"
    )
    ack = f"/manage/v1/handovers/{first.json()['handover']['id']}/ack"
    assert (await api.owner.post(ack, {"how": "copy"})).status_code == 200
    assert problem(await api.owner.secret_post(MEMBERS, NEW, key=key))[1] == "handover_ended"


async def test_that_a_member_is_seen_within_a_minute_and_two(api: Api) -> None:
    await api.viewer.get("/manage/v1/session")
    api.state.usage.flush()
    listed = (await api.owner.get(MEMBERS)).json()["items"]
    assert {one["role"]: one["last_seen_at"] for one in listed}["viewer"] == "2026-09-21T14:13:20.000Z"
    assert {one["role"]: one["state"] for one in listed} == {
        "owner": "invited",
        "manager": "invited",
        "viewer": "active",
    }
