"""The error codes of OAuth in words, and what mends each; sharper where the server told which rule failed."""

from __future__ import annotations

from bcdesk.ui.flow.mend import Mend
from bcdesk.ui.flow.told import About, Told, back
from bcdesk.ui.text import tr


def of_error(error: str, about: About, *, authorize: bool) -> Told:
    """Say what an error of the authorization endpoint (``authorize``) or of the token endpoint means."""
    sharp = _by_rule(about)
    if sharp is not None:
        return sharp
    known = _AUTHORIZE.get(error) if authorize else None
    known = known or _TOKEN.get(error) or _AUTHORIZE.get(error)
    if known is not None:
        return known(about)
    return Told(
        tr("The server answered with the error “{error}”.", error=error or "–"),
        tr("RFC 6749 does not know this code: it is the server's own."),
        tr("Look it up in the server's documentation."),
    )


def _by_rule(about: About) -> Told | None:
    for rule, reason in about.rules:
        for start, teller in _RULES:
            if rule.startswith(start):
                told = teller(about, reason)
                if told is not None:
                    return told
    return None


def _pkce(about: About, reason: str) -> Told | None:
    if about.values.verifier is not None:
        return Told(
            tr("The server refused the code."),
            tr("The verifier you changed for this run does not hash to the challenge of this run."),
            tr("This is what PKCE is for. To go on, let the run draw its own."),
            (Mend(tr("Use the run's own verifier…"), "run", "verifier", about.values.verifier, None),),
        )
    if about.values.pkce != "S256":
        return Told(
            tr("The server asks for PKCE with S256."),
            tr("This run used {method}, which it does not take ({reason}).", method=about.values.pkce,
               reason=reason or "–"),
            tr("Use S256: every current library does."),
            (Mend(tr("Use S256…"), "run", "pkce", about.values.pkce, "S256"),),
        )  # fmt: skip
    return None


def _scope_rule(about: About, _reason: str) -> Told | None:
    return _scope(about)


def _code(_about: About, reason: str) -> Told | None:
    whys = {
        "used": tr("It was redeemed before. A second use revokes what the first one got (RFC 9700 §4.5)."),
        "expired": tr("It is older than ten minutes."),
        "other_client": tr("It was issued to another client."),
        "unknown": tr("The server does not know it."),
    }
    if reason not in whys:
        return None
    return Told(
        tr("The server refused the code."),
        whys[reason],
        tr("Run again: each run gets a code of its own."),
        (Mend(tr("Run again"), "command", "flow.run"),),
    )


def _secret(about: About, reason: str) -> Told | None:
    whys = {
        "rotated_out": tr("That secret ended when its overlap was over."),
        "wrong": tr("That is not a secret of this application."),
        "other_method": tr("The application is registered for another way of sending it."),
        "missing": tr("None was sent."),
    }
    if reason not in whys:
        return None
    mends: tuple[Mend, ...] = (Mend(tr("Enter the secret again"), "command", "flow.run"),)
    return Told(
        tr("The server does not accept the client secret."),
        whys[reason],
        tr("Enter the newest secret, or make one for this run."),
        back(about, "auth_method") or mends,
    )


def _redirect(about: About, _reason: str) -> Told | None:
    return Told(
        tr("The redirect URI is not the one of the request."),
        tr("The token request must name it byte for byte (RFC 6749 §4.1.3)."),
        tr("Compare both in the redirect lab."),
        (*back(about, "redirect_uri"), Mend(tr("Compare in the redirect lab…"), "command", "flow.lab")),
    )


_RULES = (
    ("pkce", _pkce),
    ("scope", _scope_rule),
    ("code", _code),
    ("client.secret", _secret),
    ("client.method", _secret),
    ("redirect", _redirect),
)


def _denied(_about: About) -> Told:
    return Told(
        tr("The person refused."),
        tr("In the browser somebody chose not to allow it. To an app this is an answer as good as any."),
        tr("An app must go on without access here. Run again to allow it."),
        (Mend(tr("Run again"), "command", "flow.run"),),
    )


