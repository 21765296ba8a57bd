"""Who may what: every route walked by every role and by whoever is no member, and no secret where none belongs."""

import asyncio
import re
import secrets
from typing import Any

import httpx
import pytest

from bcdesk.contract import app_routes, key_format, routes
from bcdesk.contract.routes import Route
from bcdesk.server import members
from tests.contract.support import KEY, ROLES, WEB, Api, Caller, problem

SECRET = re.compile(rb"bca_(?:live|test)_[0-9A-Za-z]{36}|bc[trsu]_[0-9A-Za-z_-]{20,}")
RANK = {"viewer": 0, "manager": 1, "owner": 2}
MANAGED = [route for route in (*routes.ROUTES, *app_routes.MANAGED) if route.role is not None]
BODIES: dict[str, Any] = {
    "members.create": {"name": "New", "role": "viewer"},
    "members.patch": {"disabled": False},
    "keys.create": KEY,
    "keys.identify": {"sha256": ["0" * 64]},
    "keys.patch": {"name": "Other"},
    "keys.versions.extend": {"retires_at": "2026-09-22T00:00:00Z"},
    "handovers.ack": {"how": "copy"},
    "apps.create": WEB,
    "apps.patch": {"name": "Other"},
    "apps.redirect_check": {"uri": "https://shop.example/back"},
}

QUERIES = {"flow_trace": f"?run={'r' * 43}"}


async def fresh(api: Api) -> dict[str, str]:
    """Make one of each and return their ids, and the secrets by what they are of."""
    key, app = await api.make_key(), await api.make_app()
    return {
        "key_id": key["key"]["id"],
        "version_id": key["key"]["versions"][0]["id"],
        "handover_id": key["handover"]["id"],
        "member_id": (await api.viewer.get("/manage/v1/members")).json()["items"][-1]["id"],
        "app_id": app["app"]["id"],
        "secret_id": app["app"]["secrets"][0]["id"],
        "grant_id": api.make_grant(app["app"]["id"]),
        "key": key["secret"],
        "client secret": app["secret"],
    }


async def call(caller: Caller, route: Route, made: dict[str, str], key: str) -> httpx.Response:
    headers = {"Idempotency-Key": key, "If-Match": "*"}
    path = route.at(**made) + QUERIES.get(route.name, "")
    return await caller.request(route.method, path, body=BODIES.get(route.name), headers=headers)


@pytest.mark.parametrize("role", ROLES)
async def test_that_each_role_reaches_exactly_its_routes(api: Api, role: str) -> None:
    caller = api.calling(api.tokens[role])
    for route in MANAGED:
        assert route.role is not None
        reply = await call(caller, route, await fresh(api), secrets.token_urlsafe(32))
        if RANK[role] >= RANK[route.role]:
            assert reply.status_code in (200, 201, 204, 409), (route, reply.text)
        else:
            assert problem(reply)[:2] == (403, "forbidden_role"), route
            assert reply.headers["www-authenticate"].startswith("Bearer ")


async def test_that_no_reply_to_a_viewer_holds_a_secret(api: Api) -> None:
    seen = 0
    for route in MANAGED:
        key = secrets.token_urlsafe(32)
        made = await fresh(api)
        rotated = await api.manager.secret_post(f"/manage/v1/keys/{made['key_id']}/rotate", {}, key=key)
        further = await api.manager.secret_post(f"/manage/v1/apps/{made['app_id']}/secrets", {}, key=key)
        replies = [await call(api.viewer, route, made, key)]
        paths = (f"keys/{made['key_id']}", "keys?limit=1000", f"apps/{made['app_id']}", "apps?limit=1000")
        replies += [await api.viewer.get(f"/manage/v1/{path}") for path in paths]
        for reply in replies:
            assert not SECRET.search(reply.content), route
            assert not any(SECRET.search(value.encode()) for value in reply.headers.values()), route
            seen += 1
        assert SECRET.search(rotated.content)  # the control: a manager's reply does hold one
        assert SECRET.search(further.content)
    assert seen == 5 * len(MANAGED)


async def test_that_only_secret_making_replies_hold_a_secret(api: Api) -> None:
    for route in MANAGED:
        reply = await call(api.owner, route, await fresh(api), secrets.token_urlsafe(32))
        assert bool(SECRET.search(reply.content)) == (route.makes_secret and reply.status_code == 201), route


@pytest.mark.parametrize("route", MANAGED, ids=lambda route: route.name)
async def test_that_nobody_gets_in_without_a_members_token(api: Api, route: Route) -> None:
    made = await fresh(api)
    cases = {
        None: (401, "token_missing"),
        members.draw_token(): (401, "invalid_token"),
        "nonsense": (401, "invalid_token"),
        made["key"]: (403, "not_a_management_token"),
        made["client secret"]: (403, "not_a_management_token"),
        "bcr_" + "x" * 43: (403, "not_a_management_token"),
    }
    for token, expected in cases.items():
        reply = await call(api.calling(token), route, made, "k" * 40)
        assert problem(reply)[:2] == expected, token
        assert reply.headers["www-authenticate"].startswith('Bearer realm="bcdesk manage"')
        assert ("error=" in reply.headers["www-authenticate"]) == (token is not None)


@pytest.mark.parametrize("raw", [b"{", b'{"name": 5}', b"x" * 5000])
async def test_that_who_calls_is_asked_before_the_body_is_read(api: Api, raw: bytes) -> None:
    reply = await api.nobody.request("POST", "/manage/v1/keys", raw=raw)
    assert problem(reply)[:2] == (401, "token_missing")
    reply = await api.viewer.request("POST", "/manage/v1/keys", raw=raw)
    assert problem(reply)[:2] == (403, "forbidden_role")


