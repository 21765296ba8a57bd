"""Editing applications: a merge patch under `If-Match`, judged field by field and told in the audit."""

from typing import Any

import pytest

from bcdesk.contract import wire
from tests.contract.support import MOBILE, SERVICE, Api, problem

APPS = "/manage/v1/apps"


async def edited(api: Api, app: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    reply = await api.manager.patch(f"{APPS}/{app['id']}", body, app["revision"])
    assert reply.status_code == 200, reply.text
    wire.App.model_validate_json(reply.content)
    assert reply.headers["etag"] == f'"{reply.json()["revision"]}"'
    found: dict[str, Any] = reply.json()
    return found


async def test_that_a_patch_changes_what_it_names_alone(api: Api) -> None:
    app = (await api.make_app(tags=["shop"]))["app"]
    api.clock.advance(5)
    body = {
        "name": "Beats", "description": "New", "owner": "Design", "tags": [], "redirect_uris": ["https://b.example/"],
        "scopes": ["user.profile"], "grant_types": ["authorization_code"], "pkce_required": False,
        "access_token_ttl": 120, "refresh_token_ttl": 240, "contacts": ["a@b.example"], "client_uri": "https://b.example",
    }  # fmt: skip
    row = await edited(api, app, body)
    changed = {name for name in row if row[name] != app[name]}
    assert changed == {*body, "revision", "updated_at"}
    assert {name: row[name] for name in body} == body
    assert row["revision"] == 2
    action, _, detail = api.audit()[-1]
    assert action == "app.edited"
    assert detail["changed"]["tags"] == [["shop"], []]
    assert set(detail["changed"]) == set(body)


async def test_that_null_puts_back_what_the_type_begins_with(api: Api) -> None:
    made = await api.make_app(
        description="x", owner="x", tags=["x"], grant_types=["client_credentials"], pkce_required=False,
        access_token_ttl=60, refresh_token_ttl=60, contacts=["a@b.example"], client_uri="https://b.example",
    )  # fmt: skip
    fresh = (await api.make_app())["app"]
    names = ["description", "owner", "tags", "grant_types", "pkce_required", "access_token_ttl", "refresh_token_ttl"]
    row = await edited(api, made["app"], dict.fromkeys([*names, "contacts", "client_uri"]))
    assert {name: row[name] for name in names} == {name: fresh[name] for name in names}
    assert (row["contacts"], row["client_uri"]) == ([], "")


async def test_that_a_patch_that_changes_nothing_leaves_the_revision(api: Api) -> None:
    app = (await api.make_app())["app"]
    assert await edited(api, app, {"name": app["name"], "scopes": app["scopes"]}) == app
    assert await edited(api, app, {}) == app
    assert api.audit()[-1][0] == "app.created"


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"name": ""}, {"/name": "empty"}),
        ({"name": None}, {"/name": "empty"}),
        ({"scopes": None}, {"/scopes": "empty"}),
        ({"redirect_uris": None}, {"/redirect_uris": "empty"}),
        ({"redirect_uris": ["https://a.example", "http://a.example"]}, {"/redirect_uris/1": "bad_redirect_uri"}),
        ({"redirect_uris": ["myapp://cb"]}, {"/redirect_uris/0": "bad_redirect_uri"}),
        ({"scopes": ["manage"]}, {"/scopes/0": "unknown_scope"}),
        ({"grant_types": ["implicit"]}, {"/grant_types/0": "unknown_value"}),
        ({"tags": ["a", "a"]}, {"/tags/1": "duplicate"}),
        ({"access_token_ttl": 86_401}, {"/access_token_ttl": "out_of_range"}),
        ({"refresh_token_ttl": 1}, {"/refresh_token_ttl": "out_of_range"}),
        ({"contacts": ["x"]}, {"/contacts/0": "not_an_email"}),
        ({"client_uri": "ftp://x"}, {"/client_uri": "not_a_web_address"}),
        ({"type": "spa"}, {"/type": "immutable"}),
        ({"client_id": "client_000000000000000000"}, {"/client_id": "immutable"}),
        ({"token_endpoint_auth_method": "client_secret_post"}, {"/token_endpoint_auth_method": "immutable"}),
        ({"secrets": []}, {"/secrets": "immutable"}),
        ({"colour": "red"}, {"/colour": "unknown_field"}),
    ],
)
async def test_that_a_value_is_refused_at_its_field(api: Api, body: dict[str, Any], faults: dict[str, str]) -> None:
    app = (await api.make_app())["app"]
    reply = await api.manager.patch(f"{APPS}/{app['id']}", body, 1)
    assert problem(reply) == (422, "invalid_values", faults)
    assert await api.app_row(app["id"]) == app


