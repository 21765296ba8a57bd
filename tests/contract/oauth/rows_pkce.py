"""PKCE (RFC 7636), with S256 alone (RFC 9700 §2.1.1)."""

from tests.contract.oauth.matrix import GRANT, ask, code_form, error_of, refused, row
from tests.contract.oauth_support import OAuth, Pkce, put_app, request_of


@row("RFC 7636 §4.4.1", "a public client without a challenge is invalid_request")
async def _(oauth: OAuth) -> None:
    for kind in ("mobile", "spa"):
        app = put_app(oauth.state, kind)
        assert await error_of(oauth, app, code_challenge="", code_challenge_method="") == "invalid_request"


@row("RFC 7636 §4.4.1", "a public client cannot be freed from PKCE, whatever its row says")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state, "spa", pkce_required=False)
    assert await error_of(oauth, app, code_challenge="", code_challenge_method="") == "invalid_request"


@row("RFC 9700 §2.1.1", "a confidential client that uses PKCE is held to it")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    assert await error_of(oauth, app, code_challenge="", code_challenge_method="") == "invalid_request"


@row("RFC 9700 §2.1.1", "the method plain is refused")
async def _(oauth: OAuth) -> None:
    assert await error_of(oauth, put_app(oauth.state), code_challenge_method="plain") == "invalid_request"


@row("RFC 7636 §4.3", "a challenge without a method would be plain, so it is refused")
async def _(oauth: OAuth) -> None:
    assert await error_of(oauth, put_app(oauth.state), code_challenge_method="") == "invalid_request"


@row("RFC 7636 §4.3", "a method without a challenge is refused, even where PKCE is free")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state, pkce_required=False)
    assert await error_of(oauth, app, code_challenge="") == "invalid_request"


@row("RFC 7636 §4.2", "a challenge that S256 never gives is refused")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    for challenge in ("a" * 42, "a" * 44, "a" * 42 + "=", "a" * 42 + "+", "é" * 43):
        assert await error_of(oauth, app, code_challenge=challenge) == "invalid_request"


@row("RFC 7636 §4.6", "a wrong verifier is invalid_grant, and the code is spent")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    form = await code_form(oauth, app)
    assert await refused(oauth, app, **{**form, "code_verifier": Pkce().verifier}) == GRANT
    assert await refused(oauth, app, **form) == GRANT


@row("RFC 7636 §4.5", "a code that was asked for with a challenge is not had without a verifier")
async def _(oauth: OAuth) -> None:
    for kind in ("web", "spa"):
        app = put_app(oauth.state, kind)
        form = await code_form(oauth, app)
        del form["code_verifier"]
        assert (await refused(oauth, app, **form))[0] == 400


@row("RFC 7636 §4.6", "the challenge is no verifier")
async def _(oauth: OAuth) -> None:
    app, pkce = put_app(oauth.state), Pkce()
    form = await code_form(oauth, app, pkce)
    assert await refused(oauth, app, **{**form, "code_verifier": pkce.challenge}) == GRANT


@row("RFC 7636 §4.1", "a verifier that is too short or of other characters is refused")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state)
    for verifier in ("short", "a" * 129, "é" * 43, "a" * 42 + "/"):
        form = await code_form(oauth, app)
        assert (await refused(oauth, app, **{**form, "code_verifier": verifier}))[0] == 400


@row("RFC 9700 §2.1.1", "a verifier for a code without a challenge is a downgrade and refused")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state, pkce_required=False)
    code = await oauth.consent(app)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": request_of(app)["redirect_uri"]}
    assert (await refused(oauth, app, **form, code_verifier=Pkce().verifier))[0] == 400


@row("RFC 7636 §5", "a confidential client that is freed from PKCE goes without, or with")
async def _(oauth: OAuth) -> None:
    app = put_app(oauth.state, pkce_required=False)
    code = await oauth.consent(app)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": request_of(app)["redirect_uri"]}
    assert (await oauth.token(app, **form)).status_code == 200
    assert (await oauth.token(app, **await code_form(oauth, app))).status_code == 200


@row("RFC 9700 §2.1.1", "the metadata name S256 alone")
async def _(oauth: OAuth) -> None:
    told_of = (await oauth.http.get("/.well-known/oauth-authorization-server")).json()
    assert told_of["code_challenge_methods_supported"] == ["S256"]
    assert (await ask(oauth, put_app(oauth.state))).status_code == 200
