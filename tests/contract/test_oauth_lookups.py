"""Introspection, revocation, metadata, userinfo, and who reads answers from a web page."""

from collections.abc import Mapping

import httpx
import pytest

from tests.contract.oauth_support import OAuth, Pkce, put_app, refusal
from tests.contract.support import Api, problem

SPA = "https://spa.example"


async def test_that_a_client_learns_of_its_own_tokens_and_a_manager_of_all(oauth: OAuth) -> None:
    app, other = put_app(oauth.state), put_app(oauth.state)
    pair = await oauth.pair(app, scope="beats.read")
    told = await oauth.introspect(app, pair["access_token"])
    now = int(oauth.state.now())
    assert told == {
        "active": True, "scope": "beats.read", "client_id": app.client_id, "token_type": "Bearer", "exp": now + 3600,
        "iat": now, "sub": oauth.user.id, "iss": oauth.state.issuer, "username": "Demo listener",
    }  # fmt: skip
    refresh = await oauth.introspect(app, pair["refresh_token"])
    assert refresh["active"] is True
    assert refresh["exp"] == now + 30 * 86_400
    assert "token_type" not in refresh
    for token in pair["access_token"], pair["refresh_token"]:
        assert await oauth.introspect(other, token) == {"active": False}
    manager = {"Authorization": f"Bearer {oauth.api.tokens['manager']}"}
    for token in pair["access_token"], pair["refresh_token"]:
        assert (await oauth.post("/oauth/introspect", {"token": token}, **manager)).json()["active"] is True
    oauth.api.clock.advance(3600)
    assert await oauth.introspect(app, pair["access_token"]) == {"active": False}


async def test_that_others_may_not_ask(oauth: OAuth) -> None:
    app, public = put_app(oauth.state), put_app(oauth.state, "spa")
    pair = await oauth.pair(app)
    form = {"token": pair["access_token"]}
    assert refusal(await oauth.post("/oauth/introspect", form)) == (401, "invalid_client")
    by_name = {**form, "client_id": public.client_id}
    assert refusal(await oauth.post("/oauth/introspect", by_name)) == (401, "invalid_client")
    for token in (oauth.api.tokens["viewer"], pair["access_token"], "bct_unknown", "bca_live_x"):
        reply = await oauth.post("/oauth/introspect", form, Authorization=f"Bearer {token}")
        assert refusal(reply) == (401, "invalid_token")
        assert reply.headers["www-authenticate"].startswith("Bearer ")


@pytest.mark.parametrize("token", ["", "bct_unknown", "bcr_unknown", "bca_live_x", "nonsense", "\x00", "é"])
async def test_that_what_is_no_token_is_inactive_and_revoked_without_a_word(oauth: OAuth, token: str) -> None:
    app = put_app(oauth.state)
    if not token:
        assert refusal(await oauth.call(app, "/oauth/introspect", token=token)) == (400, "invalid_request")
        assert refusal(await oauth.call(app, "/oauth/revoke", token=token)) == (400, "invalid_request")
        return
    assert await oauth.introspect(app, token) == {"active": False}
    reply = await oauth.call(app, "/oauth/revoke", token=token, token_type_hint="surprise")
    assert (reply.status_code, reply.content) == (200, b"")


