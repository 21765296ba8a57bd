"""Refresh families, client credentials, and how clients say who they are."""

import asyncio
import base64
from urllib.parse import quote_plus

import pytest

from bcdesk.server.oauth.upkeep import tidy
from tests.contract.oauth_support import REDIRECT, OAuth, put_app, put_secret, refusal

GRANT = (400, "invalid_grant")


async def test_that_a_refresh_gives_the_next_pair_and_keeps_the_scopes(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    first = await oauth.pair(app, scope="beats.read user.profile")
    narrow = (await oauth.refresh(app, first["refresh_token"], scope="beats.read")).json()
    assert narrow["scope"] == "beats.read"
    wide = (await oauth.refresh(app, narrow["refresh_token"])).json()
    assert wide["scope"] == "beats.read user.profile"
    assert refusal(await oauth.refresh(app, wide["refresh_token"], scope="purchases.write")) == (400, "invalid_scope")
    assert await oauth.opens(wide["access_token"]) == 200


async def test_that_of_eight_refreshes_at_once_all_get_the_one_successor(oauth: OAuth) -> None:
    app = put_app(oauth.state, "mobile")
    pair = await oauth.pair(app)
    replies = await asyncio.gather(*(oauth.refresh(app, pair["refresh_token"]) for _ in range(8)))
    assert {reply.status_code for reply in replies} == {200}
    assert len({reply.json()["refresh_token"] for reply in replies}) == 1
    assert len({reply.json()["access_token"] for reply in replies}) == 1
    with oauth.state.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM refresh_tokens").scalar_one() == 2


async def test_that_a_lost_reply_may_be_asked_for_again_until_its_token_is_used(oauth: OAuth) -> None:
    app = put_app(oauth.state, "spa")
    pair = await oauth.pair(app)
    lost = (await oauth.refresh(app, pair["refresh_token"])).json()
    oauth.api.clock.advance(59)
    again = (await oauth.refresh(app, pair["refresh_token"])).json()
    assert again == {**lost, "expires_in": lost["expires_in"] - 59}
    assert (await oauth.refresh(app, again["refresh_token"])).status_code == 200
    assert refusal(await oauth.refresh(app, pair["refresh_token"])) == GRANT
    assert oauth.reasons() == ["refresh_reuse"]
    assert await oauth.opens(again["access_token"]) == 401


async def test_that_a_token_that_comes_back_too_late_ends_its_family(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    pair = await oauth.pair(app)
    following = (await oauth.refresh(app, pair["refresh_token"])).json()
    oauth.api.clock.advance(60.5)
    assert refusal(await oauth.refresh(app, pair["refresh_token"])) == GRANT
    assert refusal(await oauth.refresh(app, following["refresh_token"])) == GRANT
    assert await oauth.opens(following["access_token"]) == 401
    assert oauth.reasons() == ["refresh_reuse"]


async def test_that_a_repetition_with_another_scope_is_none_and_costs_nothing(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    pair = await oauth.pair(app)
    await oauth.refresh(app, pair["refresh_token"])
    assert refusal(await oauth.refresh(app, pair["refresh_token"], scope="beats.read")) == (400, "invalid_scope")
    assert (await oauth.refresh(app, pair["refresh_token"])).status_code == 200


async def test_that_a_foreign_refresh_token_is_refused_and_lives_on(oauth: OAuth) -> None:
    app, other = put_app(oauth.state), put_app(oauth.state)
    pair = await oauth.pair(app)
    assert refusal(await oauth.refresh(other, pair["refresh_token"])) == GRANT
    assert (await oauth.refresh(app, pair["refresh_token"])).status_code == 200


async def test_that_what_an_application_lost_its_tokens_lose(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    pair = await oauth.pair(app)
    with oauth.state.database.write() as connection:
        connection.exec_driver_sql("UPDATE applications SET scopes = '[\"beats.read\"]', changed = changed + 1")
    assert (await oauth.refresh(app, pair["refresh_token"])).json()["scope"] == "beats.read"


@pytest.mark.parametrize("column", ["disabled_at", "deleted_at"])
async def test_that_an_application_that_is_off_opens_nothing_until_it_is_back(oauth: OAuth, column: str) -> None:
    app = put_app(oauth.state)
    pair = await oauth.pair(app)

    def switch(value: str) -> None:
        with oauth.state.database.write() as connection:
            connection.exec_driver_sql(f"UPDATE applications SET {column} = {value}")

    switch("1")
    assert await oauth.opens(pair["access_token"]) == 401
    assert refusal(await oauth.refresh(app, pair["refresh_token"])) == (401, "invalid_client")
    assert refusal(await oauth.call(app, "/oauth/introspect", token=pair["access_token"])) == (401, "invalid_client")
    switch("NULL")
    assert await oauth.opens(pair["access_token"]) == 200
    assert (await oauth.refresh(app, pair["refresh_token"])).status_code == 200


async def test_that_a_service_acts_for_itself_without_a_refresh_token(oauth: OAuth) -> None:
    app = put_app(oauth.state, "service", scopes=["beats.read", "user.profile"])
    reply = (await oauth.token(app, grant_type="client_credentials", scope="user.profile")).json()
    assert "refresh_token" not in reply
    assert reply["scope"] == "user.profile"
    told = await oauth.http.get("/v1/me", headers={"Authorization": f"Bearer {reply['access_token']}"})
    assert told.json()["kind"] == "studio"
    assert (await oauth.introspect(app, reply["access_token"]))["sub"] == app.client_id
    assert refusal(await oauth.token(app, grant_type="client_credentials", scope="manage")) == (400, "invalid_scope")


@pytest.mark.parametrize(("kind", "grant"), [("web", "client_credentials"), ("service", "authorization_code"),
                                             ("service", "refresh_token")])  # fmt: skip
async def test_that_a_client_uses_its_own_grants_alone(oauth: OAuth, kind: str, grant: str) -> None:
    app = put_app(oauth.state, kind)
    assert refusal(await oauth.token(app, grant_type=grant, code="bco_x", refresh_token="bcr_x")) == (
        400,
        "unauthorized_client",
    )


async def test_that_basic_credentials_are_form_decoded(oauth: OAuth) -> None:
    app = put_app(oauth.state, "service")
    secret = "bcs_with space+plus%percent:colon"
    with oauth.state.database.write() as connection:
        connection.exec_driver_sql("UPDATE app_secrets SET secret_hmac = ?", (oauth.state.secret.token_hmac(secret),))
    pair = base64.b64encode(f"{app.client_id}:{quote_plus(secret)}".encode()).decode()
    reply = await oauth.post("/oauth/token", {"grant_type": "client_credentials"}, Authorization=f"basic {pair}")
    assert reply.status_code == 200


@pytest.mark.parametrize(
    "authorization",
    ["Basic", "Basic !!!", "Basic Y2xpZW50", "Basic /////w==", "Bearer bct_x", "Digest a=b", "Basic OnNlY3JldA=="],
)
async def test_that_credentials_that_cannot_be_read_are_no_credentials(oauth: OAuth, authorization: str) -> None:
    reply = await oauth.post("/oauth/token", {"grant_type": "client_credentials"}, Authorization=authorization)
    assert refusal(reply) == (401, "invalid_client")
    assert reply.headers["www-authenticate"].startswith("Basic realm=")


async def test_that_a_client_authenticates_by_its_own_method_and_by_one_alone(oauth: OAuth) -> None:
    basic = put_app(oauth.state, "service")
    post = put_app(oauth.state, "service", token_endpoint_auth_method="client_secret_post")
    public = put_app(oauth.state, "spa")
    grant = {"grant_type": "client_credentials"}
    by_post = {"client_id": basic.client_id, "client_secret": basic.secret or ""}
    assert refusal(await oauth.post("/oauth/token", {**grant, **by_post})) == (401, "invalid_client")
    assert refusal(await oauth.post("/oauth/token", grant, **post.basic)) == (401, "invalid_client")
    assert refusal(await oauth.post("/oauth/token", {**grant, "client_id": basic.client_id})) == (401, "invalid_client")
    assert refusal(await oauth.post("/oauth/token", {**grant, **by_post}, **basic.basic)) == (400, "invalid_request")
    assert refusal(await oauth.post("/oauth/token", {**grant, "client_id": post.client_id}, **basic.basic)) == (
        400,
        "invalid_request",
    )
    assert (await oauth.post("/oauth/token", {**grant, "client_id": basic.client_id}, **basic.basic)).is_success
    assert refusal(await oauth.post("/oauth/token", {**grant, "client_id": public.client_id})) == (
        401,
        "invalid_client",
    )
    with_secret = {"client_id": public.client_id, "client_secret": "bcs_x", "grant_type": "refresh_token"}
    assert refusal(await oauth.post("/oauth/token", with_secret)) == (401, "invalid_client")


async def test_that_two_secrets_work_through_their_overlap_and_are_told_apart(oauth: OAuth) -> None:
    app = put_app(oauth.state, "service")
    old = put_secret(oauth.state, app.id, expires_at=oauth.state.now() + 100)
    ended = put_secret(oauth.state, app.id, ended_at=oauth.state.now())
    grant = {"grant_type": "client_credentials"}

    async def works(secret: str | None) -> bool:
        pair = base64.b64encode(f"{app.client_id}:{secret}".encode()).decode()
        return (await oauth.post("/oauth/token", grant, Authorization=f"Basic {pair}")).is_success

    assert [await works(secret) for secret in (app.secret, old, ended)] == [True, True, False]
    oauth.api.clock.advance(100)
    assert [await works(secret) for secret in (app.secret, old)] == [True, False]
    oauth.state.usage.flush()
    with oauth.state.database.read() as connection:
        used = dict(map(tuple, connection.exec_driver_sql("SELECT last4, last_used_at FROM app_secrets").all()))
        assert used[old[-4:]] == oauth.state.now() - 100
        assert used[str(app.secret)[-4:]] == oauth.state.now()
        assert used[ended[-4:]] is None


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("", "invalid_request"),
        ("grant_type=", "invalid_request"),
        ("grant_type=password&username=a&password=b", "unsupported_grant_type"),
        ("grant_type=client_credentials&grant_type=client_credentials", "invalid_request"),
        ("grant_type=client_credentials&extra=1&extra=2", "invalid_request"),
        ("grant_type=%ff", "invalid_request"),
        ("grant_type=authorization_code", "unauthorized_client"),
    ],
)
async def test_that_a_form_that_cannot_be_taken_is_refused(oauth: OAuth, body: str, error: str) -> None:
    app = put_app(oauth.state, "service")
    headers = {**app.basic, "Content-Type": "application/x-www-form-urlencoded"}
    reply = await oauth.http.post("/oauth/token", content=body, headers=headers)
    assert refusal(reply) == (400, error)


async def test_that_parameters_in_the_address_are_refused(oauth: OAuth) -> None:
    app = put_app(oauth.state, "service")
    reply = await oauth.post("/oauth/token?scope=beats.read", {"grant_type": "client_credentials"}, **app.basic)
    assert refusal(reply) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("path", "kind", "status"),
    [("/oauth/token", "application/json", 415), ("/oauth/register", "application/x-www-form-urlencoded", 415),
     ("/oauth/nowhere", "application/x-www-form-urlencoded", 404)],
)  # fmt: skip
async def test_that_what_the_gate_refuses_is_told_as_oauth_tells(
    oauth: OAuth, path: str, kind: str, status: int
) -> None:
    reply = await oauth.http.post(path, content=b"{}", headers={"Content-Type": kind})
    assert refusal(reply) == (status, "invalid_request")


async def test_that_what_is_over_goes_by_itself(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    pair = await oauth.pair(app)
    await oauth.refresh(app, pair["refresh_token"])
    await oauth.call(app, "/oauth/par", response_type="code", redirect_uri=REDIRECT, code_challenge="a" * 43,
                     code_challenge_method="S256")  # fmt: skip

    def count(what: str) -> int:
        with oauth.state.database.read() as connection:
            found: int = connection.exec_driver_sql(f"SELECT count(*) FROM {what}").scalar_one()
            return found

    sealed = "refresh_tokens WHERE sealed_pair IS NOT NULL"
    tidy(oauth.state, oauth.state.now())
    assert [count(sealed), count("par_requests"), count("access_tokens")] == [1, 1, 2]
    tidy(oauth.state, oauth.state.now() + 61)
    assert [count(sealed), count("par_requests"), count("access_tokens")] == [0, 0, 2]
    tidy(oauth.state, oauth.state.now() + 3601 + 86_400)
    assert [count("access_tokens"), count("refresh_tokens"), count("auth_codes"), count("grants")] == [0, 2, 1, 1]
    tidy(oauth.state, oauth.state.now() + 61 * 86_400)
    assert [count("refresh_tokens"), count("auth_codes"), count("grants")] == [0, 0, 0]
