"""Registration by protocol: RFC 7591 with a manager's token, RFC 7592 with the one that it gives."""

from typing import Any

import httpx

from tests.contract.oauth.matrix import row
from tests.contract.oauth_support import REDIRECT, OAuth, TestApp, refusal

REGISTER = "/oauth/register"
NEW: dict[str, object] = {
    "client_name": "By protocol",
    "redirect_uris": [REDIRECT],
    "scope": "beats.read user.profile",
    "grant_types": ["authorization_code", "refresh_token"],
}
PUBLIC = NEW | {"token_endpoint_auth_method": "none"}
METADATA = (400, "invalid_client_metadata")
TOKEN = (401, "invalid_token")


async def _send(oauth: OAuth, method: str, url: str, token: str | None, body: object = None) -> httpx.Response:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return await oauth.http.request(method, url, json=body, headers=headers)


async def _register(oauth: OAuth, body: object, role: str = "manager") -> httpx.Response:
    return await _send(oauth, "POST", REGISTER, oauth.api.tokens[role], body)


async def _registered(oauth: OAuth, body: object = NEW) -> dict[str, Any]:
    reply = await _register(oauth, body)
    assert reply.status_code == 201, reply.text
    found: dict[str, Any] = reply.json()
    return found


def _app(client: dict[str, Any]) -> TestApp:
    return TestApp({**client, "id": ""}, client.get("client_secret"))


async def _own(oauth: OAuth, client: dict[str, Any], method: str, body: object = None) -> httpx.Response:
    return await _send(oauth, method, client["registration_client_uri"], client["registration_access_token"], body)


def _kept(client: dict[str, Any]) -> dict[str, Any]:
    """Return what a client sends back to change itself (RFC 7592 §2.2)."""
    told = ("registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at")
    return {name: value for name, value in client.items() if name not in told}


@row("RFC 7591 §3.2.1", "a registration is 201 with all that was registered, kept by no cache")
async def _(oauth: OAuth) -> None:
    reply = await _register(oauth, NEW | {"contacts": ["a@shop.example"], "client_uri": "https://shop.example"})
    client = reply.json()
    assert (reply.status_code, reply.headers["cache-control"]) == (201, "no-store")
    assert client.items() >= NEW.items()
    assert client["contacts"] == ["a@shop.example"]
    assert client["client_uri"] == "https://shop.example"
    assert client["response_types"] == ["code"]
    assert client["client_secret"].startswith("bcs_")
    assert client["client_secret_expires_at"] == 0
    assert client["client_id_issued_at"] == int(oauth.state.now())


@row("RFC 7591 §3.2.1", "what is registered works, from code to token")
async def _(oauth: OAuth) -> None:
    app = _app(await _registered(oauth))
    pair = await oauth.pair(app)
    assert await oauth.opens(pair["access_token"]) == 200
    assert (await oauth.refresh(app, pair["refresh_token"])).status_code == 200


@row("RFC 7591 §3.2.1", "a public client gets no secret, not even null")
async def _(oauth: OAuth) -> None:
    client = await _registered(oauth, PUBLIC)
    assert not {"client_secret", "client_secret_expires_at"} & client.keys()
    assert client["token_endpoint_auth_method"] == "none"
    assert (await oauth.pair(_app(client)))["scope"] == NEW["scope"]


@row("RFC 7591 §3", "a manager's token registers, a viewer's, an application's and none do not")
async def _(oauth: OAuth) -> None:
    assert (await _register(oauth, NEW, "owner")).status_code == 201
    assert refusal(await _register(oauth, NEW, "viewer")) == (403, "insufficient_scope")
    client = await _registered(oauth)
    pair = await oauth.pair(_app(client))
    assert refusal(await _send(oauth, "POST", REGISTER, pair["access_token"], NEW)) == (403, "insufficient_scope")
    for token in (None, "x", client["registration_access_token"]):
        reply = await _send(oauth, "POST", REGISTER, token, NEW)
        assert refusal(reply) == TOKEN
        assert reply.headers["www-authenticate"].startswith("Bearer ")


@row("RFC 7591 §3.2.2", "a redirect URI that may not be registered is invalid_redirect_uri")
async def _(oauth: OAuth) -> None:
    for uri in (
        "http://shop.example/cb", "https://shop.example/cb#x", "https://*.shop.example/cb", "javascript:alert(1)",
        "https://user@shop.example/cb", "beatfusion://callback", "https://shop.example:99999/", "urn:x:y", "",
    ):  # fmt: skip
        assert refusal(await _register(oauth, NEW | {"redirect_uris": [uri]})) == (400, "invalid_redirect_uri")


@row("RFC 7591 §3.2.2", "a value that cannot be taken is invalid_client_metadata")
async def _(oauth: OAuth) -> None:
    wrongs: tuple[dict[str, object], ...] = (
        {"scope": "manage"}, {"scope": 1}, {"grant_types": ["implicit"]}, {"grant_types": "authorization_code"},
        {"response_types": ["token"]}, {"token_endpoint_auth_method": "private_key_jwt"}, {"client_name": "x" * 500},
        {"contacts": ["nobody"]}, {"client_uri": "javascript:alert(1)"}, {"redirect_uris": []}, {"client_name": ""},
        {"grant_types": ["client_credentials", "password"]},
    )  # fmt: skip
    for wrong in wrongs:
        assert refusal(await _register(oauth, NEW | wrong)) == METADATA, wrong
    assert refusal(await _register(oauth, [])) == METADATA
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {oauth.api.tokens['owner']}"}
    broken = await oauth.http.post(REGISTER, content=b"{", headers=headers)
    assert refusal(broken) == METADATA


