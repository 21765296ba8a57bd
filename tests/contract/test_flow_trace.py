"""What the server tells of a flow: each hop in its run, the rules that were applied, and what the reply keeps back."""

import pytest

from bcdesk.contract.flow_rows import run_of
from bcdesk.contract.flow_rules import REASONS, RULES
from bcdesk.contract.wire import HopList
from bcdesk.server.tables_apps import app_secrets
from tests.contract.flow_mistakes import (
    MISTAKES,
    Mistake,
    asking,
    by_post,
    code_twice,
    foreign_code,
    old_code,
    rotated_out,
    with_secret,
)
from tests.contract.flow_trace_support import hops_of, rules, why
from tests.contract.oauth.matrix import ask, code_form
from tests.contract.oauth_support import REDIRECT, OAuth, Pkce, put_app, put_secret, request_of, told
from tests.contract.support import Api, problem


async def test_that_the_hops_of_a_flow_join_its_run(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    pair = await oauth.pair(app, state="one-run")
    await oauth.refresh(app, pair["refresh_token"])
    await oauth.introspect(app, pair["access_token"])
    assert await oauth.opens(pair["access_token"]) == 200
    await oauth.http.get("/oauth/userinfo", headers={"Authorization": f"Bearer {pair['access_token']}"})
    await oauth.call(app, "/oauth/revoke", token=pair["access_token"])
    await oauth.pair(app, state="another-run")
    hops = await hops_of(oauth, run=run_of("one-run"))
    assert [hop["endpoint"] for hop in hops] == [
        "authorize", "sign_in", "consent", "token", "token", "introspect", "api", "userinfo", "revoke",
    ]  # fmt: skip
    assert [hop["grant_type"] for hop in hops[3:5]] == ["authorization_code", "refresh_token"]
    assert {(hop["client_id"], hop["app_id"]) for hop in hops} == {(app.client_id, app.id)}
    assert hops[2]["effects"] == ["code_issued"]
    assert hops[3]["effects"] == ["code_spent", "tokens_issued"]
    assert hops[8]["effects"] == ["token_revoked"]
    assert not any(why(hop) for hop in hops)
    ids = [hop["id"] for hop in hops]
    assert ids == sorted(ids)
    assert len(await hops_of(oauth, app)) == 9 + 4


async def test_that_the_main_rules_are_told_where_they_are_kept(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    await oauth.pair(app)
    authorize, _, _, token = await hops_of(oauth, app)
    assert set(rules(authorize, "passed")) == {
        "client.known", "redirect.exact", "response_type.code", "pkce.present", "pkce.method", "pkce.challenge",
        "scope.registered",
    }  # fmt: skip
    assert set(rules(token, "passed")) == {
        "client.known", "client.method", "client.secret", "grant.registered", "code.known", "code.client",
        "code.unused", "code.fresh", "redirect.same", "pkce.s256",
    }  # fmt: skip


async def test_that_a_pushed_request_joins_the_run_of_its_state(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    reply = await oauth.call(app, "/oauth/par", **request_of(app, Pkce(), state="pushed"))
    await oauth.browser().get({"client_id": app.client_id, "request_uri": reply.json()["request_uri"]})
    pushed, opened = await hops_of(oauth, run=run_of("pushed"))
    assert (pushed["endpoint"], pushed["effects"]) == ("par", ["request_pushed"])
    assert "request_uri.live" in rules(opened, "passed")


@pytest.mark.parametrize(
    ("mistake", "rule", "reason"), MISTAKES, ids=lambda value: value if str(value) == value else ""
)
async def test_that_a_mistake_is_told_with_its_rule_and_reason(
    oauth: OAuth, mistake: Mistake, rule: str, reason: str
) -> None:
    app = put_app(oauth.state)
    await mistake(oauth, app)
    last = (await hops_of(oauth, app))[-1]
    assert why(last) == {rule: reason}
    assert rules(last, "failed")[rule]["source"] == RULES[rule]
    assert reason in REASONS[rule]


async def test_that_expected_and_got_are_told_where_they_are_no_secret(oauth: OAuth) -> None:
    async def last(mistake: Mistake, rule: str) -> tuple[str, str, int | None]:
        app = put_app(oauth.state)
        await mistake(oauth, app)
        told = rules((await hops_of(oauth, app))[-1], "failed")[rule]
        return told["expected"], told["got"], told["position"]

    assert await last(code_twice, "code.unused") == ("", "12.0", None)
    assert await last(old_code, "code.fresh") == ("600", "743.0", None)
    assert await last(rotated_out, "client.secret") == ("", "90.0", None)
    assert await last(asking(redirect_uri=f"{REDIRECT}2"), "redirect.exact") == (REDIRECT, f"{REDIRECT}2", 29)
    assert await last(by_post, "client.method") == ("client_secret_basic", "client_secret_post", None)
    scope = await last(asking(scope="beats.read more.write"), "scope.registered")
    assert scope == ("user.profile beats.read purchases.write user.subscription", "more.write", None)


async def test_that_a_public_application_that_sends_a_secret_is_told(oauth: OAuth) -> None:
    app = put_app(oauth.state, "mobile")
    await oauth.post("/oauth/token", {"client_id": app.client_id, "client_secret": "s", "grant_type": "refresh_token"})
    assert why((await hops_of(oauth, app))[-1]) == {"client.method": "public_secret"}


async def test_that_what_a_replay_ended_is_told(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    await code_twice(oauth, app)
    assert (await hops_of(oauth, app))[-1]["effects"] == ["family_revoked"]
    await foreign_code(oauth, app)
    assert (await hops_of(oauth, app))[-1]["effects"] == ["code_burned"]


async def test_that_a_refused_client_joins_the_run_of_its_code(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    form = await code_form(oauth, app, state="joined")
    await oauth.post("/oauth/token", form)
    app.secret = "bcs_wrong"
    await oauth.token(app, **form)
    unnamed, wrong = (await hops_of(oauth, run=run_of("joined")))[-2:]
    assert why(unnamed) == {"client.method": "none_sent"}
    assert why(wrong) == {"client.secret": "wrong"}
    assert unnamed["client_id"] == app.client_id


async def test_that_who_denies_and_who_mistypes_is_told(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    browser = oauth.browser()
    login = await browser.get(request_of(app, Pkce()))
    assert (await browser.submit(login, email="nobody@home.example", password="x")).status_code == 403
    assert told(await browser.submit(await browser.sign_in(login), action="deny"))["error"] == "access_denied"
    wrong, _, denied = (await hops_of(oauth, app))[1:]
    assert why(wrong) == {"user.signed_in": "wrong"}
    assert (denied["endpoint"], denied["error"], denied["effects"]) == ("consent", "access_denied", ["user_denied"])


async def test_that_a_missing_state_is_advice(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    await ask(oauth, app, state="")
    (hop,) = await hops_of(oauth, app)
    assert (hop["status"], hop["run"], why(hop)) == (200, None, {})
    assert set(rules(hop, "advice")) == {"state.present"}


async def test_that_a_page_of_another_origin_is_told_that_it_reads_nothing(oauth: OAuth) -> None:
    app = put_app(oauth.state, "spa")
    for origin, advice in (("https://shop.example", set()), ("https://other.example", {"origin.registered"})):
        form = {"client_id": app.client_id, **await code_form(oauth, app)}
        await oauth.post("/oauth/token", form, Origin=origin)
        assert set(rules((await hops_of(oauth, app))[-1], "advice")) == advice


async def test_that_a_client_that_nobody_has_is_told_under_its_name(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    real, app.client_id = app.client_id, "client_of_elsewhere"
    await ask(oauth, app)
    (hop,) = await hops_of(oauth, app)
    assert (why(hop), hop["app_id"]) == ({"client.known": "unknown"}, "")
    app.client_id = real
    assert await hops_of(oauth, app) == []


async def test_that_the_calls_of_keys_leave_no_hop(oauth: OAuth) -> None:
    key = await oauth.api.make_key()
    assert await oauth.api.use(key["secret"]) == 200
    assert len(oauth.state.hops) == 0


async def test_that_the_list_has_the_form_of_the_contract(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    await oauth.pair(app)
    reply = await oauth.api.manager.get(f"/manage/v1/flow-trace?client_id={app.client_id}")
    found = HopList.model_validate_json(reply.content)
    assert len(found.items) == 4
    assert found.items[0].at.timestamp() == oauth.api.clock()


@pytest.mark.parametrize("query", ["", f"?run={'r' * 43}&client_id=client_x", "?run=short", "?client_id=a%20b"])
async def test_that_one_of_run_and_client_is_asked_for(api: Api, query: str) -> None:
    assert problem(await api.manager.get(f"/manage/v1/flow-trace{query}"))[:2] == (422, "invalid_values")


async def test_that_a_hop_is_forgotten_after_an_hour(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    await ask(oauth, app)
    oauth.api.clock.advance(3_599)
    assert len(await hops_of(oauth, app)) == 1
    oauth.api.clock.advance(2)
    assert await hops_of(oauth, app) == []
    oauth.state.hops.settle()
    assert len(oauth.state.hops) == 0


async def test_that_the_end_of_a_secret_is_told_by_the_earlier_of_its_two_ends(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    secret = put_secret(oauth.state, app.id, ended_at=oauth.state.now() - 5)
    with oauth.state.database.write() as connection:
        connection.execute(
            app_secrets.update().where(app_secrets.c.last4 == secret[-4:]).values(expires_at=oauth.state.now() - 50)
        )
    await with_secret(oauth, app, secret)
    assert rules((await hops_of(oauth, app))[-1], "failed")["client.secret"]["got"] == "50.0"
