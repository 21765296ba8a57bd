"""Refresh tokens (RFC 6749 §6) in families (RFC 9700 §4.14.2), and the reply that was lost."""

import asyncio
from typing import Any

import httpx

from tests.contract.oauth.matrix import GRANT, SCOPE, row
from tests.contract.oauth_support import OAuth, TestApp, put_app, refusal


async def _family(oauth: OAuth, **asked: str) -> tuple[TestApp, dict[str, Any]]:
    app = put_app(oauth.state, "mobile", redirect_uris=["https://shop.example/callback"])
    return app, await oauth.pair(app, **asked)


async def _alive(oauth: OAuth, pair: dict[str, Any]) -> bool:
    return await oauth.opens(pair["access_token"]) == 200


def _dead(reply: httpx.Response) -> bool:
    return refusal(reply) == GRANT


@row("RFC 9700 §4.14.2", "each refresh gives a new pair")
async def _(oauth: OAuth) -> None:
    app, first = await _family(oauth)
    second = (await oauth.refresh(app, first["refresh_token"])).json()
    assert not set(first.values()) & {second["access_token"], second["refresh_token"]}
    assert await _alive(oauth, second)
    assert (await oauth.refresh(app, second["refresh_token"])).status_code == 200


@row("RFC 9700 §4.14.2", "a token that comes again after its successor was used ends the family, and the audit says so")
async def _(oauth: OAuth) -> None:
    app, first = await _family(oauth)
    second = (await oauth.refresh(app, first["refresh_token"])).json()
    third = (await oauth.refresh(app, second["refresh_token"])).json()
    assert _dead(await oauth.refresh(app, first["refresh_token"]))
    assert _dead(await oauth.refresh(app, third["refresh_token"]))
    assert not any([await _alive(oauth, pair) for pair in (first, second, third)])
    assert oauth.reasons() == ["refresh_reuse"]


@row("RFC 9700 §4.14.2", "a stolen token that comes after the grace ends the family, and the audit says so")
async def _(oauth: OAuth) -> None:
    app, first = await _family(oauth)
    second = (await oauth.refresh(app, first["refresh_token"])).json()
    oauth.api.clock.advance(61)
    assert _dead(await oauth.refresh(app, first["refresh_token"]))
    assert _dead(await oauth.refresh(app, second["refresh_token"]))
    assert not await _alive(oauth, second)
    assert oauth.reasons() == ["refresh_reuse"]


@row("RFC 9700 §4.14.2", "a refresh whose reply was lost gives the same pair for 60 seconds")
async def _(oauth: OAuth) -> None:
    app, first = await _family(oauth)
    lost = (await oauth.refresh(app, first["refresh_token"])).json()
    oauth.api.clock.advance(60)
    again = (await oauth.refresh(app, first["refresh_token"])).json()
    assert again == {**lost, "expires_in": lost["expires_in"] - 60}
    assert await _alive(oauth, again)
    assert oauth.reasons() == []


@row("RFC 9700 §4.14.2", "of 8 refreshes at once one successor exists, and every 200 carries it")
async def _(oauth: OAuth) -> None:
    app, first = await _family(oauth)
    replies = await asyncio.gather(*(oauth.refresh(app, first["refresh_token"]) for _ in range(8)))
    pairs = {reply.json()["refresh_token"] for reply in replies if reply.status_code == 200}
    assert len(pairs) == 1
    with oauth.state.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM refresh_tokens").scalar_one() == 2
    assert (await oauth.refresh(app, pairs.pop())).status_code == 200


@row("RFC 6749 §6", "a refresh may narrow the scope, and the next one have it back")
async def _(oauth: OAuth) -> None:
    app, first = await _family(oauth, scope="beats.read user.profile")
    second = (await oauth.refresh(app, first["refresh_token"], scope="beats.read")).json()
    assert second["scope"] == "beats.read"
    assert await oauth.opens(second["access_token"], "/v1/me") == 403
    third = (await oauth.refresh(app, second["refresh_token"])).json()
    assert set(third["scope"].split()) == {"beats.read", "user.profile"}


@row("RFC 6749 §6", "a repeated refresh cannot change its scope")
async def _(oauth: OAuth) -> None:
    app, first = await _family(oauth)
    await oauth.refresh(app, first["refresh_token"], scope="beats.read")
    assert refusal(await oauth.refresh(app, first["refresh_token"], scope="user.profile")) == SCOPE