@row("RFC 7591 §2", "what is left out has its default, and what is unknown is ignored")
async def _(oauth: OAuth) -> None:
    client = await _registered(
        oauth, {"client_name": "Bare", "redirect_uris": [REDIRECT], "tos_uri": "x", "jwks_uri": 1}
    )
    assert client["grant_types"] == ["authorization_code"]
    assert client["token_endpoint_auth_method"] == "client_secret_basic"
    assert not {"tos_uri", "jwks_uri"} & client.keys()
    assert "purchases.write" not in client["scope"].split()


@row("RFC 7591 §5", "nobody chooses a client_id or a secret")
async def _(oauth: OAuth) -> None:
    client = await _registered(oauth, NEW | {"client_id": "client_mine", "client_secret": "mine"})
    assert client["client_id"] != "client_mine"
    assert client["client_secret"] != "mine"


@row("RFC 7591 §5", "no page of another site registers anything")
async def _(oauth: OAuth) -> None:
    headers = {"Authorization": f"Bearer {oauth.api.tokens['manager']}", "Origin": "https://evil.example"}
    assert (await oauth.http.post(REGISTER, json=NEW, headers=headers)).status_code == 403


@row("RFC 7592 §2.1", "a client reads itself, and its secret is not told again")
async def _(oauth: OAuth) -> None:
    client = await _registered(oauth)
    reply = await _own(oauth, client, "GET")
    assert (reply.status_code, reply.headers["cache-control"]) == (200, "no-store")
    assert "client_secret" not in reply.json()
    assert reply.json().items() <= client.items()


@row("RFC 7592 §3", "a wrong registration token is 401, and so is the right one for another client")
async def _(oauth: OAuth) -> None:
    one, other = await _registered(oauth), await _registered(oauth)
    for method, body in (("GET", None), ("PUT", _kept(one)), ("DELETE", None)):
        for token in (None, "x", other["registration_access_token"], oauth.api.tokens["manager"]):
            assert refusal(await _send(oauth, method, one["registration_client_uri"], token, body)) == TOKEN
    unknown = f"{REGISTER}/client_000000000000000000"
    assert refusal(await _send(oauth, "GET", unknown, one["registration_access_token"])) == TOKEN


@row("RFC 7592 §2.2", "a client changes itself as a whole, and the desk sees it")
async def _(oauth: OAuth) -> None:
    client = await _registered(oauth, NEW | {"contacts": ["a@shop.example"]})
    changed = {**_kept(client), "client_name": "Renamed", "redirect_uris": [REDIRECT + "2"]}
    del changed["contacts"]
    reply = await _own(oauth, client, "PUT", changed)
    assert reply.status_code == 200, reply.text
    assert (reply.json()["client_name"], reply.json()["redirect_uris"]) == ("Renamed", [REDIRECT + "2"])
    assert "contacts" not in reply.json()
    rows = (await oauth.api.viewer.get("/manage/v1/apps")).json()["items"]
    assert [(one["name"], one["contacts"]) for one in rows if one["client_id"] == client["client_id"]] == [
        ("Renamed", [])
    ]


@row("RFC 7592 §2.2", "a change of the id, the secret or the type is refused, and so is one of what the server tells")
async def _(oauth: OAuth) -> None:
    client = await _registered(oauth)
    kept = _kept(client)
    for wrong, error in (
        ({"client_id": "client_000000000000000000"}, "invalid_request"),
        ({"registration_access_token": "x"}, "invalid_request"),
        ({"client_secret": "bcs_" + "a" * 43}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "none"}, "invalid_client_metadata"),
        ({"redirect_uris": ["http://shop.example/"]}, "invalid_redirect_uri"),
        ({"scope": "manage"}, "invalid_client_metadata"),
    ):
        assert refusal(await _own(oauth, client, "PUT", {**kept, **wrong})) == (400, error)
    assert (await _own(oauth, client, "GET")).json()["redirect_uris"] == [REDIRECT]


@row("RFC 7592 §2.3", "a client that deletes itself is gone with its tokens and its registration token")
async def _(oauth: OAuth) -> None:
    client = await _registered(oauth)
    app = _app(client)
    pair = await oauth.pair(app)
    assert (await _own(oauth, client, "DELETE")).status_code == 204
    assert await oauth.opens(pair["access_token"]) == 401
    assert (await oauth.refresh(app, pair["refresh_token"])).status_code == 401
    assert refusal(await _own(oauth, client, "GET")) == TOKEN


@row("RFC 7591 §5", "each registration, change and end is in the audit, without a secret")
async def _(oauth: OAuth) -> None:
    client = await _registered(oauth)
    await _own(oauth, client, "PUT", {**_kept(client), "client_name": "Renamed"})
    await _own(oauth, client, "DELETE")
    audit = oauth.api.audit()
    assert {"app.created", "app.edited", "app.deleted"} <= {action for action, _, _ in audit}
    assert client["client_secret"] not in str(audit)
    assert client["registration_access_token"] not in str(audit)
