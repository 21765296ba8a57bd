"""Codes at the token endpoint: RFC 6749 §4.1.3, single use (RFC 9700 §4.5), and the endpoint's own form (§3.2)."""

import asyncio

from bcdesk.server.oauth import clients, tokens
from tests.contract.oauth.matrix import GRANT, REQUEST, alive, code_form, refused, row
from tests.contract.oauth_support import FORM, REDIRECT, OAuth, put_app, refusal


@row("RFC 6749 §5.1", "the reply names token, type, lifetime and scope, and is kept by no cache")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    reply = await oauth.token(app, **await code_form(oauth, app, scope="beats.read"))
    told = reply.json()
    assert (reply.status_code, told["token_type"], told["expires_in"]) == (200, "Bearer", 3600)
    assert told["scope"] == "beats.read"
    assert set(told) == {"access_token", "refresh_token", "token_type", "expires_in", "scope"}
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["pragma"] == "no-cache"


@row("RFC 6749 §4.1.2", "a code that comes twice revokes what it gave, and the audit says so")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    form = await code_form(oauth, app)
    pair = (await oauth.token(app, **form)).json()
    assert await alive(oauth, app, pair["access_token"])
    assert await refused(oauth, app, **form) == GRANT
    assert not await alive(oauth, app, pair["access_token"])
    assert not await alive(oauth, app, pair["refresh_token"])
    assert await refused(oauth, app, grant_type="refresh_token", refresh_token=pair["refresh_token"]) == GRANT
    assert oauth.reasons() == ["code_replay"]


@row("RFC 9700 §4.5.2", "a code that comes again from another client revokes what it gave")
async def _(oauth: OAuth) -> None:
    app, thief = put_app(oauth.state), put_app(oauth.state)
    form = await code_form(oauth, app)
    pair = (await oauth.token(app, **form)).json()
    assert await refused(oauth, thief, **form) == GRANT
    assert not await alive(oauth, app, pair["access_token"])


@row("RFC 6749 §10.5", "of 8 redemptions at once one wins")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    form = await code_form(oauth, app)
    replies = await asyncio.gather(*(oauth.token(app, **form) for _ in range(8)))
    assert sorted(reply.status_code for reply in replies) == [200] + [400] * 7
    assert {refusal(reply) for reply in replies if reply.status_code != 200} == {GRANT}
    with oauth.state.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM refresh_tokens").scalar_one() == 1
    assert oauth.reasons() == ["code_replay"]


@row("RFC 6749 §4.1.2", "whoever loses that race revokes what the winner got")
async def _(oauth: OAuth) -> None:
    app, state = put_app(oauth.state), oauth.state
    form = await code_form(oauth, app)
    client, code = clients.find(state, app.client_id), tokens.find_code(state, form["code"])
    assert client is not None
    assert code is not None
    pairs = [{"access_token": tokens.draw("bct_"), "scope": "beats.read", "expires_in": 60} for _ in range(2)]
    assert [tokens.redeem_code(state, client, code, pair, state.now()) for pair in pairs] == [True, False]
    assert not any([await alive(oauth, app, str(pair["access_token"])) for pair in pairs])
    assert oauth.reasons() == ["code_replay"]


@row("RFC 6749 §4.1.3", "another redirect_uri at the token endpoint is invalid_grant, and the code is spent")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state, redirect_uris=[REDIRECT, REDIRECT + "2"])
    form = await code_form(oauth, app)
    assert await refused(oauth, app, **{**form, "redirect_uri": REDIRECT + "2"}) == GRANT
    assert await refused(oauth, app, **form) == GRANT


@row("RFC 6749 §4.1.3", "a redirect_uri that was sent is sent again, or the code is not had")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    form = await code_form(oauth, app)
    del form["redirect_uri"]
    assert (await refused(oauth, app, **form))[0] == 400


@row("RFC 6749 §4.1.3", "the code of another client is invalid_grant")
async def _(oauth: OAuth) -> None:
    app, other = put_app(oauth.state), put_app(oauth.state)
    assert await refused(oauth, other, **await code_form(oauth, app)) == GRANT


