"""Members: roles, disabling, and the owner who cannot go."""

import asyncio
from typing import Any

import pytest
from starlette.requests import Request

from bcdesk.contract import wire
from bcdesk.server import member_routes
from bcdesk.server.auth import CallingMember
from bcdesk.server.problems import ProblemError
from tests.contract.support import ROLES, Api, problem

MEMBERS = "/manage/v1/members"


async def by_role(api: Api, role: str) -> dict[str, Any]:
    listed = (await api.viewer.get(MEMBERS)).json()["items"]
    found: dict[str, Any] = next(member for member in listed if member["role"] == role)
    return found


async def test_that_the_session_says_who_and_what(api: Api) -> None:
    for role in ROLES:
        reply = await api.calling(api.tokens[role]).get("/manage/v1/session")
        session = wire.Session.model_validate_json(reply.content)
        assert session.role == session.member.role == role
        assert session.server_version == "1.2.3"
        assert session.server_id == api.state.server_id
        assert session.capabilities == ["keys", "members", "apps", "events"]
    api.state.demo = True
    assert (await api.viewer.get("/manage/v1/session")).json()["capabilities"][-1] == "demo"


async def test_that_the_scopes_are_told(api: Api) -> None:
    found = wire.ScopeList.model_validate_json((await api.viewer.get("/manage/v1/scopes")).content)
    assert [scope.name for scope in found.items] == [
        "user.profile", "beats.read", "purchases.write", "user.subscription",
    ]  # fmt: skip


async def test_that_members_are_listed_and_added(api: Api) -> None:
    made = await api.owner.secret_post(MEMBERS, {"name": "Desk", "email": "Desk@studio.example", "role": "manager"})
    assert made.status_code == 201
    assert made.json()["member"]["email"] == "desk@studio.example"
    listed = wire.MemberPage.model_validate_json((await api.viewer.get(MEMBERS)).content)
    assert [member.role for member in listed.items] == ["owner", "manager", "viewer", "manager"]
    assert made.json()["member"] in (await api.viewer.get(MEMBERS)).json()["items"]


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"name": "", "role": "viewer"}, {"/name": "empty"}),
        ({"name": " ", "role": "viewer"}, {"/name": "empty"}),
        ({"name": "x" * 81, "role": "viewer"}, {"/name": "too_long"}),
        ({"name": "a\nb", "role": "viewer"}, {"/name": "control_character"}),
        ({"name": "a", "email": "a\u0000", "role": "viewer"}, {"/email": "control_character"}),
        ({"name": "a", "email": "nonsense", "role": "viewer"}, {"/email": "not_an_email"}),
        ({"name": "a", "email": "OWNER@studio.example", "role": "viewer"}, {"/email": "duplicate"}),
        ({"name": "a", "role": "root"}, {"/role": "unknown_value"}),
        ({"name": "a"}, {"/role": "missing"}),
        ({"name": "a", "role": "viewer", "id": "mem_mine"}, {"/id": "unknown_field"}),
    ],
)
async def test_that_a_wrong_member_is_told(api: Api, body: dict[str, object], faults: dict[str, str]) -> None:
    assert problem(await api.owner.secret_post(MEMBERS, body)) == (422, "invalid_values", faults)


async def test_that_a_role_changes_what_a_token_may_at_once(api: Api) -> None:
    viewer = await by_role(api, "viewer")
    reply = await api.owner.patch(f"{MEMBERS}/{viewer['id']}", {"role": "manager"}, viewer["revision"])
    assert reply.json() == {**viewer, "role": "manager", "revision": 2}
    assert (await api.viewer.secret_post("/manage/v1/keys", {})).status_code == 422


async def test_that_a_disabled_member_is_out_at_once_and_back_when_enabled(api: Api) -> None:
    manager = await by_role(api, "manager")
    path = f"{MEMBERS}/{manager['id']}"
    assert (await api.owner.patch(path, {"disabled": True}, 1)).json()["disabled"]
    assert problem(await api.manager.get("/manage/v1/session"))[:2] == (403, "member_disabled")
    assert not (await api.owner.patch(path, {"disabled": False}, 2)).json()["disabled"]
    assert (await api.manager.get("/manage/v1/session")).status_code == 200


