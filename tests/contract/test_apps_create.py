"""Registering applications: the type decides what is left out, every refusal at its field, the secret once."""

import asyncio
import re
import secrets
from typing import Any

import pytest

from bcdesk.contract import wire
from tests.contract.support import MOBILE, SERVICE, WEB, Api, problem

APPS = "/manage/v1/apps"
METHOD = "token_endpoint_auth_method"
SECRET = re.compile(r"bcs_[A-Za-z0-9_-]{43}")


async def refused(api: Api, body: object) -> dict[str, str]:
    status, code, faults = problem(await api.manager.secret_post(APPS, body))
    assert (status, code) == (422, "invalid_values")
    return faults


async def test_that_an_application_is_answered_with_its_secret_once(api: Api) -> None:
    made = await api.make_app(name="Beat shop", owner="Platform", tags=["shop"], contacts=["dev@shop.example"])
    assert SECRET.fullmatch(made["secret"])
    assert wire.AppMade.model_validate(made).handover is not None
    app = made["app"]
    assert re.fullmatch(r"client_[0-9a-f]{18}", app["client_id"])
    assert [one["last4"] for one in app["secrets"]] == [made["secret"][-4:]]
    assert app["handover"] == made["handover"]
    assert (app["created_by"], app["status"], app["revision"]) == ("Manager", "active", 1)
    assert (app["last_used_at"], app["secrets"][0]["last_used_at"]) == (None, None)
    assert await api.app_row(app["id"]) == app
    for reply in (await api.viewer.get(f"{APPS}/{app['id']}"), await api.viewer.get(APPS)):
        assert not SECRET.search(reply.text)


@pytest.mark.parametrize(
    ("body", "grants", "method", "secret"),
    [
        (WEB, ["authorization_code", "refresh_token"], "client_secret_basic", True),
        (MOBILE, ["authorization_code", "refresh_token"], "none", False),
        ({**WEB, "type": "spa"}, ["authorization_code", "refresh_token"], "none", False),
        (SERVICE, ["client_credentials"], "client_secret_basic", True),
    ],
    ids=["web", "mobile", "spa", "service"],
)
async def test_that_the_type_decides_what_is_left_out(
    api: Api, body: dict[str, Any], grants: list[str], method: str, secret: bool
) -> None:
    made = (await api.manager.secret_post(APPS, body)).json()
    app = made["app"]
    assert (app["grant_types"], app["token_endpoint_auth_method"]) == (grants, method)
    assert (app["pkce_required"], app["access_token_ttl"], app["refresh_token_ttl"]) == (True, 3600, 2_592_000)
    assert ("secret" in made, made["handover"] is not None, len(app["secrets"])) == (secret, secret, int(secret))
    null = {"grant_types": None, "token_endpoint_auth_method": None, "access_token_ttl": None}
    again = (await api.manager.secret_post(APPS, {**body, **null})).json()["app"]
    assert again["grant_types"] == grants


