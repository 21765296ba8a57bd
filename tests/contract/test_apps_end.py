"""Turning applications off, deleting them and bringing them back; grants and their end."""

from typing import Any

import pytest
import sqlalchemy as sa

from bcdesk.contract import wire
from bcdesk.server.apps import gone
from bcdesk.server.tables import handovers
from bcdesk.server.tables_apps import app_secrets, applications
from bcdesk.server.tables_oauth import grants
from tests.contract.support import Api, problem

APPS = "/manage/v1/apps"
HOUR = 3600


async def delete(api: Api, path: str) -> Any:
    return await api.manager.request("DELETE", f"{APPS}/{path}")


def count(api: Api, table: sa.Table) -> int:
    with api.state.database.read() as connection:
        found: int = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
    return found


async def test_that_an_application_is_turned_off_and_on(api: Api) -> None:
    app = (await api.make_app())["app"]
    assert (await api.act(f"apps/{app['id']}/enable"))["revision"] == 1
    for turn, status, revision in (("disable", "disabled", 2), ("disable", "disabled", 2), ("enable", "active", 3)):
        row = await api.act(f"apps/{app['id']}/{turn}")
        assert (row["status"], row["revision"]) == (status, revision)
    assert [action for action, _, _ in api.audit()][-2:] == ["app.disabled", "app.enabled"]


async def test_that_a_deleted_application_is_a_tombstone_until_it_is_restored(api: Api) -> None:
    made = await api.make_app()
    app = await api.act(f"apps/{made['app']['id']}/disable")
    grant = api.make_grant(app["id"])
    since = (await api.viewer.get(APPS)).json()["since"]
    for _ in range(2):
        reply = await delete(api, app["id"])
        assert (reply.status_code, reply.content) == (204, b"")
    assert (await api.viewer.get(APPS)).json()["items"] == []
    changes = (await api.viewer.get(f"{APPS}?since={since}")).json()
    assert [set(item) for item in changes["items"]] == [{"id", "deleted_at"}]
    for method, path in (
        ("GET", ""), ("PATCH", ""), ("POST", "/disable"), ("POST", "/enable"), ("POST", "/secrets"), ("GET", "/grants"),
        ("DELETE", "/grants"), ("DELETE", f"/grants/{grant}"), ("DELETE", "/secrets/sec_0"),
        ("POST", "/redirect-check"),
    ):  # fmt: skip
        body = {"name": "x"} if method == "PATCH" else {"uri": "x"} if path.endswith("check") else None
        headers = {"If-Match": "*", "Idempotency-Key": f"{path}{'k' * 40}".replace("/", "")}
        reply = await api.manager.request(method, f"{APPS}/{app['id']}{path}", body=body, headers=headers)
        assert problem(reply)[:2] == (404, "not_found"), (method, path)
    api.clock.advance(HOUR - 1)
    row = await api.act(f"apps/{app['id']}/restore")
    told = {name for name in row if row[name] != app[name]}
    assert told == {"revision", "updated_at"}
    assert row["status"] == "disabled"
    after = (await api.viewer.get(f"{APPS}?since={changes['since']}")).json()["items"]
    assert after == [row]
    assert [one["id"] for one in (await api.viewer.get(f"{APPS}/{app['id']}/grants")).json()["items"]] == []
    actions = [action for action, target, _ in api.audit() if target == app["id"]]
    assert actions == ["app.created", "app.disabled", "app.deleted", "app.restored"]


async def test_that_an_hour_later_nothing_of_it_is_left(api: Api) -> None:
    kept, made = await api.make_app(), await api.make_app()
    api.make_grant(made["app"]["id"])
    api.make_grant(kept["app"]["id"])
    await delete(api, made["app"]["id"])
    assert gone.settle(api.state, api.clock() + HOUR - 1) == 0
    api.clock.advance(HOUR)
    path = f"{APPS}/{made['app']['id']}"
    assert problem(await api.manager.post(f"{path}/restore"))[:2] == (409, "restore_expired")
    assert gone.settle(api.state, api.clock()) == 1
    assert gone.settle(api.state, api.clock()) == 0
    assert [count(api, table) for table in (applications, app_secrets, grants)] == [1, 1, 1]
    assert problem(await api.manager.post(f"{path}/restore"))[:2] == (409, "restore_expired")
    assert problem(await delete(api, made["app"]["id"]))[:2] == (404, "not_found")
    ended = await api.manager.post(f"/manage/v1/handovers/{made['handover']['id']}/ack", {"how": "copy"})
    assert problem(ended)[:2] == (409, "handover_ended")
    with api.state.database.read() as connection:
        states = dict(map(tuple, connection.execute(sa.select(handovers.c.row_id, handovers.c.state))))
        assert api.state.audit.verify(connection, api.state.audit.head()) is None
    assert states == {made["app"]["id"]: "discarded", kept["app"]["id"]: "waiting"}
    assert "deleted_at" in (await api.viewer.get(f"{APPS}?since={api.state.server_id}-0")).json()["items"][-1]


