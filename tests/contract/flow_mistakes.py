"""Mistakes of clients, each with the rule that it breaks and the reason that the trace gives."""

import base64
from collections.abc import Awaitable, Callable

from bcdesk.server.tables_apps import applications
from tests.contract.oauth.matrix import ask, code_form
from tests.contract.oauth_support import REDIRECT, OAuth, Pkce, TestApp, put_app, put_secret

Mistake = Callable[[OAuth, TestApp], Awaitable[None]]


async def code_twice(oauth: OAuth, app: TestApp) -> None:
    form = await code_form(oauth, app)
    await oauth.token(app, **form)
    oauth.api.clock.advance(12)
    await oauth.token(app, **form)


async def old_code(oauth: OAuth, app: TestApp) -> None:
    form = await code_form(oauth, app)
    oauth.api.clock.advance(743)
    await oauth.token(app, **form)


async def foreign_code(oauth: OAuth, app: TestApp) -> None:
    await oauth.token(app, **await code_form(oauth, put_app(oauth.state)))


async def _with(oauth: OAuth, app: TestApp, **changes: str) -> None:
    form = {**await code_form(oauth, app), **changes}
    await oauth.token(app, **{name: value for name, value in form.items() if value})


async def _plain(oauth: OAuth, app: TestApp) -> None:
    pkce = Pkce()
    pkce.challenge = pkce.verifier[:43]
    pkce.verifier = pkce.challenge
    await oauth.token(app, **await code_form(oauth, app, pkce))


async def _no_challenge(oauth: OAuth, app: TestApp) -> None:
    _set(oauth, app, pkce_required=False)
    form = {**await code_form(oauth, app), "code": await oauth.consent(app)}
    await oauth.token(app, **form)


async def with_secret(oauth: OAuth, app: TestApp, secret: str | None = None) -> None:
    app.secret = secret or f"bcs_{'x' * 43}"
    await oauth.token(app, grant_type="authorization_code", code="bco_x")


async def rotated_out(oauth: OAuth, app: TestApp) -> None:
    secret = put_secret(oauth.state, app.id, ended_at=oauth.state.now() - 90)
    await with_secret(oauth, app, secret)


async def _overlap_over(oauth: OAuth, app: TestApp) -> None:
    secret = put_secret(oauth.state, app.id, expires_at=oauth.state.now() - 30)
    await with_secret(oauth, app, secret)


async def by_post(oauth: OAuth, app: TestApp) -> None:
    form = {"client_id": app.client_id, "client_secret": app.secret or "", "grant_type": "refresh_token"}
    await oauth.post("/oauth/token", form)


async def _no_secret(oauth: OAuth, app: TestApp) -> None:
    await oauth.post("/oauth/token", {"client_id": app.client_id, "grant_type": "refresh_token"})


async def _unnamed(oauth: OAuth, app: TestApp) -> None:
    await oauth.post("/oauth/token", await code_form(oauth, app))


async def _refresh_twice(oauth: OAuth, app: TestApp) -> None:
    pair = await oauth.pair(app)
    await oauth.refresh(app, pair["refresh_token"])
    oauth.api.clock.advance(61)
    await oauth.refresh(app, pair["refresh_token"])


async def _refresh(oauth: OAuth, app: TestApp, seconds: float = 0, **more: str) -> None:
    pair = await oauth.pair(app, scope="beats.read")
    oauth.api.clock.advance(seconds)
    await oauth.refresh(app, pair["refresh_token"], **more)


async def _revoked_refresh(oauth: OAuth, app: TestApp) -> None:
    pair = await oauth.pair(app)
    await oauth.call(app, "/oauth/revoke", token=pair["refresh_token"])
    await oauth.refresh(app, pair["refresh_token"])


async def _api(oauth: OAuth, app: TestApp, path: str = "/v1/beats", seconds: float = 0) -> None:
    pair = await oauth.pair(app, scope="beats.read")
    oauth.api.clock.advance(seconds)
    await oauth.opens(pair["access_token"], path)


async def _off(oauth: OAuth, app: TestApp, name: str = "disabled_at") -> None:
    pair = await oauth.pair(app)
    _set(oauth, app, **{name: oauth.state.now()})
    await oauth.opens(pair["access_token"])


async def _off_at_the_start(oauth: OAuth, app: TestApp) -> None:
    _set(oauth, app, deleted_at=oauth.state.now())
    await ask(oauth, app)


