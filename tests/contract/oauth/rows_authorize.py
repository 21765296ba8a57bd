"""The authorization endpoint: RFC 6749 §3.1 and §4.1, RFC 9207, and where RFC 9700 is stricter."""

from tests.contract.oauth.matrix import SCOPE, ask, code_form, error_of, on_page, row
from tests.contract.oauth_support import REDIRECT, OAuth, Pkce, put_app, refusal, request_of, told


@row("RFC 6749 §4.1.2.1", "an unknown client ends on a page")
async def _(oauth: OAuth) -> None:
    assert on_page(await ask(oauth, put_app(oauth.state), client_id="client_000000000000000000"))


@row("RFC 6749 §4.1.2.1", "a request without client_id ends on a page")
async def _(oauth: OAuth) -> None:
    assert on_page(await ask(oauth, put_app(oauth.state), client_id=""))


@row("RFC 6749 §4.1.2.1", "a disabled or deleted client ends on a page")
async def _(oauth: OAuth) -> None:
    for gone in ("disabled_at", "deleted_at"):
        assert on_page(await ask(oauth, put_app(oauth.state, "web", **{gone: oauth.state.now()})))


@row("RFC 6749 §3.1.2.3", "with two registered addresses the request has to name one")
async def _(oauth: OAuth) -> None:
    two = put_app(oauth.state, redirect_uris=[REDIRECT, REDIRECT + "2"])
    assert on_page(await ask(oauth, two, redirect_uri=""))


@row("RFC 6749 §3.1.2.3", "the one registered address is where a request without any goes")
async def _(oauth: OAuth) -> None:
    app, pkce = put_app(oauth.state), Pkce()
    form = await code_form(oauth, app, pkce, redirect_uri="")
    del form["redirect_uri"]
    assert (await oauth.token(app, **form)).status_code == 200


@row("RFC 6749 §3.1.2.2", "a service registers no address and is sent nowhere")
async def _(oauth: OAuth) -> None:
    assert on_page(await ask(oauth, put_app(oauth.state, "service")))


@row("RFC 6749 §3.1", "client_id, redirect_uri or request_uri sent twice end on a page")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    sound = list(request_of(app, Pkce()).items())
    for twice in (("client_id", app.client_id), ("redirect_uri", REDIRECT), ("request_uri", "urn:a")):
        assert on_page(await oauth.browser().get([*sound, twice, twice]))


@row("RFC 6749 §3.1", "any other parameter sent twice is invalid_request, and of two states none comes back")
async def _(oauth: OAuth) -> None:
    sound = list(request_of(put_app(oauth.state), Pkce()).items())
    for twice in ("scope", "response_type", "code_challenge"):
        answer = told(await oauth.browser().get([*sound, (twice, "x"), (twice, "y")]))
        assert (answer["error"], answer["state"]) == ("invalid_request", "s-1")
    answer = told(await oauth.browser().get([*sound, ("state", "s-2")]))
    assert answer["error"] == "invalid_request"
    assert "state" not in answer


@row("RFC 6749 §3.1", "a parameter without a value counts as left out, an unknown one is ignored")
async def _(oauth: OAuth) -> None:
    app, pkce = put_app(oauth.state), Pkce()
    query = [*request_of(app, pkce).items(), ("scope", ""), ("utm_source", "mail")]
    assert (await oauth.browser().get(query)).status_code == 200


@row("RFC 9700 §2.1.2", "there is no implicit grant and no hybrid of it")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    for kind in ("token", "code token", "id_token", "CODE"):
        assert await error_of(oauth, app, response_type=kind) == "unsupported_response_type"


@row("RFC 6749 §3.1.1", "a request without response_type is invalid_request")
async def _(oauth: OAuth) -> None:
    assert await error_of(oauth, put_app(oauth.state), response_type="") == "invalid_request"


@row("RFC 6749 §4.1.2.1", "a client that registered no code grant is unauthorized_client")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state, grant_types=["client_credentials"])
    assert await error_of(oauth, app) == "unauthorized_client"


@row("RFC 6749 §3.3", "a scope that is unknown, or not registered for the client, is invalid_scope")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state, scopes=["beats.read"])
    for scope in ("beats.write", "purchases.write", "beats.read purchases.write", "manage", "Beats.Read"):
        assert await error_of(oauth, app, scope=scope) == "invalid_scope"


