"""The API that a key opens: who is let in, from where, how often and for what."""

import secrets
from typing import Any

import httpx
import pytest

from bcdesk.contract import key_format, wire
from bcdesk.contract.key_rules import LIMIT_PER_MINUTE
from tests.contract.support import Api, problem

ROUTES = {"/v1/beats": "beats.read", "/v1/me": "user.profile"}


def challenge(reply: httpx.Response) -> str:
    return reply.headers["www-authenticate"]


@pytest.mark.parametrize("path", ROUTES)
async def test_that_a_key_with_the_scope_is_answered(api: Api, path: str) -> None:
    secret = (await api.make_key(scopes=[ROUTES[path]]))["secret"]
    reply = await api.calling(secret).get(path)
    assert reply.status_code == 200
    assert reply.headers["ratelimit-policy"] == '"key";q=1000;w=60'
    assert reply.headers["ratelimit"].startswith('"key";r=999;t=')
    assert reply.headers["cache-control"] == "no-store"


async def test_that_me_is_the_studio_s_profile(api: Api) -> None:
    secret = (await api.make_key(scopes=["user.profile"]))["secret"]
    found = wire.Profile.model_validate((await api.calling(secret).get("/v1/me")).json())
    assert (found.id, found.kind) == (api.state.server_id, "studio")


@pytest.mark.parametrize("path", ROUTES)
async def test_that_a_key_without_the_scope_is_told_which_one_it_lacks(api: Api, path: str) -> None:
    secret = (await api.make_key(scopes=["user.subscription"]))["secret"]
    reply = await api.calling(secret).get(path)
    assert problem(reply)[:2] == (403, "insufficient_scope")
    assert challenge(reply) == f'Bearer realm="bcdesk /v1", error="insufficient_scope", scope="{ROUTES[path]}"'
    assert "ratelimit" in reply.headers


@pytest.mark.parametrize("path", ROUTES)
async def test_that_nobody_is_asked_for_a_key_without_an_error(api: Api, path: str) -> None:
    for caller in (api.nobody, api.calling("")):
        reply = await caller.get(path)
        assert problem(reply)[:2] == (401, "token_missing")
        assert challenge(reply) == 'Bearer realm="bcdesk /v1"'


@pytest.mark.parametrize(
    "token",
    [
        key_format.generate("live"),
        "bca_live_" + "A" * 36,
        "bca_live_",
        "bct_" + "A" * 43,
        "x" * 5000,
        "a b",
    ],
    ids=["unknown", "mistyped", "cut", "another kind", "long", "two words"],
)
async def test_that_what_is_no_key_of_ours_is_refused(api: Api, token: str) -> None:
    reply = await api.nobody.get("/v1/beats", headers={"Authorization": f"Bearer {token}"})
    assert problem(reply)[:2] == (401, "invalid_token")
    assert challenge(reply) == 'Bearer realm="bcdesk /v1", error="invalid_token"'


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer"])
async def test_that_the_scheme_is_taken_in_any_case(api: Api, scheme: str) -> None:
    secret = (await api.make_key())["secret"]
    assert (await api.nobody.get("/v1/beats", headers={"Authorization": f"{scheme} {secret}"})).status_code == 200


async def test_that_a_key_as_a_query_or_a_cookie_opens_nothing(api: Api) -> None:
    secret = (await api.make_key())["secret"]
    for path in (f"/v1/beats?access_token={secret}", f"/v1/beats?api_key={secret}"):
        assert problem(await api.nobody.get(path))[:2] == (401, "token_missing")
    assert (await api.nobody.get("/v1/beats", headers={"Cookie": f"key={secret}"})).status_code == 401
    assert await api.use(secret) == 200


@pytest.mark.parametrize("end", ["revoke", "disable", "expire"])
async def test_that_a_key_that_ended_is_refused_and_does_not_learn_why(api: Api, end: str) -> None:
    made = await api.make_key(expires_at="2026-12-01T00:00:00Z")
    assert await api.use(made["secret"]) == 200
    if end == "expire":
        api.clock.advance(365 * 86_400)
    else:
        await api.act(f"keys/{made['key']['id']}/{end}", {} if end == "revoke" else None)
    reply = await api.calling(made["secret"]).get("/v1/beats")
    assert problem(reply)[:2] == (401, "invalid_token")
    unknown = await api.calling(key_format.generate("live")).get("/v1/beats")
    assert reply.json()["detail"] == unknown.json()["detail"]


async def test_that_a_management_token_opens_no_beats(api: Api) -> None:
    assert problem(await api.owner.get("/v1/beats"))[:2] == (401, "invalid_token")


async def test_that_a_call_from_elsewhere_is_refused_and_is_no_use(api: Api) -> None:
    made = await api.make_key(allowed_cidrs=["203.0.113.0/24"])
    reply = await api.calling(made["secret"]).get("/v1/beats")
    assert problem(reply)[:2] == (403, "address_not_allowed")
    assert "ratelimit" not in reply.headers
    api.state.usage.flush()
    assert (await api.key(made["key"]["id"]))["last_used_at"] is None


async def test_that_the_sixty_first_call_of_a_sandbox_key_is_told_when_to_come_again(api: Api) -> None:
    made = await api.make_key(environment="sandbox")
    caller = api.calling(made["secret"])
    assert {(await caller.get("/v1/beats")).status_code for _ in range(LIMIT_PER_MINUTE["sandbox"])} == {200}
    refused = await caller.get("/v1/beats")
    assert problem(refused)[:2] == (429, "rate_limited")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.headers["ratelimit"].startswith('"key";r=0;t=')
    other = await api.make_key(environment="sandbox")
    assert await api.use(other["secret"]) == 200, "another key has its own window"