async def test_that_a_public_application_keeps_pkce(api: Api) -> None:
    app = (await api.manager.secret_post(APPS, MOBILE)).json()["app"]
    reply = await api.manager.patch(f"{APPS}/{app['id']}", {"pkce_required": False}, 1)
    assert problem(reply)[2] == {"/pkce_required": "out_of_range"}


async def test_that_a_service_takes_no_redirects(api: Api) -> None:
    app = (await api.manager.secret_post(APPS, SERVICE)).json()["app"]
    reply = await api.manager.patch(f"{APPS}/{app['id']}", {"redirect_uris": ["https://a.example"]}, 1)
    assert problem(reply)[2] == {"/redirect_uris/0": "bad_redirect_uri"}


async def test_that_a_stale_edit_names_what_changed_meanwhile(api: Api) -> None:
    app = (await api.make_app())["app"]
    await edited(api, app, {"name": "Other", "owner": "Design"})
    reply = await api.manager.patch(f"{APPS}/{app['id']}", {"name": "Mine"}, 1)
    assert problem(reply) == (412, "stale", {"/name": "changed_meanwhile", "/owner": "changed_meanwhile"})
    assert reply.headers["etag"] == '"2"'
    assert problem(await api.manager.patch(f"{APPS}/{app['id']}", {"name": "Mine"}, None))[:2] == (
        428, "if_match_missing",
    )  # fmt: skip


async def test_that_a_disabled_application_may_be_edited_and_a_deleted_one_is_not_found(api: Api) -> None:
    app = (await api.make_app())["app"]
    row = await api.act(f"apps/{app['id']}/disable")
    row = await edited(api, row, {"name": "Later"})
    assert (row["status"], row["name"]) == ("disabled", "Later")
    await api.manager.request("DELETE", f"{APPS}/{app['id']}")
    assert problem(await api.manager.patch(f"{APPS}/{app['id']}", {"name": "x"}, "*"))[:2] == (404, "not_found")


async def test_that_a_candidate_is_judged_as_the_server_would(api: Api) -> None:
    app = (await api.make_app(redirect_uris=["https://shop.example/back", "http://127.0.0.1/cb"]))["app"]
    path = f"{APPS}/{app['id']}/redirect-check"
    cases = {
        "https://shop.example/back": (True, "exact", "https://shop.example/back", None),
        "http://127.0.0.1:4711/cb": (True, "loopback_port", "http://127.0.0.1/cb", None),
        "https://shop.example/Back": (False, "differs", "https://shop.example/back", 21),
        "https://shop.example/back#x": (False, "fragment", "https://shop.example/back", 25),
    }
    for uri, expected in cases.items():
        reply = await api.viewer.post(path, {"uri": uri})
        verdict = wire.RedirectVerdict.model_validate_json(reply.content)
        assert (verdict.ok, verdict.reason, verdict.registered, verdict.differs_at) == expected, uri
    assert problem(await api.viewer.post(path, {"uri": "x" * 4001}))[2] == {"/uri": "too_long"}
    assert problem(await api.viewer.post(path, {}))[2] == {"/uri": "missing"}
