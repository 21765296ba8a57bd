"""Editing a key: a merge patch under If-Match, and a 412 that names exactly what changed."""

import asyncio

import pytest

from tests.contract.support import Api, problem


async def test_that_a_patch_changes_what_it_names_and_nothing_else(api: Api) -> None:
    made = await api.make_key(description="Before", tags=["a"], expires_at="2027-01-01T00:00:00Z")
    path = f"/manage/v1/keys/{made['key']['id']}"
    api.clock.advance(60)
    reply = await api.manager.patch(path, {"name": "After", "tags": [], "expires_at": None}, 1)
    assert reply.status_code == 200
    assert reply.headers["etag"] == '"2"'
    expected = {**made["key"], "name": "After", "tags": [], "expires_at": None, "revision": 2}
    expected["updated_at"] = reply.json()["updated_at"]
    assert reply.json() == expected
    assert reply.json()["updated_at"] > made["key"]["updated_at"]


async def test_that_the_merge_patch_type_is_taken_too(api: Api) -> None:
    made = await api.make_key()
    headers = {"If-Match": '"1"', "Content-Type": "application/merge-patch+json"}
    path = f"/manage/v1/keys/{made['key']['id']}"
    reply = await api.manager.request("PATCH", path, body={"owner": "Platform"}, headers=headers)
    assert reply.json()["owner"] == "Platform"


async def test_that_a_patch_without_if_match_is_refused(api: Api) -> None:
    made = await api.make_key()
    reply = await api.manager.patch(f"/manage/v1/keys/{made['key']['id']}", {"name": "x"}, None)
    assert problem(reply)[:2] == (428, "if_match_missing")


async def test_that_a_stale_patch_names_the_fields_that_changed(api: Api) -> None:
    made = await api.make_key()
    path = f"/manage/v1/keys/{made['key']['id']}"
    await api.manager.patch(path, {"name": "Two", "owner": "Mine"}, 1)
    await api.manager.patch(path, {"description": "Three"}, 2)
    await api.act(f"keys/{made['key']['id']}/disable")

    stale = problem(await api.manager.patch(path, {"tags": ["x"]}, 1))
    assert stale == (
        412, "stale",
        dict.fromkeys(("/description", "/name", "/owner", "/status"), "changed_meanwhile"),
    )  # fmt: skip
    assert problem(await api.manager.patch(path, {"tags": ["x"]}, 2))[2] == dict.fromkeys(
        ("/description", "/status"), "changed_meanwhile"
    )
    reply = await api.manager.patch(path, {"tags": ["x"]}, 3)
    assert problem(reply)[2] == {"/status": "changed_meanwhile"}
    assert reply.headers["etag"] == '"4"'
    assert (await api.manager.patch(path, {"tags": ["x"]}, 4)).status_code == 200


@pytest.mark.parametrize("match", ['"9"', "9", 'W/"1"', "nonsense", '""', '"1e0"'])
async def test_that_a_revision_that_never_was_is_stale(api: Api, match: str) -> None:
    made = await api.make_key()
    reply = await api.manager.patch(f"/manage/v1/keys/{made['key']['id']}", {"name": "x"}, match)
    assert problem(reply) == (412, "stale", {})


@pytest.mark.parametrize("match", ["*", '"7", "1"', ' "1" '])
async def test_that_if_match_may_be_a_list_or_any(api: Api, match: str) -> None:
    made = await api.make_key()
    reply = await api.manager.patch(f"/manage/v1/keys/{made['key']['id']}", {"name": "x"}, match)
    assert reply.status_code == 200


@pytest.mark.parametrize("body", [{}, {"name": "Shop"}, {"scopes": ["beats.read"], "expires_at": None}])
async def test_that_a_patch_that_changes_nothing_keeps_the_revision(api: Api, body: dict[str, object]) -> None:
    made = await api.make_key()
    reply = await api.manager.patch(f"/manage/v1/keys/{made['key']['id']}", body, 1)
    assert reply.json() == made["key"]
    assert [action for action, _, _ in api.audit()].count("key.edited") == 0