async def test_that_a_management_token_is_nothing_to_oauth(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    token = oauth.api.tokens["owner"]
    assert await oauth.introspect(app, token) == {"active": False}
    assert (await oauth.call(app, "/oauth/revoke", token=token)).status_code == 200
    assert (await oauth.api.owner.get("/manage/v1/session")).status_code == 200
    assert await oauth.opens(token) == 401


async def test_that_an_applications_token_opens_no_management(oauth: OAuth) -> None:
    pair = await oauth.pair(put_app(oauth.state))
    reply = await oauth.api.calling(pair["access_token"]).get("/manage/v1/session")
    assert problem(reply)[:2] == (403, "not_a_management_token")


async def test_that_revoking_an_access_token_leaves_the_rest_and_a_refresh_token_takes_all(oauth: OAuth) -> None:
    app, other = put_app(oauth.state), put_app(oauth.state)
    pair = await oauth.pair(app)
    second = (await oauth.refresh(app, pair["refresh_token"])).json()
    assert (await oauth.call(other, "/oauth/revoke", token=pair["access_token"])).status_code == 200
    assert (await oauth.call(other, "/oauth/revoke", token=second["refresh_token"])).status_code == 200
    assert await oauth.opens(pair["access_token"]) == 200
    assert (await oauth.call(app, "/oauth/revoke", token=pair["access_token"])).status_code == 200
    assert await oauth.opens(pair["access_token"]) == 401
    assert await oauth.opens(second["access_token"]) == 200
    hint = {"token_type_hint": "access_token"}
    assert (await oauth.call(app, "/oauth/revoke", token=second["refresh_token"], **hint)).status_code == 200
    assert await oauth.opens(second["access_token"]) == 401
    assert refusal(await oauth.refresh(app, second["refresh_token"])) == (400, "invalid_grant")
    assert oauth.reasons() == ["by_client"]


async def test_that_the_metadata_tell_what_is_there(oauth: OAuth) -> None:
    reply = await oauth.http.get("/.well-known/oauth-authorization-server")
    assert reply.headers["content-type"] == "application/json"
    told = reply.json()
    assert told["issuer"] == oauth.state.issuer
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["authorization_response_iss_parameter_supported"] is True
    assert set(told["grant_types_supported"]) == {"authorization_code", "refresh_token", "client_credentials"}
    for name, address in told.items():
        if name.endswith("_endpoint"):
            reply = await oauth.http.get(address.removeprefix(oauth.state.issuer))
            assert reply.status_code in (400, 401, 405), name
    assert refusal(await oauth.http.post("/oauth/nowhere")) == (404, "invalid_request")


async def test_that_userinfo_tells_who_consented(oauth: OAuth) -> None:
    app = put_app(oauth.state)

    async def ask(token: str | None) -> httpx.Response:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return await oauth.http.get("/oauth/userinfo", headers=headers)

    told = await ask((await oauth.pair(app))["access_token"])
    assert told.json() == {"sub": oauth.user.id, "name": "Demo listener"}
    narrow = await ask((await oauth.pair(app, scope="beats.read"))["access_token"])
    assert refusal(narrow) == (403, "insufficient_scope")
    assert 'error="insufficient_scope"' in narrow.headers["www-authenticate"]
    assert refusal(await ask("bct_unknown")) == (401, "invalid_token")
    nothing = await ask(None)
    assert nothing.status_code == 401
    assert "error=" not in nothing.headers["www-authenticate"]


def cors(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.startswith("access-control-")}


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/oauth/token"), ("POST", "/oauth/revoke"), ("GET", "/.well-known/oauth-authorization-server"),
     ("GET", "/v1/beats")],
)  # fmt: skip
async def test_that_pages_of_enabled_browser_applications_read_answers_and_no_others(
    oauth: OAuth, method: str, path: str
) -> None:
    put_app(oauth.state, "spa", redirect_uris=[f"{SPA}/callback", "http://localhost:5173/"])
    put_app(oauth.state, "web", redirect_uris=["https://web.example/callback"])
    put_app(oauth.state, "spa", redirect_uris=["https://off.example/"], disabled_at=1.0)
    for origin in (SPA, "http://localhost:5173"):
        reply = await oauth.http.request(method, path, headers={"Origin": origin})
        assert cors(reply.headers)["access-control-allow-origin"] == origin
        assert "access-control-allow-credentials" not in reply.headers
        assert "Origin" in reply.headers["vary"]
        preflight = await oauth.http.options(path, headers={"Origin": origin, "Access-Control-Request-Method": method})
        assert preflight.status_code == 204
        assert preflight.headers["access-control-allow-origin"] == origin
        assert "authorization" in preflight.headers["access-control-allow-headers"]
    for origin in ("https://web.example", "https://off.example", "https://spa.example.evil", "null",
                   "https://SPA.example", f"{SPA}:8443", "http://spa.example"):  # fmt: skip
        reply = await oauth.http.request(method, path, headers={"Origin": origin})
        assert cors(reply.headers) == {}
        preflight = await oauth.http.options(path, headers={"Origin": origin, "Access-Control-Request-Method": method})
        assert cors(preflight.headers) == {}


