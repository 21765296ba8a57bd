"""Lists of applications: pages in order, and with `since` no gap, apart from those of keys."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bcdesk.contract import wire
from tests.contract.support import MOBILE, Api, problem

APPS = "/manage/v1/apps"
KEYS = "/manage/v1/keys"


async def told(api: Api, query: str = "", path: str = APPS) -> dict[str, Any]:
    reply = await api.viewer.get(f"{path}{query}")
    assert reply.status_code == 200, reply.text
    if path == APPS:
        wire.AppPage.model_validate_json(reply.content)
    found: dict[str, Any] = reply.json()
    return found


def ids(page: dict[str, Any]) -> list[str]:
    return [item["id"] for item in page["items"]]


async def test_that_pages_hold_each_application_once_in_order(api: Api) -> None:
    made = [(await api.make_app(name=f"App {number}"))["app"] for number in range(5)]
    made.append((await api.manager.secret_post(APPS, MOBILE)).json()["app"])
    found, page = [], await told(api, "?limit=4")
    found += page["items"]
    while page["next_cursor"]:
        page = await told(api, f"?limit=4&cursor={page['next_cursor']}")
        found += page["items"]
    assert found == sorted(made, key=lambda app: str(app["id"]))


async def test_that_each_change_comes_with_the_next_since(api: Api) -> None:
    first, second = await api.make_app(), await api.make_app()
    since = (await told(api))["since"]
    assert ids(await told(api, f"?since={since}")) == []
    app_id = first["app"]["id"]
    changes: list[Callable[[], Awaitable[object]]] = [
        lambda: api.act(f"handovers/{first['handover']['id']}/ack", {"how": "file"}),
        lambda: api.make_secret(app_id),
        lambda: api.manager.patch(f"{APPS}/{app_id}", {"name": "Other"}, "*"),
        lambda: api.act(f"apps/{app_id}/disable"),
        lambda: api.act(f"apps/{app_id}/enable"),
        lambda: api.manager.request("DELETE", f"{APPS}/{app_id}/secrets/{first['app']['secrets'][0]['id']}"),
        lambda: api.manager.request("DELETE", f"{APPS}/{app_id}"),
        lambda: api.act(f"apps/{app_id}/restore"),
    ]
    for change in changes:
        await change()
        page = await told(api, f"?since={since}")
        assert ids(page) == [app_id]
        since = page["since"]
    await api.act(f"handovers/{second['handover']['id']}/discard")
    page = await told(api, f"?since={since}")
    assert [set(item) for item in page["items"]] == [{"id", "deleted_at"}]


async def test_that_a_use_moves_the_list_and_not_the_revision(api: Api) -> None:
    made = await api.make_app()
    app, secret = made["app"], made["app"]["secrets"][0]
    since = (await told(api))["since"]
    api.clock.advance(7)
    api.state.usage.apps.record(app["id"], secret["id"], None, api.clock())
    api.state.usage.flush()
    (row,) = (await told(api, f"?since={since}"))["items"]
    assert row["last_used_at"] == row["secrets"][0]["last_used_at"] != None  # noqa: E711 - the same moment, and one
    assert row["revision"] == app["revision"]


async def test_that_tombstones_page_with_the_changes_in_their_order(api: Api) -> None:
    made = [(await api.make_app())["app"]["id"] for _ in range(5)]
    since = (await told(api))["since"]
    for app_id in made:
        await (
            api.manager.request("DELETE", f"{APPS}/{app_id}")
            if app_id in made[::2]
            else api.act(f"apps/{app_id}/disable")
        )
    found, page = [], await told(api, f"?since={since}&limit=2")
    found += page["items"]
    while page["next_cursor"]:
        page = await told(api, f"?limit=2&cursor={page['next_cursor']}")
        found += page["items"]
    assert [(one["id"], "deleted_at" in one) for one in found] == [(one, one in made[::2]) for one in made]


async def test_that_keys_and_applications_do_not_mix(api: Api) -> None:
    since = (await told(api))["since"]
    key, app = await api.make_key(), await api.make_app()
    gone_key, gone_app = await api.make_key(), await api.make_app()
    for made in (gone_key, gone_app):
        await api.act(f"handovers/{made['handover']['id']}/discard")
    assert ids(await told(api)) == [app["app"]["id"]]
    assert ids(await told(api, f"?since={since}")) == [app["app"]["id"], gone_app["app"]["id"]]
    assert ids(await told(api, f"?since={since}", KEYS)) == [key["key"]["id"], gone_key["key"]["id"]]


async def test_that_a_cursor_of_another_list_is_refused(api: Api) -> None:
    for _ in range(2):
        await api.make_key()
        await api.make_app()
    for path, other in ((APPS, KEYS), (KEYS, APPS)):
        cursor = (await told(api, "?limit=1", path))["next_cursor"]
        assert problem(await api.viewer.get(f"{other}?cursor={cursor}")) == (
            400, "malformed_query", {"/cursor": "unknown_value"},
        )  # fmt: skip


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("limit=0", 422, "invalid_values"),
        ("limit=1001", 422, "invalid_values"),
        ("limit=x", 400, "malformed_query"),
        ("cursor=x", 400, "malformed_query"),
        ("since=x-1", 400, "unknown_since"),
    ],
)
async def test_that_a_query_that_is_none_is_refused(api: Api, query: str, status: int, code: str) -> None:
    assert problem(await api.viewer.get(f"{APPS}?{query}"))[:2] == (status, code)