async def test_that_being_used_makes_no_edit_stale(api: Api) -> None:
    made = await api.make_key()
    assert await api.use(made["secret"]) == 200
    api.state.usage.flush()
    reply = await api.manager.patch(f"/manage/v1/keys/{made['key']['id']}", {"name": "x"}, 1)
    assert reply.status_code == 200


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"name": None, "tags": None}, {"/name": "wrong_type", "/tags": "wrong_type"}),
        ({"name": ""}, {"/name": "empty"}),
        ({"environment": "sandbox"}, {"/environment": "immutable"}),
        ({"id": "x", "revision": 5, "nonsense": 1}, {"/id": "immutable", "/revision": "immutable",
                                                     "/nonsense": "unknown_field"}),
        ({"scopes": [], "name": "y" * 81}, {"/scopes": "empty", "/name": "too_long"}),
        ({"scopes": ["x"]}, {"/scopes/0": "unknown_scope"}),
        ({"expires_at": "2020-01-01T00:00:00Z"}, {"/expires_at": "in_the_past"}),
        ({"allowed_cidrs": ["10.0.0.1/8"]}, {"/allowed_cidrs/0": "host_bits_set"}),
    ],
)  # fmt: skip
async def test_that_a_wrong_patch_is_told(api: Api, body: dict[str, object], faults: dict[str, str]) -> None:
    made = await api.make_key()
    reply = await api.manager.patch(f"/manage/v1/keys/{made['key']['id']}", body, 1)
    assert problem(reply) == (422, "invalid_values", faults)
    assert await api.key(made["key"]["id"]) == made["key"]


async def test_that_a_sandbox_key_stays_reading_only(api: Api) -> None:
    made = await api.make_key(environment="sandbox")
    body = {"scopes": ["beats.read", "purchases.write"]}
    reply = await api.manager.patch(f"/manage/v1/keys/{made['key']['id']}", body, 1)
    assert problem(reply) == (422, "invalid_values", {"/scopes/1": "scope_not_in_sandbox"})


async def test_that_a_revoked_key_is_not_edited(api: Api) -> None:
    made = await api.make_key()
    await api.act(f"keys/{made['key']['id']}/revoke")
    reply = await api.manager.patch(f"/manage/v1/keys/{made['key']['id']}", {"name": "x"}, 2)
    assert problem(reply)[:2] == (409, "key_ended")


async def test_that_of_parallel_edits_of_one_revision_one_wins(api: Api) -> None:
    made = await api.make_key()
    path = f"/manage/v1/keys/{made['key']['id']}"
    replies = await asyncio.gather(*(api.manager.patch(path, {"name": f"Name {n}"}, 1) for n in range(10)))
    assert sorted(reply.status_code for reply in replies) == [200] + [412] * 9


async def test_that_an_edit_takes_effect_on_the_next_call(api: Api) -> None:
    made = await api.make_key(scopes=["beats.read"])
    assert await api.use(made["secret"]) == 200
    path = f"/manage/v1/keys/{made['key']['id']}"
    assert (await api.manager.patch(path, {"scopes": ["user.profile"]}, 1)).status_code == 200
    assert await api.use(made["secret"]) == 403
    assert (await api.manager.patch(path, {"allowed_cidrs": ["203.0.113.0/24"]}, 2)).status_code == 200
    assert await api.use(made["secret"]) == 403


async def test_that_the_audit_tells_before_and_after(api: Api) -> None:
    made = await api.make_key(name="[odd", tags=["a"])
    await api.manager.patch(f"/manage/v1/keys/{made['key']['id']}", {"name": "[", "tags": ["b"]}, 1)
    action, target, detail = api.audit()[-1]
    assert (action, target) == ("key.edited", made["key"]["id"])
    assert detail["changed"] == {"name": ["[odd", "["], "tags": [["a"], ["b"]]}