def _set(oauth: OAuth, app: TestApp, **values: object) -> None:
    with oauth.state.database.write() as connection:
        connection.execute(applications.update().where(applications.c.id == app.id).values(**values))


def asking(**asked: str) -> Mistake:
    async def make(oauth: OAuth, app: TestApp) -> None:
        await ask(oauth, app, **asked)

    return make


WRONG = base64.urlsafe_b64encode(bytes(33)).decode()
MISTAKES: list[tuple[Mistake, str, str]] = [
    (code_twice, "code.unused", "used"),
    (old_code, "code.fresh", "expired"),
    (foreign_code, "code.client", "other_client"),
    (lambda oauth, app: _with(oauth, app, code="bco_nothing"), "code.known", "unknown"),
    (lambda oauth, app: _with(oauth, app, code=""), "code.known", "missing"),
    (lambda oauth, app: _with(oauth, app, code_verifier=WRONG), "pkce.s256", "wrong"),
    (lambda oauth, app: _with(oauth, app, code_verifier=""), "pkce.s256", "missing"),
    (lambda oauth, app: _with(oauth, app, code_verifier="short"), "pkce.s256", "malformed"),
    (_plain, "pkce.s256", "plain"),
    (_no_challenge, "pkce.s256", "not_asked"),
    (lambda oauth, app: _with(oauth, app, redirect_uri=f"{REDIRECT}/"), "redirect.same", "trailing_slash"),
    (lambda oauth, app: _with(oauth, app, redirect_uri=""), "redirect.same", "missing"),
    (lambda oauth, app: _with(oauth, app, grant_type="password"), "grant_type.known", "unknown"),
    (lambda oauth, app: _with(oauth, app, grant_type=""), "grant_type.known", "missing"),
    (with_secret, "client.secret", "wrong"),
    (rotated_out, "client.secret", "rotated_out"),
    (_overlap_over, "client.secret", "rotated_out"),
    (lambda oauth, app: with_secret(oauth, app, put_app(oauth.state).secret), "client.secret", "other_client"),
    (by_post, "client.method", "other_method"),
    (_no_secret, "client.method", "other_method"),
    (_unnamed, "client.method", "none_sent"),
    (_refresh_twice, "refresh.unused", "used"),
    (lambda oauth, app: _refresh(oauth, app, 31 * 86_400), "refresh.fresh", "expired"),
    (lambda oauth, app: _refresh(oauth, app, scope="beats.read user.profile"), "scope.within", "wider"),
    (_revoked_refresh, "refresh.grant", "revoked"),
    (lambda oauth, app: _api(oauth, app, seconds=3_601), "token.live", "expired"),
    (lambda oauth, app: _api(oauth, app, "/v1/me"), "token.scope", "insufficient"),
    (_off, "token.live", "app_disabled"),
    (_off_at_the_start, "client.known", "deleted"),
    (asking(redirect_uri=f"{REDIRECT}/"), "redirect.exact", "trailing_slash"),
    (asking(redirect_uri=REDIRECT.replace("call", "Call")), "redirect.exact", "case"),
    (asking(redirect_uri=f"{REDIRECT}2"), "redirect.exact", "differs"),
    (asking(redirect_uri="https://elsewhere.example/callback"), "redirect.exact", "not_registered"),
    (asking(redirect_uri=f"{REDIRECT}#there"), "redirect.exact", "malformed"),
    (asking(response_type="token"), "response_type.code", "other"),
    (asking(response_type=""), "response_type.code", "missing"),
    (asking(response_mode="fragment"), "response_mode.query", "other"),
    (asking(request="x"), "params.no_request_object", "sent"),
    (asking(scope="beats.read beats.write"), "scope.registered", "not_registered"),
    (asking(code_challenge="", code_challenge_method=""), "pkce.present", "missing"),
    (asking(code_challenge_method="plain"), "pkce.method", "plain"),
    (asking(code_challenge_method=""), "pkce.method", "unnamed"),
    (asking(code_challenge=""), "pkce.method", "without_challenge"),
    (asking(code_challenge=f"{'a' * 43}="), "pkce.challenge", "padded"),
    (asking(code_challenge=f"{'a' * 42}+"), "pkce.challenge", "standard_alphabet"),
    (asking(code_challenge="0" * 64), "pkce.challenge", "hex"),
    (asking(code_challenge="short"), "pkce.challenge", "malformed"),
    (asking(prompt="none"), "prompt.possible", "none"),
]