@pytest.mark.parametrize("body", [{"disabled": True}, {"role": "manager"}, {"role": "viewer", "disabled": True}])
async def test_that_the_last_owner_stays(api: Api, body: dict[str, object]) -> None:
    owner = await by_role(api, "owner")
    reply = await api.owner.patch(f"{MEMBERS}/{owner['id']}", body, 1)
    assert problem(reply)[:2] == (409, "last_owner")
    assert await by_role(api, "owner") == owner


async def test_that_a_disabled_owner_does_not_count(api: Api) -> None:
    owner = await by_role(api, "owner")
    second = (await api.owner.secret_post(MEMBERS, {"name": "Second", "role": "owner"})).json()["member"]
    await api.owner.patch(f"{MEMBERS}/{second['id']}", {"disabled": True}, 1)
    reply = await api.owner.patch(f"{MEMBERS}/{owner['id']}", {"disabled": True}, 1)
    assert problem(reply)[:2] == (409, "last_owner")


async def test_that_an_owner_who_has_not_come_in_yet_does_not_count(api: Api) -> None:
    owner = await by_role(api, "owner")
    second = (await api.owner.secret_post(MEMBERS, {"name": "Second", "role": "owner"})).json()["member"]
    reply = await api.owner.patch(f"{MEMBERS}/{owner['id']}", {"role": "viewer"}, 1)
    assert problem(reply)[:2] == (409, "last_owner")
    assert (await api.owner.patch(f"{MEMBERS}/{second['id']}", {"disabled": True}, 1)).status_code == 200


async def test_that_who_lost_the_role_while_the_change_waited_changes_nothing(api: Api) -> None:
    owner, viewer = await by_role(api, "owner"), await by_role(api, "viewer")
    waited = CallingMember(viewer["id"], "Viewer", "", "owner", 0.0)  # as the token said when the request began
    request = Request({"type": "http", "headers": [(b"if-match", b"*")]})
    with pytest.raises(ProblemError) as refused:
        member_routes.patch_member(api.state, waited, request, owner["id"], wire.MemberPatch(disabled=True))
    assert (refused.value.status, refused.value.code) == (403, "forbidden_role")
    assert await by_role(api, "owner") == owner


async def test_that_two_owners_who_leave_at_once_leave_one(api: Api) -> None:
    owner = await by_role(api, "owner")
    second = (await api.owner.secret_post(MEMBERS, {"name": "Second", "role": "owner"})).json()["member"]
    replies = await asyncio.gather(
        *(api.owner.patch(f"{MEMBERS}/{member['id']}", {"role": "viewer"}, 1) for member in (owner, second))
    )
    assert 200 in [reply.status_code for reply in replies]
    listed = (await api.viewer.get(MEMBERS)).json()["items"]
    assert [member["role"] for member in listed].count("owner") == 1


async def test_that_a_member_is_changed_under_if_match(api: Api) -> None:
    viewer = await by_role(api, "viewer")
    path = f"{MEMBERS}/{viewer['id']}"
    assert problem(await api.owner.patch(path, {"role": "manager"}, None))[:2] == (428, "if_match_missing")
    assert (await api.owner.patch(path, {"role": "manager"}, 1)).headers["etag"] == '"2"'
    assert problem(await api.owner.patch(path, {"disabled": True}, 1)) == (
        412, "stale", {"/role": "changed_meanwhile"},
    )  # fmt: skip
    assert (await api.owner.patch(path, {"role": "manager"}, 2)).json()["revision"] == 2


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"role": None}, {"/role": "unknown_value"}),
        ({"disabled": None}, {"/disabled": "wrong_type"}),
        ({"disabled": "yes"}, {"/disabled": "wrong_type"}),
        ({"name": "Other"}, {"/name": "immutable"}),
        ({"nonsense": 1}, {"/nonsense": "unknown_field"}),
    ],
)
async def test_that_a_wrong_change_is_told(api: Api, body: dict[str, object], faults: dict[str, str]) -> None:
    viewer = await by_role(api, "viewer")
    assert problem(await api.owner.patch(f"{MEMBERS}/{viewer['id']}", body, 1)) == (422, "invalid_values", faults)


async def test_that_an_unknown_member_is_not_found(api: Api) -> None:
    for member_id in ("mem_01M85VH2HSPGWN3889WGM8YH4S", "nonsense", "%00"):
        assert problem(await api.owner.patch(f"{MEMBERS}/{member_id}", {}, 1))[:2] == (404, "not_found")
