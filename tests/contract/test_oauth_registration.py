"""Registration by protocol (RFC 7591, 7592): by a manager, then by the token that it gave, for that client alone."""

from typing import Any

import httpx
import pytest

from tests.contract.oauth_support import REDIRECT, OAuth, refusal

WEB = {"client_name": "Shop", "redirect_uris": [REDIRECT], "scope": "beats.read", "contacts": ["ops@shop.example"]}


async def register(oauth: OAuth, metadata: object, token: str | None = None) -> httpx.Response:
    return await oauth.api.calling(token or oauth.api.tokens["manager"]).post("/oauth/register", metadata)


async def registered(oauth: OAuth, **more: object) -> dict[str, Any]:
    reply = await register(oauth, {**WEB, **more})
    assert reply.status_code == 201, reply.text
    found: dict[str, Any] = reply.json()
    return found


async def test_that_a_manager_registers_a_client_that_works(oauth: OAuth) -> None:
    told = await registered(oauth)
    assert told["client_secret"].startswith("bcs_")
    assert told["client_secret_expires_at"] == 0
    assert told["client_id_issued_at"] == int(oauth.state.now())
    assert told["grant_types"] == ["authorization_code"]
    assert told["response_types"] == ["code"]
    assert told["token_endpoint_auth_method"] == "client_secret_basic"
    assert (told["client_name"], told["scope"], told["contacts"]) == ("Shop", "beats.read", ["ops@shop.example"])
    form = {"token": "bct_none", "client_id": told["client_id"], "client_secret": told["client_secret"]}
    assert refusal(await oauth.post("/oauth/introspect", form)) == (401, "invalid_client")
    reply = await oauth.http.post(
        "/oauth/introspect", data={"token": "bct_none"}, auth=(told["client_id"], told["client_secret"])
    )
    assert reply.json() == {"active": False}


async def test_that_a_public_client_gets_no_secret_and_no_null(oauth: OAuth) -> None:
    told = await registered(oauth, token_endpoint_auth_method="none", redirect_uris=["beatfusion://callback"])
    assert not {"client_secret", "client_secret_expires_at"} & told.keys()
    assert None not in told.values()
    assert told["application_type"] == "native"


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        ({**WEB, "redirect_uris": ["http://shop.example/cb"]}, "invalid_redirect_uri"),
        ({**WEB, "redirect_uris": ["https://shop.example/*"]}, "invalid_redirect_uri"),
        ({**WEB, "redirect_uris": []}, "invalid_client_metadata"),
        ({**WEB, "redirect_uris": REDIRECT}, "invalid_client_metadata"),
        ({**WEB, "grant_types": ["implicit"]}, "invalid_client_metadata"),
        ({**WEB, "grant_types": ["password"]}, "invalid_client_metadata"),
        ({**WEB, "response_types": ["token"]}, "invalid_client_metadata"),
        ({**WEB, "token_endpoint_auth_method": "private_key_jwt"}, "invalid_client_metadata"),
        ({**WEB, "scope": "manage"}, "invalid_client_metadata"),
        ({**WEB, "client_name": 7}, "invalid_client_metadata"),
        ({**WEB, "client_uri": "http://shop.example"}, "invalid_client_metadata"),
        (["no", "object"], "invalid_client_metadata"),
    ],
)
async def test_that_what_cannot_be_registered_is_refused(oauth: OAuth, metadata: object, error: str) -> None:
    reply = await register(oauth, metadata)
    assert refusal(reply) == (400, error)
    assert reply.json()["error_description"]


async def test_that_members_that_nobody_knows_are_ignored(oauth: OAuth) -> None:
    told = await registered(oauth, logo_uri="https://shop.example/logo.png", surprise={"a": 1}, client_uri=None)
    assert not {"logo_uri", "surprise", "client_uri"} & told.keys()


async def test_that_only_a_manager_registers(oauth: OAuth) -> None:
    reply = await oauth.api.nobody.post("/oauth/register", WEB)
    assert refusal(reply) == (401, "invalid_token")
    assert reply.headers["www-authenticate"].startswith("Bearer ")
    assert refusal(await register(oauth, WEB, "bct_unknown")) == (401, "invalid_token")
    assert refusal(await register(oauth, WEB, oauth.api.tokens["viewer"])) == (403, "insufficient_scope")


async def test_that_a_registration_is_read_replaced_and_deleted(oauth: OAuth) -> None:
    told = await registered(oauth, client_uri="https://shop.example/")
    own = oauth.api.calling(told["registration_access_token"])
    path = told["registration_client_uri"].removeprefix(oauth.state.issuer)
    seen = (await own.get(path)).json()
    assert seen == {name: value for name, value in told.items() if not name.startswith("client_secret")}
    wanted = {**WEB, "client_id": told["client_id"], "client_secret": told["client_secret"], "client_name": "Store"}
    del wanted["contacts"]
    replaced = await own.request("PUT", path, body=wanted)
    assert replaced.status_code == 200, replaced.text
    assert replaced.json()["client_name"] == "Store"
    assert not {"contacts", "client_uri", "client_secret"} & replaced.json().keys()
    assert (await own.request("DELETE", path)).status_code == 204
    assert refusal(await own.get(path)) == (401, "invalid_token")
    assert [action for action, _, _ in oauth.api.audit() if action.startswith("app.")] == [
        "app.created",
        "app.edited",
        "app.deleted",
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "client_000000000000000000"},
        {"client_id": None},
        {"client_secret": "bcs_wrong"},
        {"registration_access_token": "x"},
        {"client_id_issued_at": 1},
        {"token_endpoint_auth_method": "none"},
        {"redirect_uris": ["javascript:alert(1)"]},
    ],
)
async def test_that_a_wrong_update_changes_nothing(oauth: OAuth, change: dict[str, object]) -> None:
    told = await registered(oauth)
    own = oauth.api.calling(told["registration_access_token"])
    path = told["registration_client_uri"].removeprefix(oauth.state.issuer)
    before = (await own.get(path)).json()
    reply = await own.request("PUT", path, body={**WEB, "client_id": told["client_id"], **change})
    assert reply.status_code == 400, reply.text
    assert (await own.get(path)).json() == before


async def test_that_a_registration_token_opens_its_own_client_alone(oauth: OAuth) -> None:
    one, other = await registered(oauth), await registered(oauth)
    path = other["registration_client_uri"].removeprefix(oauth.state.issuer)
    for token in (one["registration_access_token"], oauth.api.tokens["manager"], "bcg_unknown"):
        for method in ("GET", "PUT", "DELETE"):
            body = {**WEB, "client_id": other["client_id"]} if method == "PUT" else None
            reply = await oauth.api.calling(token).request(method, path, body=body)
            assert refusal(reply) == (401, "invalid_token")
            assert reply.headers["www-authenticate"].startswith("Bearer ")