async def test_that_a_registration_discarded_after_its_deletion_is_gone_once(api: Api) -> None:
    made = await api.make_app()
    await delete(api, made["app"]["id"])
    await api.act(f"handovers/{made['handover']['id']}/discard")
    assert count(api, applications) == 0
    assert problem(await api.manager.post(f"{APPS}/{made['app']['id']}/restore"))[:2] == (404, "not_found")


async def test_that_only_a_deleted_application_is_restored(api: Api) -> None:
    app = (await api.make_app())["app"]
    assert problem(await api.manager.post(f"{APPS}/{app['id']}/restore"))[:2] == (409, "app_not_deleted")


@pytest.mark.parametrize("name", ["app_0", "app_01JD0000000000000000000000", "key_01JD0000000000000000000000", "%00"])
async def test_that_what_is_not_there_is_not_found(api: Api, name: str) -> None:
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/restore"), ("POST", "/disable"), ("GET", "/grants")):
        reply = await api.manager.request(method, f"{APPS}/{name}{path}")
        assert problem(reply)[:2] == (404, "not_found"), (method, path)


async def test_that_grants_are_listed_newest_first_in_pages(api: Api) -> None:
    app, other = (await api.make_app())["app"], (await api.make_app())["app"]
    made = []
    for number in range(5):
        made.append(api.make_grant(app["id"], f"Listener{number}"))
        api.clock.advance(1)
    api.make_grant(other["id"])
    path = f"{APPS}/{app['id']}/grants"
    found: list[Any] = []
    cursor = ""
    while True:
        page = wire.GrantPage.model_validate_json((await api.viewer.get(f"{path}?limit=2{cursor}")).content)
        found += page.items
        if page.next_cursor is None:
            break
        cursor = f"&cursor={page.next_cursor}"
    assert [grant.id for grant in found] == made[::-1]
    assert [grant.user.name for grant in found] == [f"Listener{number}" for number in range(5)][::-1]
    assert {tuple(grant.scopes) for grant in found} == {("beats.read",)}
    assert problem(await api.viewer.get(f"{APPS}/{other['id']}/grants?{cursor}"))[1] == "malformed_query"
    assert problem(await api.viewer.get(f"{path}?limit=1001"))[1] == "invalid_values"


async def test_that_a_grant_is_ended_with_an_audit_row_and_again_is_harmless(api: Api) -> None:
    app, other = (await api.make_app())["app"], (await api.make_app())["app"]
    first, second = api.make_grant(app["id"]), api.make_grant(app["id"], "Second")
    assert problem(await delete(api, f"{other['id']}/grants/{first}"))[:2] == (404, "not_found")
    for _ in range(2):
        assert (await delete(api, f"{app['id']}/grants/{first}")).status_code == 204
    assert [one["id"] for one in (await api.viewer.get(f"{APPS}/{app['id']}/grants")).json()["items"]] == [second]
    ended = [(target, detail["reason"]) for action, target, detail in api.audit() if action == "grant.revoked"]
    assert ended == [(first, "by_member")]


async def test_that_all_grants_are_ended_at_once_and_no_other_applications(api: Api) -> None:
    app, other = (await api.make_app())["app"], (await api.make_app())["app"]
    for name in ("First", "Second"):
        api.make_grant(app["id"], name)
    left = api.make_grant(other["id"])
    for _ in range(2):
        assert (await delete(api, f"{app['id']}/grants")).status_code == 204
    assert (await api.viewer.get(f"{APPS}/{app['id']}/grants")).json()["items"] == []
    assert [one["id"] for one in (await api.viewer.get(f"{APPS}/{other['id']}/grants")).json()["items"]] == [left]
    assert [action for action, _, _ in api.audit()].count("grant.revoked") == 2


async def test_that_a_grant_whose_tokens_have_ended_is_listed_no_more(api: Api) -> None:
    app = (await api.make_app())["app"]
    api.make_grant(app["id"])
    api.clock.advance(600)
    assert (await api.viewer.get(f"{APPS}/{app['id']}/grants")).json()["items"] == []