@row("RFC 6749 §4.1.3", "a public client does not redeem what a confidential one asked for")
async def _(oauth: OAuth) -> None:
    app, public = put_app(oauth.state), put_app(oauth.state, "mobile")
    assert await refused(oauth, public, **await code_form(oauth, app)) == GRANT


@row("RFC 6749 §4.1.2", "a code lasts 10 minutes")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    in_time, late = await code_form(oauth, app), await code_form(oauth, app)
    oauth.api.clock.advance(599)
    assert (await oauth.token(app, **in_time)).status_code == 200
    oauth.api.clock.advance(1)
    assert await refused(oauth, app, **late) == GRANT


@row("RFC 6749 §4.1.3", "a code that nobody issued is invalid_grant, one that is missing invalid_request")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    form = await code_form(oauth, app)
    assert await refused(oauth, app, **{**form, "code": "bco_" + "a" * 43}) == GRANT
    del form["code"]
    assert await refused(oauth, app, **form) == REQUEST


@row("RFC 6749 §4.1.2", "a code whose application lost the scope meanwhile opens less, or nothing")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    less, nothing = await code_form(oauth, app), await code_form(oauth, app, scope="user.profile")
    with oauth.state.database.write() as connection:
        connection.exec_driver_sql("UPDATE applications SET scopes = '[\"beats.read\"]'")
    assert (await oauth.token(app, **less)).json()["scope"] == "beats.read"
    assert await refused(oauth, app, **nothing) == GRANT


@row("RFC 6749 §3.2", "the token endpoint takes POST alone")
async def _(oauth: OAuth) -> None:
    reply = await oauth.http.get("/oauth/token")
    assert (reply.status_code, reply.headers["allow"]) == (405, "POST")


@row("RFC 6749 §3.2", "parameters in the query are refused, where logs and histories would keep them")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    assert refusal(await oauth.call(app, "/oauth/token?grant_type=client_credentials")) == REQUEST


@row("RFC 6749 §3.2", "a parameter that comes twice is invalid_request")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    form = [*(await code_form(oauth, app)).items(), ("code_verifier", "x")]
    assert refusal(await oauth.post("/oauth/token", form, **app.basic)) == REQUEST


@row("RFC 6749 §3.2", "a body of another kind than a form is refused")
async def _(oauth: OAuth) -> None:
    reply = await oauth.http.post("/oauth/token", json={"grant_type": "authorization_code"})
    assert (reply.status_code, reply.json()["error"]) == (415, "invalid_request")
    broken = await oauth.http.post("/oauth/token", content=b"grant_type=%ff\xff", headers={"Content-Type": FORM})
    assert refusal(broken) == REQUEST


@row("RFC 6749 §5.2", "a request without grant_type is invalid_request")
async def _(oauth: OAuth) -> None:
    assert await refused(oauth, put_app(oauth.state), code="x") == REQUEST


@row("RFC 9700 §2.4", "there is no password grant, nor any other that was not built")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    for kind in ("password", "implicit", "urn:ietf:params:oauth:grant-type:device_code", "refresh-token"):
        told = await refused(oauth, app, grant_type=kind, username="a", password="b")
        assert told == (400, "unsupported_grant_type")


@row("RFC 6749 §5.2", "a grant that the client did not register is unauthorized_client")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    assert await refused(oauth, app, grant_type="client_credentials") == (400, "unauthorized_client")
    service = put_app(oauth.state, "service")
    assert await refused(oauth, service, grant_type="refresh_token", refresh_token="x") == (400, "unauthorized_client")


@row("RFC 6749 §5.2", "a client that may not redeem codes spends none of another one's")
async def _(oauth: OAuth) -> None:
    app, service = put_app(oauth.state), put_app(oauth.state, "service")
    form = await code_form(oauth, app)
    assert await refused(oauth, service, **form) == (400, "unauthorized_client")
    assert (await oauth.token(app, **form)).status_code == 200