@row("RFC 6749 §3.3", "without scope the client gets what it registered, and is told")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state, scopes=["beats.read", "user.profile"])
    assert (await oauth.pair(app))["scope"] == "beats.read user.profile"


@row("RFC 6749 §4.1.2.1", "whoever does not allow it is told to the client as access_denied")
async def _(oauth: OAuth) -> None:
    app, browser = put_app(oauth.state), oauth.browser()
    at_login = told(await browser.submit(await browser.get(request_of(app, Pkce())), action="deny"))
    consent = await browser.sign_in(await browser.get(request_of(app, Pkce())))
    at_consent = told(await browser.submit(consent, action="deny"))
    for answer in (at_login, at_consent):
        assert (answer["error"], answer["state"], answer["iss"]) == ("access_denied", "s-1", oauth.state.issuer)


@row("RFC 6749 §4.1.2", "the answer is added to the query that the address has, not a character changed")
async def _(oauth: OAuth) -> None:
    uri = "https://shop.example/cb?tenant=a%2Fb&x"
    app, browser = put_app(oauth.state, redirect_uris=[uri]), oauth.browser()
    consent = await browser.sign_in(await browser.get(request_of(app, Pkce(), redirect_uri=uri)))
    location = (await browser.submit(consent, action="allow")).headers["location"]
    assert location.startswith(f"{uri}&code=bco_")


@row("RFC 6749 §4.1.2", "the state comes back byte for byte")
async def _(oauth: OAuth) -> None:
    state = 'a b+c%20&d="é\u202e'
    assert (await oauth.browser().allow(put_app(oauth.state), Pkce(), state=state))["state"] == state


@row("RFC 9700 §4.12", "every redirect is 303, so that no browser sends the form on")
async def _(oauth: OAuth) -> None:
    app, browser = put_app(oauth.state), oauth.browser()
    assert (await ask(oauth, app, scope="nothing")).status_code == 303
    consent = await browser.sign_in(await browser.get(request_of(app, Pkce())))
    assert (await browser.submit(consent, action="allow")).status_code == 303


@row("RFC 9207 §2", "a successful answer names the issuer")
async def _(oauth: OAuth) -> None:
    answer = await oauth.browser().allow(put_app(oauth.state), Pkce())
    assert set(answer) == {"code", "state", "iss"}
    assert answer["iss"] == oauth.state.issuer


@row("RFC 9207 §2", "an error names the issuer")
async def _(oauth: OAuth) -> None:
    answer = told(await ask(oauth, put_app(oauth.state), scope="nothing"))
    assert answer["iss"] == oauth.state.issuer


@row("RFC 9207 §3", "the metadata say that it does")
async def _(oauth: OAuth) -> None:
    told_of = (await oauth.http.get("/.well-known/oauth-authorization-server")).json()
    assert told_of["authorization_response_iss_parameter_supported"] is True
    assert told_of["issuer"] == oauth.state.issuer


@row("RFC 9101 §10.4", "a request object is refused as such, not ignored")
async def _(oauth: OAuth) -> None:
    assert await error_of(oauth, put_app(oauth.state), request="e30.e30.") == "request_not_supported"


@row("RFC 9700 §4.3.2", "the answer never goes into a fragment")
async def _(oauth: OAuth) -> None:
    assert await error_of(oauth, put_app(oauth.state), response_mode="fragment") == "invalid_request"


@row("OpenID Connect Core §3.1.2.6", "prompt=none shows nobody a page")
async def _(oauth: OAuth) -> None:
    assert await error_of(oauth, put_app(oauth.state), prompt="none") == "login_required"


@row("RFC 6749 §3.3", "what the user allowed is what the token opens")
async def _(oauth: OAuth) -> None:
    pair = await oauth.pair(put_app(oauth.state), scope="beats.read")
    assert await oauth.opens(pair["access_token"]) == 200
    assert await oauth.opens(pair["access_token"], "/v1/me") == 403


@row("RFC 6749 §6", "a refresh never widens what was allowed")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    pair = await oauth.pair(app, scope="beats.read")
    wider = await oauth.refresh(app, pair["refresh_token"], scope="beats.read user.profile")
    assert refusal(wider) == SCOPE