async def test_that_what_is_given_is_kept(api: Api) -> None:
    given: dict[str, Any] = {
        "name": "Café", "description": "Sells beats", "owner": "Platform", "tags": ["shop", "eu"], "type": "web",
        "redirect_uris": ["https://shop.example/back?x=%7E", "http://127.0.0.1/cb", "http://localhost:8080/cb"],
        "scopes": ["beats.read", "user.profile"], "grant_types": ["authorization_code", "client_credentials"],
        "token_endpoint_auth_method": "client_secret_post", "pkce_required": False, "access_token_ttl": 60,
        "refresh_token_ttl": 31_536_000, "contacts": ["dev@shop.example"], "client_uri": "https://shop.example/",
    }  # fmt: skip
    app = (await api.make_app(**given))["app"]
    assert {name: app[name] for name in given} == given


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({**WEB, "name": " "}, {"/name": "empty"}),
        ({**WEB, "name": "x" * 81}, {"/name": "too_long"}),
        ({**WEB, "description": "a\nb"}, {"/description": "control_character"}),
        ({**WEB, "owner": "bcs_" + "x" * 43}, {"/owner": "holds_secret"}),
        ({**WEB, "tags": ["a", "a"]}, {"/tags/1": "duplicate"}),
        ({**WEB, "type": "desktop"}, {"/type": "unknown_value"}),
        ({**WEB, "redirect_uris": []}, {"/redirect_uris": "empty"}),
        ({**WEB, "redirect_uris": ["https://a.example/#x"]}, {"/redirect_uris/0": "bad_redirect_uri"}),
        ({**WEB, "redirect_uris": ["https://a.example", "http://a.example"]}, {"/redirect_uris/1": "bad_redirect_uri"}),
        ({**WEB, "redirect_uris": ["shop://back"]}, {"/redirect_uris/0": "bad_redirect_uri"}),
        ({**WEB, "redirect_uris": ["https://a.example/"] * 2}, {"/redirect_uris/1": "duplicate"}),
        ({**WEB, "redirect_uris": [f"https://a.example/{n}" for n in range(21)]}, {"/redirect_uris": "too_many"}),
        ({**MOBILE, "redirect_uris": ["javascript://x"]}, {"/redirect_uris/0": "bad_redirect_uri"}),
        ({**SERVICE, "redirect_uris": ["https://a.example/"]}, {"/redirect_uris/0": "bad_redirect_uri"}),
        ({**WEB, "scopes": []}, {"/scopes": "empty"}),
        ({**WEB, "scopes": ["manage"]}, {"/scopes/0": "unknown_scope"}),
        ({**WEB, "scopes": ["beats.read", "beats.read"]}, {"/scopes/1": "duplicate"}),
        ({**WEB, "grant_types": []}, {"/grant_types": "empty"}),
        ({**WEB, "grant_types": ["password"]}, {"/grant_types/0": "unknown_value"}),
        ({**WEB, "grant_types": ["refresh_token"]}, {"/grant_types": "out_of_range"}),
        ({**MOBILE, "grant_types": ["client_credentials"]}, {"/grant_types/0": "unknown_value"}),
        ({**MOBILE, METHOD: "client_secret_basic"}, {f"/{METHOD}": "unknown_value"}),
        ({**WEB, METHOD: "none"}, {f"/{METHOD}": "unknown_value"}),
        ({**WEB, METHOD: "private_key_jwt"}, {f"/{METHOD}": "unknown_value"}),
        ({**MOBILE, "pkce_required": False}, {"/pkce_required": "out_of_range"}),
        ({**WEB, "pkce_required": "yes"}, {"/pkce_required": "wrong_type"}),
        ({**WEB, "access_token_ttl": 59}, {"/access_token_ttl": "out_of_range"}),
        ({**WEB, "access_token_ttl": 86_401}, {"/access_token_ttl": "out_of_range"}),
        ({**WEB, "refresh_token_ttl": 365 * 86_400 + 1}, {"/refresh_token_ttl": "out_of_range"}),
        ({**WEB, "contacts": ["nobody"]}, {"/contacts/0": "not_an_email"}),
        ({**WEB, "client_uri": "http://shop.example"}, {"/client_uri": "not_a_web_address"}),
        ({**WEB, "client_id": "client_1"}, {"/client_id": "unknown_field"}),
        ({"name": "Shop"}, {"/type": "missing", "/scopes": "missing"}),
    ],
)  # fmt: skip
async def test_that_a_value_is_refused_at_its_field(api: Api, body: dict[str, Any], faults: dict[str, str]) -> None:
    assert await refused(api, body) == faults
    assert (await api.viewer.get(APPS)).json()["items"] == []


async def test_that_every_fault_is_told_at_once(api: Api) -> None:
    body = {
        **WEB,
        "name": "",
        "scopes": ["nope"],
        "redirect_uris": ["x"],
        "contacts": ["x"],
        "access_token_ttl": 100_000,
    }
    assert set(await refused(api, body)) == {
        "/name",
        "/scopes/0",
        "/redirect_uris/0",
        "/contacts/0",
        "/access_token_ttl",
    }


@pytest.mark.parametrize("body", [WEB, MOBILE], ids=["with a secret", "without"])
async def test_that_a_repetition_gets_the_same_reply_and_makes_nothing(api: Api, body: dict[str, Any]) -> None:
    key = secrets.token_urlsafe(32)
    first, second = [await api.manager.secret_post(APPS, body, key=key) for _ in range(2)]
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert len((await api.viewer.get(APPS)).json()["items"]) == 1
    other = await api.manager.secret_post(APPS, {**body, "name": "Other"}, key=key)
    assert problem(other)[:2] == (422, "idempotency_key_reused")
    assert problem(await api.manager.post(APPS, body))[:2] == (400, "idempotency_key_missing")


