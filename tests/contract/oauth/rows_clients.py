"""Who a client is (RFC 6749 §2.3), and what it may do for itself (§4.4)."""

import base64
from urllib.parse import quote_plus

from tests.contract.oauth.matrix import CLIENT, REQUEST, SCOPE, alive, code_form, refused, row
from tests.contract.oauth_support import OAuth, TestApp, put_app, put_secret, refusal

OWN = {"grant_type": "client_credentials"}


def _basic(client_id: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


def _service(oauth: OAuth, **values: object) -> TestApp:
    return put_app(oauth.state, "service", **values)


@row("RFC 6749 §5.2", "a wrong secret is 401 invalid_client with a challenge of the scheme")
async def _(oauth: OAuth) -> None:
    app = _service(oauth)
    reply = await oauth.post("/oauth/token", OWN, **_basic(app.client_id, "bcs_" + "a" * 43))
    assert refusal(reply) == CLIENT
    assert reply.headers["www-authenticate"].startswith("Basic realm=")


@row("RFC 6749 §2.3", "an unknown client, a disabled one and a wrong secret are not told apart")
async def _(oauth: OAuth) -> None:
    app, off = _service(oauth), _service(oauth, disabled_at=1.0)
    tries = [("client_000000000000000000", "x"), (app.client_id, "x"), (off.client_id, off.secret or "")]
    replies = [await oauth.post("/oauth/token", OWN, **_basic(*one)) for one in tries]
    assert {refusal(reply) for reply in replies} == {CLIENT}
    assert len({reply.text for reply in replies}) == 1


@row("RFC 6749 §2.3", "no client uses two ways at once")
async def _(oauth: OAuth) -> None:
    app = _service(oauth)
    both = {**OWN, "client_id": app.client_id, "client_secret": app.secret or ""}
    assert refusal(await oauth.post("/oauth/token", both, **app.basic)) == REQUEST


@row("RFC 6749 §2.3", "the id in the form is that of the header, or the request is refused")
async def _(oauth: OAuth) -> None:
    app, other = _service(oauth), _service(oauth)
    assert refusal(await oauth.post("/oauth/token", {**OWN, "client_id": other.client_id}, **app.basic)) == REQUEST
    same = await oauth.post("/oauth/token", {**OWN, "client_id": app.client_id}, **app.basic)
    assert same.status_code == 200


@row("RFC 7591 §2", "a client authenticates by the one method it registered")
async def _(oauth: OAuth) -> None:
    basic, post = _service(oauth), _service(oauth, token_endpoint_auth_method="client_secret_post")
    in_form = {**OWN, "client_id": basic.client_id, "client_secret": basic.secret or ""}
    assert refusal(await oauth.post("/oauth/token", in_form)) == CLIENT
    assert refusal(await oauth.post("/oauth/token", OWN, **post.basic)) == CLIENT
    assert (await oauth.token(post, **OWN)).status_code == 200


@row("RFC 6749 §2.3.1", "id and secret in the header are form-encoded first")
async def _(oauth: OAuth) -> None:
    app = _service(oauth)
    encoded = _basic(quote_plus(app.client_id).replace("_", "%5F"), (app.secret or "").replace("_", "%5F"))
    assert (await oauth.post("/oauth/token", OWN, **encoded)).status_code == 200


@row("RFC 6749 §2.3.1", "a header that is no Basic one is invalid_client")
async def _(oauth: OAuth) -> None:
    for header in ("Basic ", "Basic !!!", "Basic " + base64.b64encode(b"no colon").decode(), "Digest a=b"):
        assert refusal(await oauth.post("/oauth/token", OWN, Authorization=header)) == CLIENT


@row("RFC 6749 §2.3.1", "a confidential client without its secret is nobody")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    form = await code_form(oauth, app)
    assert refusal(await oauth.post("/oauth/token", {**form, "client_id": app.client_id})) == CLIENT


@row("RFC 6749 §2.1", "a public client has no secret, and none is taken from it")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state, "mobile")
    form = await code_form(oauth, app)
    with_secret = {**form, "client_id": app.client_id, "client_secret": "bcs_" + "a" * 43}
    assert refusal(await oauth.post("/oauth/token", with_secret)) == CLIENT


@row("RFC 7523 §3", "client assertions are refused, not ignored")
async def _(oauth: OAuth) -> None:
    app = _service(oauth)
    assert refusal(await oauth.post("/oauth/token", {**OWN, "client_assertion": "a.b.c"}, **app.basic)) == CLIENT


@row("RFC 9700 §2.5", "an old secret works until the end of its overlap, and not a moment longer")
async def _(oauth: OAuth) -> None:
    app = _service(oauth)
    old = put_secret(oauth.state, app.id, expires_at=oauth.state.now() + 60)
    headers = _basic(app.client_id, old)
    assert (await oauth.post("/oauth/token", OWN, **headers)).status_code == 200
    oauth.api.clock.advance(60)
    assert refusal(await oauth.post("/oauth/token", OWN, **headers)) == CLIENT
    assert (await oauth.token(app, **OWN)).status_code == 200


@row("RFC 9700 §2.5", "the secret of one client opens no other")
async def _(oauth: OAuth) -> None:
    one, other = _service(oauth), _service(oauth)
    assert refusal(await oauth.post("/oauth/token", OWN, **_basic(one.client_id, other.secret or ""))) == CLIENT


@row("RFC 6749 §4.4.3", "client credentials give an access token and no refresh token")
async def _(oauth: OAuth) -> None:
    app = _service(oauth)
    told = (await oauth.token(app, **OWN)).json()
    assert set(told) == {"access_token", "token_type", "expires_in", "scope"}
    assert await alive(oauth, app, told["access_token"])
    assert (await oauth.introspect(app, told["access_token"]))["sub"] == app.client_id


@row("RFC 6749 §4.4", "client credentials are for confidential clients alone")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state, "spa", grant_types=["authorization_code", "client_credentials"])
    assert (await oauth.token(app, **OWN)).status_code in (400, 401)


@row("RFC 6749 §4.4.2", "an application for itself gets the scopes that it registered, and no other")
async def _(oauth: OAuth) -> None:
    app = _service(oauth, scopes=["beats.read", "user.profile"])
    assert (await oauth.token(app, **OWN, scope="beats.read")).json()["scope"] == "beats.read"
    assert await refused(oauth, app, **OWN, scope="beats.read purchases.write") == SCOPE
    assert await refused(oauth, app, **OWN, scope="manage") == SCOPE


@row("RFC 9700 §4.15", "an application's own token is nobody's account")
async def _(oauth: OAuth) -> None:
    app = _service(oauth)
    token = (await oauth.token(app, **OWN)).json()["access_token"]
    reply = await oauth.http.get("/oauth/userinfo", headers={"Authorization": f"Bearer {token}"})
    assert refusal(reply) == (403, "insufficient_scope")


@row("RFC 9700 §2.3", "an application's token opens no management, whatever its scopes")
async def _(oauth: OAuth) -> None:
    token = (await oauth.token(_service(oauth), **OWN)).json()["access_token"]
    assert (await oauth.api.calling(token).get("/manage/v1/keys")).status_code in (401, 403)


@row("RFC 6749 §5.1", "the lifetime of an access token is what the application says")
async def _(oauth: OAuth) -> None:
    app = _service(oauth, access_token_ttl=120)
    told = (await oauth.token(app, **OWN)).json()
    assert told["expires_in"] == 120
    oauth.api.clock.advance(119)
    assert await alive(oauth, app, told["access_token"])
    oauth.api.clock.advance(1)
    assert not await alive(oauth, app, told["access_token"])