async def test_that_both_versions_of_a_key_share_one_window(api: Api) -> None:
    made = await api.make_key(environment="sandbox")
    await api.use(made["secret"])
    rotated = await api.rotate(made["key"]["id"])
    codes = [await api.use(secret) for _ in range(31) for secret in (made["secret"], rotated["secret"])]
    assert codes.count(200) == LIMIT_PER_MINUTE["sandbox"] - 1
    assert set(codes) == {200, 429}


async def test_that_last_use_and_callers_show_after_a_call(api: Api) -> None:
    made = await api.make_key()
    caller = api.calling(made["secret"])
    await caller.get("/v1/beats", headers={"User-Agent": f"player/1 {made['secret']}"})
    await caller.get("/v1/beats", headers={"User-Agent": "player/1"})
    api.state.usage.flush()
    key = await api.key(made["key"]["id"])
    assert key["last_used_from"] == "127.0.0.1"
    assert key["last_used_at"] is not None
    reply = await api.viewer.get(f"/manage/v1/keys/{key['id']}/callers")
    callers = wire.Callers.model_validate(reply.json())
    assert (callers.requests_24h, callers.requests_7d, callers.limited_24h) == (2, 2, 0)
    assert {item.user_agent for item in callers.items} == {"player/1", "player/1 (removed)"}
    assert made["secret"] not in reply.text


async def test_that_a_call_is_in_the_changes_since(api: Api) -> None:
    made = await api.make_key()
    await api.use(made["secret"])
    since = (await api.viewer.get("/manage/v1/keys")).json()["since"]
    assert (await api.viewer.get(f"/manage/v1/keys?since={since}")).json()["items"] == []
    api.clock.advance(1)
    await api.use(made["secret"])
    api.state.usage.flush()
    changed = (await api.viewer.get(f"/manage/v1/keys?since={since}")).json()["items"]
    assert [item["id"] for item in changed] == [made["key"]["id"]]


async def beat_pages(api: Api, secret: str, limit: int) -> list[list[dict[str, Any]]]:
    pages, path = [], f"/v1/beats?limit={limit}"
    while True:
        reply = await api.calling(secret).get(path)
        assert reply.status_code == 200, reply.text
        found = wire.BeatList.model_validate(reply.json())
        pages.append([item.model_dump() for item in found.items])
        if found.next_cursor is None:
            return pages
        path = f"/v1/beats?limit={limit}&cursor={found.next_cursor}"


async def test_that_the_catalogue_comes_in_pages_without_gap_or_repetition(api: Api) -> None:
    secret = (await api.make_key())["secret"]
    (whole,) = await beat_pages(api, secret, 1000)
    pages = await beat_pages(api, secret, 7)
    assert [len(page) for page in pages[:-1]] == [7] * (len(pages) - 1)
    assert [beat for page in pages for beat in page] == whole
    assert len({beat["id"] for beat in whole}) == len(whole)


@pytest.mark.parametrize(
    ("query", "status", "code", "faults"),
    [
        ("limit=0", 422, "invalid_values", {"/limit": "out_of_range"}),
        ("limit=1001", 422, "invalid_values", {"/limit": "out_of_range"}),
        ("limit=-5", 422, "invalid_values", {"/limit": "out_of_range"}),
        ("limit=ten", 400, "malformed_query", {"/limit": "wrong_type"}),
        ("limit=", 400, "malformed_query", {"/limit": "wrong_type"}),
        (f"limit={'9' * 40}", 422, "invalid_values", {"/limit": "out_of_range"}),
        ("cursor=x", 400, "malformed_query", {"/cursor": "wrong_type"}),
        ("cursor=", 400, "malformed_query", {"/cursor": "wrong_type"}),
        ("cursor=YmVhdDow", 400, "malformed_query", {"/cursor": "wrong_type"}),
        ("cursor=YmVhdDo5OTk", 400, "malformed_query", {"/cursor": "wrong_type"}),
        ("limit=%ff", 400, "malformed_query", {}),
    ],
)
async def test_that_a_query_that_cannot_be_read_is_400_and_a_value_is_422(
    api: Api, query: str, status: int, code: str, faults: dict[str, str]
) -> None:
    secret = (await api.make_key())["secret"]
    reply = await api.calling(secret).get(f"/v1/beats?{query}")
    assert problem(reply) == (status, code, faults)
    assert "ratelimit" in reply.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
async def test_that_other_methods_are_told_which_one_is_taken(api: Api, method: str) -> None:
    reply = await api.nobody.request(method, "/v1/beats")
    assert problem(reply)[:2] == (405, "method_not_allowed")
    assert reply.headers["allow"] == "GET"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_that_health_is_told_to_anybody(api: Api, path: str) -> None:
    reply = await api.nobody.get(path)
    assert (reply.status_code, wire.Health.model_validate(reply.json()).status) == (200, "ok")


async def test_that_a_server_whose_database_is_gone_is_alive_but_not_ready(api: Api) -> None:
    with api.state.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE change_clock RENAME TO elsewhere")
    assert (await api.nobody.get("/healthz")).status_code == 200
    assert problem(await api.nobody.get("/readyz"))[:2] == (503, "unavailable")


async def test_that_an_unexpected_error_tells_the_caller_nothing(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    planted = secrets.token_hex(16)
    made = await api.make_key()
    with api.state.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE key_versions RENAME TO elsewhere")
    reply = await api.calling(made["secret"]).get(f"/v1/beats?planted={planted}")
    assert problem(reply)[:2] == (500, "internal")
    assert planted not in reply.text + caplog.text
    assert "key_versions" not in reply.text
    (record,) = [record for record in caplog.records if "unexpected" in record.message]
    assert reply.json()["request_id"] in record.message
