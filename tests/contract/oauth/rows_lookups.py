"""Revocation (RFC 7009), introspection (RFC 7662), metadata (RFC 8414) and bearer tokens (RFC 6750)."""

from tests.contract.oauth.matrix import CLIENT, GRANT, REQUEST, alive, row
from tests.contract.oauth_support import OAuth, put_app, refusal

ME = "/v1/me"
REVOKE = "/oauth/revoke"
INTROSPECT = "/oauth/introspect"


@row("RFC 7009 §2.1", "a revoked access token opens nothing, and its refresh token lives")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    pair = await oauth.pair(app)
    reply = await oauth.call(app, REVOKE, token=pair["access_token"])
    assert (reply.status_code, reply.content) == (200, b"")
    assert not await alive(oauth, app, pair["access_token"])
    assert (await oauth.refresh(app, pair["refresh_token"])).status_code == 200


@row("RFC 7009 §2.1", "a revoked refresh token takes its access tokens along, and the audit says so")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    pair = await oauth.pair(app)
    assert (await oauth.call(app, REVOKE, token=pair["refresh_token"])).status_code == 200
    assert not await alive(oauth, app, pair["access_token"])
    assert refusal(await oauth.refresh(app, pair["refresh_token"])) == GRANT
    assert oauth.reasons() == ["by_client"]


@row("RFC 7009 §2.1", "the token of another client is 200, and lives on")
async def _(oauth: OAuth) -> None:
    app, other = put_app(oauth.state), put_app(oauth.state)
    pair = await oauth.pair(app)
    for kind in ("access_token", "refresh_token"):
        assert (await oauth.call(other, REVOKE, token=pair[kind])).status_code == 200
        assert await alive(oauth, app, pair[kind])


@row("RFC 7009 §2.2", "an unknown token is 200, and so is one that is revoked already")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    pair = await oauth.pair(app)
    for token in ("no token", "bct_" + "a" * 43, "bcr_" + "a" * 43, pair["access_token"], pair["access_token"]):
        assert (await oauth.call(app, REVOKE, token=token)).status_code == 200


@row("RFC 7009 §2.2.1", "a hint that is unknown or wrong changes nothing")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    for hint in ("refresh_token", "id_token", "\u00e9"):
        pair = await oauth.pair(app)
        reply = await oauth.call(app, REVOKE, token=pair["access_token"], token_type_hint=hint)
        assert reply.status_code == 200
        assert not await alive(oauth, app, pair["access_token"])


@row("RFC 7009 §2.1", "a public client revokes its own with its id, and nobody revokes without one")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state, "mobile", redirect_uris=["https://shop.example/callback"])
    pair = await oauth.pair(app)
    assert refusal(await oauth.post(REVOKE, {"token": pair["access_token"]})) == CLIENT
    assert await oauth.opens(pair["access_token"]) == 200
    assert (await oauth.call(app, REVOKE, token=pair["refresh_token"])).status_code == 200
    assert await oauth.opens(pair["access_token"]) == 401


@row("RFC 7009 §2.1", "a request without a token is invalid_request")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    assert refusal(await oauth.call(app, REVOKE)) == REQUEST
    assert refusal(await oauth.call(app, INTROSPECT)) == REQUEST


@row("RFC 7662 §2.2", "a client is told of its own token: scope, client, user, lifetime, issuer")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    pair = await oauth.pair(app, scope="beats.read")
    now = int(oauth.state.now())
    assert await oauth.introspect(app, pair["access_token"]) == {
        "active": True, "scope": "beats.read", "client_id": app.client_id, "token_type": "Bearer", "iat": now,
        "exp": now + 3600, "sub": oauth.user.id, "username": oauth.user.name, "iss": oauth.state.issuer,
    }  # fmt: skip
    refresh = await oauth.introspect(app, pair["refresh_token"])
    assert (refresh["active"], refresh["client_id"], refresh["exp"]) == (True, app.client_id, now + 30 * 86_400)


@row("RFC 7662 §2.2", "of any other token there is one word: inactive")
async def _(oauth: OAuth) -> None:
    app, other = put_app(oauth.state), put_app(oauth.state)
    pair = await oauth.pair(app)
    used = pair["refresh_token"]
    await oauth.refresh(app, used)
    tokens = [other.secret or "", "bct_" + "a" * 43, "x", oauth.api.tokens["owner"], used]
    assert [await oauth.introspect(app, token) for token in tokens] == [{"active": False}] * 5
    assert await oauth.introspect(other, pair["access_token"]) == {"active": False}


@row("RFC 7662 §2.1", "nobody introspects without authentication, and no public client does")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state, "spa")
    pair = await oauth.pair(app)
    assert refusal(await oauth.post(INTROSPECT, {"token": pair["access_token"]})) == CLIENT
    assert refusal(await oauth.call(app, INTROSPECT, token=pair["access_token"])) == CLIENT


@row("RFC 7662 §2.1", "a manager introspects every token, a viewer and a bearer of the token itself none")
async def _(oauth: OAuth) -> None:
    pair = await oauth.pair(put_app(oauth.state, "spa"))
    form = {"token": pair["access_token"]}
    told = await oauth.post(INTROSPECT, form, Authorization=f"Bearer {oauth.api.tokens['manager']}")
    assert told.json()["active"] is True
    for token in (oauth.api.tokens["viewer"], pair["access_token"], "x"):
        reply = await oauth.post(INTROSPECT, form, Authorization=f"Bearer {token}")
        assert refusal(reply) == (401, "invalid_token")
        assert reply.headers["www-authenticate"].startswith("Bearer ")