def _request(about: About) -> Told:
    changed = next((one for one in ("params", "pkce", "redirect_uri") if back(about, one)), "")
    return Told(
        tr("The server finds the request incomplete or wrong."),
        tr("A parameter is missing, twice, or has a value that it does not take."),
        tr("Compare what was sent with the registration; undo what you changed for this run."),
        back(about, changed) if changed else (),
    )


def _unauthorized(about: About) -> Told:
    app = (Mend(tr("Show the application"), "command", "flow.show_app"),) if about.target.app_id else ()
    return Told(
        tr("This client may not do that."),
        tr("Its registration does not have this kind of grant."),
        tr("Give it the grant in its registration, or use one that it has."),
        app,
    )


def _response_type(about: About) -> Told:
    return Told(
        tr("The server does not give this kind of answer."),
        tr("It gives codes only: response_type=code."),
        tr("Take the response_type out of the further parameters."),
        back(about, "params"),
    )


def _scope(about: About) -> Told:
    registered = set(about.target.registered.scopes)
    extra = tuple(one for one in about.values.scopes if one not in registered)
    mends = back(about, "scopes")
    if extra and about.target.app_id:
        both = tuple(dict.fromkeys((*about.target.registered.scopes, *extra)))
        mends = (*mends, Mend(tr("Add it to the application…"), "app", "scopes", about.target.registered.scopes, both))
    why = tr("“{scope}” is not among the scopes of this application.", scope=" ".join(extra)) if extra else tr(
        "The server does not know a scope that was asked for, or does not give it to this client."
    )  # fmt: skip
    return Told(tr("A scope was refused."), why, tr("Ask for registered scopes only."), mends)


def _server(_about: About) -> Told:
    return Told(
        tr("The server failed."),
        tr("It met a fault of its own."),
        tr("Try again. If it stays, give whoever runs it the number of the request."),
        (Mend(tr("Run again"), "command", "flow.run"),),
    )


def _busy(_about: About) -> Told:
    return Told(
        tr("The server is busy or being tended."),
        tr("It cannot serve the request now."),
        tr("Wait a little, then run again. An app must do the same."),
        (Mend(tr("Run again"), "command", "flow.run"),),
    )


def _person(about: About) -> Told:
    return Told(
        tr("The server needs the person."),
        tr("The request forbade it to show a page (prompt=none), and it has to show one."),
        tr("Take prompt=none out of the further parameters."),
        back(about, "params"),
    )


def _grant(about: About) -> Told:
    if about.values.verifier is not None:
        told = _pkce(about, "")
        if told is not None:
            return told
    return Told(
        tr("The server refused the code."),
        tr("It is unknown, expired, used before, another client's, or its verifier or redirect URI does not fit."),
        tr("Run again: each run gets a code of its own. If it stays, undo what you changed for this run."),
        (*back(about, "redirect_uri"), Mend(tr("Run again"), "command", "flow.run")),
    )


def _client(about: About) -> Told:
    return Told(
        tr("The server does not accept how the app signs in."),
        tr("The client ID is unknown, the secret is wrong or ended, or it is sent in another way than registered."),
        tr("Enter the newest secret, or make one for this run."),
        back(about, "auth_method") or (Mend(tr("Enter the secret again"), "command", "flow.run"),),
    )


def _grant_type(about: About) -> Told:
    return _unauthorized(about)._replace(what=tr("The server does not know this kind of grant."))


_AUTHORIZE = {
    "access_denied": _denied,
    "invalid_request": _request,
    "unauthorized_client": _unauthorized,
    "unsupported_response_type": _response_type,
    "invalid_scope": _scope,
    "server_error": _server,
    "temporarily_unavailable": _busy,
    "login_required": _person,
    "consent_required": _person,
    "interaction_required": _person,
}
_TOKEN = {
    "invalid_request": _request,
    "invalid_client": _client,
    "invalid_grant": _grant,
    "unauthorized_client": _unauthorized,
    "unsupported_grant_type": _grant_type,
    "invalid_scope": _scope,
}