async def test_that_of_eight_at_once_with_one_key_one_is_made(api: Api) -> None:
    key = secrets.token_urlsafe(32)
    replies = await asyncio.gather(*(api.manager.secret_post(APPS, WEB, key=key) for _ in range(8)))
    made = {reply.json()["secret"] for reply in replies if reply.status_code == 201}
    assert len(made) == 1
    assert {problem(reply)[1] for reply in replies if reply.status_code != 201} <= {"idempotency_in_flight"}
    assert len((await api.viewer.get(APPS)).json()["items"]) == 1


async def test_that_a_public_registration_is_replayed_for_ever(api: Api) -> None:
    key = secrets.token_urlsafe(32)
    first = await api.manager.secret_post(APPS, MOBILE, key=key)
    api.clock.advance(3 * 86_400)
    assert (await api.manager.secret_post(APPS, MOBILE, key=key)).content == first.content


async def test_that_a_discarded_registration_leaves_no_application(api: Api) -> None:
    before = (await api.viewer.get(APPS)).json()["since"]
    key = secrets.token_urlsafe(32)
    made = (await api.manager.secret_post(APPS, WEB, key=key)).json()
    app_id = made["app"]["id"]
    assert (await api.act(f"handovers/{made['handover']['id']}/discard"))["state"] == "discarded"
    assert problem(await api.viewer.get(f"{APPS}/{app_id}"))[:2] == (404, "not_found")
    changes = (await api.viewer.get(f"{APPS}?since={before}")).json()["items"]
    assert [(one["id"], "deleted_at" in one) for one in changes] == [(app_id, True)]
    again = await api.manager.secret_post(APPS, WEB, key=key)
    assert problem(again)[:2] == (409, "handover_ended")
    assert (again.json()["app_id"], again.json()["handover"]["state"]) == (app_id, "discarded")
    assert [action for action, target, _ in api.audit() if target in (app_id, made["handover"]["id"])] == [
        "app.created", "handover.discarded",
    ]  # fmt: skip


async def test_that_an_acknowledged_registration_comes_no_more(api: Api) -> None:
    key = secrets.token_urlsafe(32)
    made = (await api.manager.secret_post(APPS, WEB, key=key)).json()
    await api.act(f"handovers/{made['handover']['id']}/ack", {"how": "copy"})
    assert (await api.app_row(made["app"]["id"]))["handover"] is None
    assert problem(await api.manager.secret_post(APPS, WEB, key=key))[:2] == (409, "handover_ended")
    assert api.audit()[-1][2] == {"app": made["app"]["id"], "secret": made["app"]["secrets"][0]["id"], "how": "copy"}


async def test_that_after_a_day_an_unused_registration_is_gone_and_a_used_one_stays(api: Api) -> None:
    unused, used = await api.make_app(), await api.make_app()
    api.state.usage.apps.record(used["app"]["id"], used["app"]["secrets"][0]["id"], None, api.clock())
    refusal = await api.manager.post(f"/manage/v1/handovers/{used['handover']['id']}/discard")
    assert problem(refusal)[:2] == (409, "version_used"), "the use is still in memory"
    api.state.usage.flush()
    refusal = await api.manager.post(f"/manage/v1/handovers/{used['handover']['id']}/discard")
    assert problem(refusal)[:2] == (409, "version_used")
    api.clock.advance(86_400)
    items = (await api.viewer.get(APPS)).json()["items"]
    assert [(one["id"], one["handover"]) for one in items] == [(used["app"]["id"], None)]
    assert (unused["app"]["id"], "handover.acknowledged") not in [(target, action) for action, target, _ in api.audit()]


async def test_that_the_audit_names_the_application_and_no_secret(api: Api) -> None:
    made = await api.make_app()
    action, target, detail = api.audit()[-1]
    assert (action, target) == ("app.created", made["app"]["id"])
    assert detail["client_id"] == made["app"]["client_id"]
    assert detail["last4"] == made["secret"][-4:]
    assert made["secret"] not in str(api.audit())