@row("RFC 6749 §10.4", "the refresh token of another client is invalid_grant, and its family lives")
async def _(oauth: OAuth) -> None:
    app, first = await _family(oauth)
    for thief in (put_app(oauth.state), put_app(oauth.state, "mobile")):
        assert _dead(await oauth.refresh(thief, first["refresh_token"]))
    assert (await oauth.refresh(app, first["refresh_token"])).status_code == 200


@row("RFC 9700 §4.14.2", "a refresh token lasts 30 days, and each new one its own 30")
async def _(oauth: OAuth) -> None:
    app, first = await _family(oauth)
    oauth.api.clock.advance(29 * 86_400)
    second = (await oauth.refresh(app, first["refresh_token"])).json()
    oauth.api.clock.advance(29 * 86_400)
    third = (await oauth.refresh(app, second["refresh_token"])).json()
    oauth.api.clock.advance(30 * 86_400)
    assert _dead(await oauth.refresh(app, third["refresh_token"]))


@row("RFC 6749 §6", "an access token, a code or no token at all refreshes nothing")
async def _(oauth: OAuth) -> None:
    app, first = await _family(oauth)
    assert _dead(await oauth.refresh(app, first["access_token"]))
    assert _dead(await oauth.refresh(app, "bcr_" + "a" * 43))
    assert refusal(await oauth.token(app, grant_type="refresh_token")) == (400, "invalid_request")


@row("RFC 6749 §6", "a disabled application refreshes nothing until it is on again")
async def _(oauth: OAuth) -> None:
    app, first = await _family(oauth)
    with oauth.state.database.write() as connection:
        connection.exec_driver_sql("UPDATE applications SET disabled_at = 1")
    assert (await oauth.refresh(app, first["refresh_token"])).status_code == 401
    assert not await _alive(oauth, first)
    with oauth.state.database.write() as connection:
        connection.exec_driver_sql("UPDATE applications SET disabled_at = NULL")
    assert await _alive(oauth, first)
    assert (await oauth.refresh(app, first["refresh_token"])).status_code == 200


@row("RFC 6749 §6", "a user who is disabled takes all tokens along")
async def _(oauth: OAuth) -> None:
    app, first = await _family(oauth)
    with oauth.state.database.write() as connection:
        connection.exec_driver_sql("UPDATE users SET disabled_at = 1")
    assert not await _alive(oauth, first)
    assert _dead(await oauth.refresh(app, first["refresh_token"]))


@row("RFC 6749 §3.3", "a scope that the application lost is lost at the next refresh")
async def _(oauth: OAuth) -> None:
    app, first = await _family(oauth)
    with oauth.state.database.write() as connection:
        connection.exec_driver_sql("UPDATE applications SET scopes = '[\"beats.read\"]'")
    assert (await oauth.refresh(app, first["refresh_token"])).json()["scope"] == "beats.read"


@row("RFC 9700 §4.14.2", "refreshes, a replay and a revocation at once leave the family dead or whole, never forked")
async def _(oauth: OAuth) -> None:
    app, first = await _family(oauth)
    second = (await oauth.refresh(app, first["refresh_token"])).json()
    calls = [oauth.refresh(app, second["refresh_token"]) for _ in range(4)]
    calls += [oauth.refresh(app, first["refresh_token"]) for _ in range(2)]
    calls.append(oauth.call(app, "/oauth/revoke", token=second["access_token"]))
    replies = await asyncio.gather(*calls)
    assert {reply.status_code for reply in replies} <= {200, 400}
    newest = {reply.json()["refresh_token"] for reply in replies[:4] if reply.status_code == 200}
    assert len(newest) <= 1
    if oauth.reasons():
        for token in newest:
            assert _dead(await oauth.refresh(app, token))


@row("RFC 9700 §4.14.2", "whoever lost the family signs in again, and another consent is untouched")
async def _(oauth: OAuth) -> None:
    app, first = await _family(oauth)
    other = await oauth.pair(app)
    second = (await oauth.refresh(app, first["refresh_token"])).json()
    oauth.api.clock.advance(61)
    assert _dead(await oauth.refresh(app, first["refresh_token"]))
    assert not await _alive(oauth, second)
    assert await _alive(oauth, other)