@pytest.mark.parametrize(
    "value",
    ["Basic eDp5", "Bearer", "Bearer ", "bearer", "", "Token {token}", "{token}", "Bearer {token} more"],
)
async def test_that_only_a_bearer_token_counts(api: Api, value: str) -> None:
    headers = {"Authorization": value.format(token=api.tokens["owner"])}
    assert (await api.nobody.request("GET", "/manage/v1/session", headers=headers)).status_code == 401


async def test_that_the_scheme_is_read_in_any_case(api: Api) -> None:
    headers = {"Authorization": f"bEARER {api.tokens['owner']}"}
    assert (await api.nobody.request("GET", "/manage/v1/session", headers=headers)).status_code == 200


async def test_that_a_token_in_the_address_opens_nothing(api: Api) -> None:
    for query in ("access_token", "token", "authorization"):
        reply = await api.nobody.get(f"/manage/v1/session?{query}={api.tokens['owner']}")
        assert reply.status_code == 401
        assert api.tokens["owner"] not in reply.text


async def test_that_an_expired_or_revoked_token_opens_nothing(api: Api) -> None:
    owner = (await api.owner.get("/manage/v1/session")).json()["member"]["id"]
    with api.state.database.write() as connection:
        soon = members.issue_token(
            api.state, connection, owner, actor="test", expires_at=api.clock() + 60, now=api.clock()
        )
    assert (await api.calling(soon).get("/manage/v1/session")).status_code == 200
    api.clock.advance(60)
    assert problem(await api.calling(soon).get("/manage/v1/session"))[:2] == (401, "invalid_token")
    with api.state.database.write() as connection:
        connection.exec_driver_sql("UPDATE member_tokens SET revoked_at = 1")
    assert problem(await api.owner.get("/manage/v1/session"))[:2] == (401, "invalid_token")


async def test_that_the_owner_token_of_the_start_is_an_owners(api: Api) -> None:
    token = members.draw_token()
    api.state.owner_token_hmac = api.state.secret.token_hmac(token)
    api.state.owner_member_id = members.first_owner(api.state)
    session = (await api.calling(token).get("/manage/v1/session")).json()
    assert session["role"] == "owner"
    assert session["member"]["name"] == "Owner"
    assert session["signed_in_by"] == "start"
    with api.state.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM member_tokens").scalar_one() == len(ROLES)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW"])
async def test_that_another_method_is_refused_with_those_that_there_are(api: Api, method: str) -> None:
    made = await api.make_key()
    for path, allowed in (
        ("/manage/v1/keys", "GET, POST"),
        (f"/manage/v1/keys/{made['key']['id']}", "GET, PATCH"),
        (f"/manage/v1/keys/{made['key']['id']}/rotate", "POST"),
        ("/manage/v1/apps/app_0/restore", "POST"),
    ):
        reply = await api.owner.request(method, path)
        assert reply.status_code == 405
        assert reply.headers["allow"] == allowed
        assert method == "HEAD" or problem(reply)[:2] == (405, "method_not_allowed")


async def test_that_an_unknown_address_is_not_found(api: Api) -> None:
    for path in (
        "/manage/v1",
        "/manage/v1/",
        "/manage/v1/keys/",
        "/manage/v2/keys",
        "/manage/v1/keys/x/y/z",
        "/x",
        "/setups",
    ):
        assert problem(await api.owner.get(path))[:2] == (404, "not_found")


async def test_that_a_pasted_key_is_identified_by_its_hash(api: Api) -> None:
    from hashlib import sha256

    made = await api.make_key()
    rotated = await api.rotate(made["key"]["id"])
    other = await api.make_key()
    await api.act(f"keys/{other['key']['id']}/revoke")
    digests = [sha256(one["secret"].encode()).hexdigest() for one in (made, rotated, other)]
    found = await api.act("keys/identify", {"sha256": [*digests, "0" * 64, digests[0]]})
    assert {item["sha256"]: (item["key_id"], item["state"]) for item in found["items"]} == {
        digests[0]: (made["key"]["id"], "current"),
        digests[1]: (made["key"]["id"], "pending"),
        digests[2]: (other["key"]["id"], "revoked"),
    }
    assert (await api.act("keys/identify", {"sha256": []}))["items"] == []
    for body, fault in (
        ({"sha256": [key_format.generate("live")]}, {"/sha256/0": "wrong_type"}),
        ({"sha256": ["0" * 64] * 101}, {"/sha256": "too_many"}),
        ({"sha256": ["0" * 64 + "\n"]}, {"/sha256/0": "wrong_type"}),
    ):
        assert problem(await api.manager.post("/manage/v1/keys/identify", body)) == (422, "invalid_values", fault)


@pytest.mark.parametrize("change", [{"role": "viewer"}, {"disabled": True}], ids=["demoted", "turned off"])
async def test_that_who_loses_the_role_while_waiting_to_write_gets_no_secret(api: Api, change: dict[str, Any]) -> None:
    with api.state.database.read() as connection:
        manager = next(one.id for one in members.every(connection) if one.role == "manager")
    async with asyncio.TaskGroup() as tasks:
        with api.state.database.write() as connection:
            waiting = tasks.create_task(api.manager.secret_post("/manage/v1/keys", KEY))
            while not api.state.in_flight:  # noqa: ASYNC110 - a thread says so: it was let in and stands before our lock
                await asyncio.sleep(0.001)
            members.change(api.state, connection, manager, actor="test", now=api.state.now(), **change)
    reply = waiting.result()
    assert problem(reply)[:2] == (403, "forbidden_role" if "role" in change else "member_disabled")
    assert SECRET.search(reply.content) is None
    assert (await api.viewer.get("/manage/v1/keys")).json()["items"] == []