@row("RFC 7662 §2.2", "a token of a disabled or deleted application is inactive, and active again with it")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    pair = await oauth.pair(app)
    manager = {"Authorization": f"Bearer {oauth.api.tokens['manager']}"}
    actions = (("POST", "/disable", "POST", "/enable"), ("DELETE", "", "POST", "/restore"))
    for off, off_path, on, on_path in actions:
        at = f"/manage/v1/apps/{app.id}"
        assert (await oauth.api.manager.request(off, at + off_path)).status_code in (200, 204)
        for kind in ("access_token", "refresh_token"):
            told = await oauth.post(INTROSPECT, {"token": pair[kind]}, **manager)
            assert told.json() == {"active": False}
        assert await oauth.opens(pair["access_token"]) == 401
        assert (await oauth.api.manager.request(on, at + on_path)).status_code == 200
        assert await alive(oauth, app, pair["access_token"])
        assert await alive(oauth, app, pair["refresh_token"])


@row("RFC 7662 §2.2", "a grant that a member revokes is inactive at once")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    pair, other = await oauth.pair(app), await oauth.pair(app)
    grants = (await oauth.api.viewer.get(f"/manage/v1/apps/{app.id}/grants")).json()["items"]
    assert len(grants) == 2
    reply = await oauth.api.manager.request("DELETE", f"/manage/v1/apps/{app.id}/grants/{grants[1]['id']}")
    assert reply.status_code == 204
    assert not await alive(oauth, app, pair["access_token"])
    assert await alive(oauth, app, other["access_token"])
    assert oauth.reasons() == ["by_member"]


@row("RFC 7662 §4", "a scope that the application lost opens nothing at once")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    pair = await oauth.pair(app)
    assert await oauth.opens(pair["access_token"], ME) == 200
    with oauth.state.database.write() as connection:
        connection.exec_driver_sql("UPDATE applications SET scopes = '[\"beats.read\"]'")
    assert await oauth.opens(pair["access_token"], ME) == 403
    assert (await oauth.introspect(app, pair["access_token"]))["scope"] == "beats.read"


@row("RFC 8414 §3", "the metadata name their issuer, and every endpoint they name is there")
async def _(oauth: OAuth) -> None:
    reply = await oauth.http.get("/.well-known/oauth-authorization-server")
    told = reply.json()
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json")
    assert told["issuer"] == oauth.state.issuer
    endpoints = {name: url for name, url in told.items() if name.endswith("_endpoint")}
    assert len(endpoints) == 7
    for url in endpoints.values():
        assert url.startswith(told["issuer"] + "/oauth/")
        assert (await oauth.http.request("PATCH", url)).status_code == 405


@row("RFC 8414 §2", "the metadata promise nothing that is not there")
async def _(oauth: OAuth) -> None:
    told = (await oauth.http.get("/.well-known/oauth-authorization-server")).json()
    assert told["response_types_supported"] == ["code"]
    assert set(told["grant_types_supported"]) == {"authorization_code", "refresh_token", "client_credentials"}
    assert "none" not in told["introspection_endpoint_auth_methods_supported"]
    assert "manage" not in told["scopes_supported"]


@row("RFC 8414 §3.1", "the metadata of an issuer with a path are not claimed")
async def _(oauth: OAuth) -> None:
    assert (await oauth.http.get("/.well-known/oauth-authorization-server/tenant")).status_code == 404


@row("RFC 6750 §3.1", "a call without a token is told how to come, and of no error")
async def _(oauth: OAuth) -> None:
    for path in (ME, "/oauth/userinfo"):
        reply = await oauth.http.get(path)
        assert reply.status_code == 401
        assert reply.headers["www-authenticate"].startswith("Bearer realm=")
        assert "error" not in reply.headers["www-authenticate"]


@row("RFC 6750 §3.1", "an unknown token is 401 invalid_token, one without the scope 403 insufficient_scope")
async def _(oauth: OAuth) -> None:
    pair = await oauth.pair(put_app(oauth.state), scope="beats.read")
    for path in (ME, "/oauth/userinfo"):
        unknown = await oauth.http.get(path, headers={"Authorization": "Bearer bct_" + "a" * 43})
        assert (unknown.status_code, 'error="invalid_token"' in unknown.headers["www-authenticate"]) == (401, True)
        short = await oauth.http.get(path, headers={"Authorization": f"Bearer {pair['access_token']}"})
        assert short.status_code == 403
        assert 'error="insufficient_scope"' in short.headers["www-authenticate"]
        assert 'scope="user.profile"' in short.headers["www-authenticate"]


@row("RFC 9700 §4.3.2", "a token in the query or in a form opens nothing")
async def _(oauth: OAuth) -> None:
    token = (await oauth.pair(put_app(oauth.state)))["access_token"]
    assert (await oauth.http.get(ME, params={"access_token": token})).status_code == 401
    assert (await oauth.post("/oauth/userinfo", {"access_token": token})).status_code == 401


@row("RFC 6750 §2", "two tokens at once, or a refresh token, open nothing")
async def _(oauth: OAuth) -> None:
    pair = await oauth.pair(put_app(oauth.state))
    twice = [("Authorization", f"Bearer {pair['access_token']}")] * 2
    for path in (ME, "/oauth/userinfo"):
        assert (await oauth.http.get(path, headers=twice)).status_code == 401
        refresh = {"Authorization": f"Bearer {pair['refresh_token']}"}
        assert (await oauth.http.get(path, headers=refresh)).status_code == 401
    named = await oauth.http.get("/oauth/userinfo", headers={"Authorization": f"bearer {pair['access_token']}"})
    assert named.json() == {"sub": oauth.user.id, "name": oauth.user.name}