@pytest.mark.parametrize("path", ["/oauth/introspect", "/oauth/par", "/oauth/register", "/manage/v1/keys"])
async def test_that_no_page_elsewhere_reaches_what_is_for_servers(oauth: OAuth, path: str) -> None:
    put_app(oauth.state, "spa", redirect_uris=[f"{SPA}/callback"])
    reply = await oauth.http.post(path, headers={"Origin": SPA})
    assert reply.status_code == 403
    assert cors(reply.headers) == {}


async def test_that_an_origin_comes_and_goes_with_its_application(oauth: OAuth) -> None:
    async def reads() -> bool:
        return bool(cors((await oauth.http.get("/v1/beats", headers={"Origin": SPA})).headers))

    assert not await reads()
    app = put_app(oauth.state, "spa", redirect_uris=[f"{SPA}/callback"])
    assert await reads()
    with oauth.state.database.write() as connection:
        connection.exec_driver_sql(
            "UPDATE applications SET disabled_at = 1, changed = changed + 10 WHERE id = ?", (app.id,)
        )
    assert not await reads()


async def test_that_users_buy_and_see_their_subscription(oauth: OAuth) -> None:
    pair = await oauth.pair(put_app(oauth.state))
    user = oauth.api.calling(pair["access_token"])
    bought = await user.post("/v1/purchases", {"beat_id": "beat_0001", "licence": "exclusive"})
    assert bought.status_code == 201, bought.text
    assert bought.json()["price_cents"] > 0
    assert problem(await user.post("/v1/purchases", {"beat_id": "beat_9"})) == (
        422, "invalid_values", {"/beat_id": "unknown_value"}
    )  # fmt: skip
    assert problem(await user.post("/v1/purchases", {}))[2] == {"/beat_id": "missing"}
    assert problem(await user.post("/v1/purchases", raw=b"{"))[1] == "malformed_json"
    told = await user.get("/v1/me/subscription")
    assert told.json()["plan"] == "creator"
    assert told.headers["ratelimit-policy"] == '"key";q=1000;w=60'


async def test_that_a_key_buys_for_the_studio_with_the_scope_alone(api: Api) -> None:
    may = (await api.make_key(scopes=["purchases.write", "user.subscription"]))["secret"]
    may_not = (await api.make_key(scopes=["beats.read"]))["secret"]
    wanted = {"beat_id": "beat_0002"}
    assert (await api.calling(may).post("/v1/purchases", wanted)).status_code == 201
    assert (await api.calling(may).get("/v1/me/subscription")).json()["plan"] == "studio"
    assert problem(await api.calling(may_not).post("/v1/purchases", wanted))[:2] == (403, "insufficient_scope")
    assert [action for action, _, _ in api.audit()].count("purchase.created") == 1


async def test_that_uses_show_in_the_list_of_applications_within_two_seconds(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    since = (await oauth.api.viewer.get("/manage/v1/apps")).json()["since"]
    pair = await oauth.pair(app)
    oauth.api.clock.advance(100)
    await oauth.opens(pair["access_token"])
    oauth.state.usage.flush()
    (row,) = (await oauth.api.viewer.get(f"/manage/v1/apps?since={since}")).json()["items"]
    assert row["id"] == app.id
    assert row["last_used_at"] == "2026-09-21T14:15:00.000Z"
    (grant,) = (await oauth.api.viewer.get(f"/manage/v1/apps/{app.id}/grants")).json()["items"]
    assert grant["last_used_at"] == row["last_used_at"]
    assert grant["user"]["name"] == "Demo listener"


async def test_that_what_a_member_revokes_ends_at_once(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    pair = await oauth.pair(app)
    code = await oauth.consent(app, Pkce())
    assert (await oauth.api.manager.request("DELETE", f"/manage/v1/apps/{app.id}/grants")).status_code == 204
    assert await oauth.opens(pair["access_token"]) == 401
    assert refusal(await oauth.refresh(app, pair["refresh_token"])) == (400, "invalid_grant")
    assert refusal(await oauth.token(app, grant_type="authorization_code", code=code)) == (400, "invalid_grant")
    assert oauth.reasons() == ["by_member", "by_member"]
