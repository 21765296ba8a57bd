"""Every way in which a run can fail, in words: what happened, why, what to do, and what mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.flow.failures import Reason
from bcdesk.ui import times
from bcdesk.ui.flow import callback_words
from bcdesk.ui.flow.mend import Mend
from bcdesk.ui.flow.oauth_words import of_error
from bcdesk.ui.flow.target import host_of
from bcdesk.ui.flow.told import About, Facts, Told, back, register_redirect
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from bcdesk.flow.failures import Failure


def tell(failure: Failure, about: About) -> Told:
    """Put a failure into words."""
    return _TELLERS[failure.reason](failure.facts, about)


def _setup(facts: Facts, about: About) -> Told:
    field = facts.get("field", facts.get("what", ""))
    return Told(
        tr("The run could not start."),
        tr("A field of the setup holds what no request can carry: {field}.", field=field or "–"),
        tr("Correct the field above, then run again."),
        back(about, field) if field else (),
    )


def _discovery(facts: Facts, about: About) -> Told:
    status = facts.get("status", "")
    why = tr("It answered {status}.", status=status) if status else tr("Neither address of its metadata answered.")
    return Told(
        tr("{host} tells nothing of itself.", host=host_of(about.target.issuer)),
        tr("{why} A server names its endpoints at /.well-known/oauth-authorization-server (RFC 8414).", why=why),
        tr("Check the issuer's address: it has no path unless the server says so, and no slash at its end."),
        (Mend(tr("Change the issuer…"), "command", "flow.any_issuer"),),
    )


def _foreign_issuer(facts: Facts, about: About) -> Told:
    return Told(
        tr("The metadata belongs to another issuer."),
        tr("It names “{got}”, but you asked for “{expected}”. A client must refuse that (RFC 8414 §3.3).",
           got=facts.get("got", "–"), expected=facts.get("expected", about.target.issuer)),
        tr("Enter the issuer byte for byte as the server names it, or ask who runs it which one is right."),
        (Mend(tr("Change the issuer…"), "command", "flow.any_issuer"),),
    )  # fmt: skip


def _not_metadata(facts: Facts, about: About) -> Told:
    missing = facts.get("missing", facts.get("what", ""))
    why = tr("Its answer lacks {name}.", name=missing) if missing else tr("Its answer is no JSON of RFC 8414.")
    return Told(
        tr("What {host} tells of itself cannot be used.", host=host_of(about.target.issuer)),
        why,
        tr("Ask who runs the server; a login page or a proxy in front of it answers like this too."),
        (Mend(tr("Change the issuer…"), "command", "flow.any_issuer"),),
    )


def _port(facts: Facts, about: About) -> Told:
    port = facts.get("port", "")
    return Told(
        tr("Port {port} is taken.", port=port or "–"),
        tr("Another program on this machine listens there, so the browser's answer would go to it."),
        tr("End that program, then try again. bcdesk never moves to another port by itself."),
        (Mend(tr("Retry"), "command", "flow.run"),),
    )


def _not_loopback(_facts: Facts, about: About) -> Told:
    return Told(
        tr("The system browser cannot bring this answer back."),
        tr("{uri} does not lead to this machine, so no listener of bcdesk can receive it.",
           uri=about.values.redirect_uri or "–"),
        tr("Use the embedded browser, or add a redirect URI of this machine to the application."),
        (
            Mend(tr("Use the embedded browser"), "command", "flow.embedded"),
            *((Mend(tr("Add http://127.0.0.1/callback…"), "command", "flow.add_loopback"),)
              if about.target.app_id else ()),
        ),
    )  # fmt: skip


def _timeout(_facts: Facts, about: About) -> Told:
    return Told(
        tr("Nobody came back within {span}.", span=times.span(about.values.timeout)),
        tr("The page is still open, the sign-in was left, or the answer went where bcdesk does not listen."),
        tr("Run again and finish in the browser. If you did: did the browser show an error, or another program open?"),
        (Mend(tr("Run again"), "command", "flow.run"),),
    )


def _page_error(facts: Facts, about: About) -> Told:
    status, error = facts.get("status", ""), facts.get("error", "")
    if about.rules:
        rule, reason = about.rules[0]
        if rule.startswith("redirect") or "redirect" in rule:
            return Told(
                tr("The server does not know this redirect URI."),
                tr("It answers with a page of its own and redirects nowhere: the address is not proven to be yours."),
                tr("Register “{uri}” byte for byte, or use one that is registered.", uri=about.values.redirect_uri),
                (*back(about, "redirect_uri"), *register_redirect(about),
                 Mend(tr("Compare in the redirect lab…"), "command", "flow.lab")),
            )  # fmt: skip
        if rule.startswith("client"):
            return Told(
                tr("The server does not let this client in."),
                tr("Its client ID is unknown, deleted or turned off ({reason}).", reason=reason or rule),
                tr("Check the client ID; turn the application on if it is off."),
                (Mend(tr("Show the application"), "command", "flow.show_app"),) if about.target.app_id else (),
            )
    return Told(
        tr("The server shows an error in the browser."),
        tr("It answered {what} and redirects nowhere.", what=" ".join(p for p in (status, error) if p) or "–"),
        tr("Read the page: redirect URI and client ID are what a server does not redirect for."),
        (*back(about, "redirect_uri"), Mend(tr("Compare in the redirect lab…"), "command", "flow.lab")),
    )


def _certificate(facts: Facts, about: About) -> Told:
    host = facts.get("host") or host_of(about.target.issuer)
    return Told(
        tr("The certificate of {host} is not trusted.", host=host),
        tr("The browser says: {reason}.", reason=facts.get("reason", facts.get("error", "–"))),
        tr("If it is signed by your own authority, give its CA bundle under “Connection…”. It is never skipped."),
        (Mend(tr("Give a CA bundle…"), "command", "flow.connection"),),
    )


def _gone(_facts: Facts, _about: About) -> Told:
    return Told(
        tr("The browser was closed."),
        tr("Its page ended before the server answered."),
        tr("Run again, or use the other browser."),
        (Mend(tr("Run again"), "command", "flow.run"),),
    )


def _refused(facts: Facts, about: About) -> Told:
    said = of_error(facts.get("error", ""), about, authorize=False)
    raw = facts.get("error_description", facts.get("description", ""))
    why = f"{said.why} {tr('The server says: “{text}”.', text=raw[:200].rstrip('.'))}" if raw else said.why
    return said._replace(why=why)


def _garbled(facts: Facts, _about: About) -> Told:
    return Told(
        tr("The token endpoint's answer makes no sense."),
        tr("It does not follow RFC 6749 §5.1: {what}.", what=facts.get("what", "–")),
        tr("See what was received above. A proxy's error page and a wrong endpoint look like this."),
    )


def _step_refused(facts: Facts, about: About) -> Told:
    error, status = facts.get("error", ""), facts.get("status", "")
    if error == "invalid_client" and about.values.auth_method == "none":
        return Told(
            tr("The server takes this step from clients with a secret alone."),
            tr("This client proves nothing when it asks, so anyone could ask in its place (RFC 7662 §4)."),
            tr("Nothing is wrong with the tokens: a public client does without this step."),
        )
    return Told(
        tr("The server refused this step."),
        tr("It answered {what}.", what=" ".join(one for one in (status, error) if one) or "–"),
        tr("The tokens themselves are as they were. See the answer above: an ended token and a missing scope are "
           "refused like this."),
    )  # fmt: skip


def _step_garbled(facts: Facts, _about: About) -> Told:
    return Told(
        tr("The answer to this step makes no sense."),
        tr("It does not follow its standard: {what}.", what=facts.get("what", "–")),
        tr("See what was received above."),
    )


def _step_missing(facts: Facts, _about: About) -> Told:
    what = facts.get("endpoint", facts.get("what", facts.get("step", "–")))
    return Told(
        tr("This server does not offer the step."),
        tr("Its metadata names no endpoint for it: {what}.", what=what),
        tr("Leave the step out, or ask who runs the server."),
    )


def _unreachable(facts: Facts, about: About) -> Told:
    host = facts.get("host") or host_of(about.target.issuer)
    whys = {
        "refused": tr("Nothing listens at {host}.", host=host),
        "timeout": tr("{host} did not answer in time.", host=host),
        "cut": tr("The connection to {host} broke off.", host=host),
        "tls": tr("The certificate of {host} is not one that this connection trusts.", host=host),
        "dns": tr("No address is known for {host}.", host=host),
        "proxy": tr("The proxy did not let the request through to {host}.", host=host),
    }
    cause = facts.get("cause", "cut")
    tls = (Mend(tr("Change the connection…"), "command", "flow.connection"),) if cause in ("tls", "proxy") else ()
    return Told(
        tr("The server cannot be reached."),
        whys.get(cause, whys["cut"]),
        tr("Check the address and this machine's network, then run again."),
        (*tls, Mend(tr("Run again"), "command", "flow.run")),
    )


_TELLERS = {
    Reason.SETUP_INVALID: _setup,
    Reason.DISCOVERY_FAILED: _discovery,
    Reason.DISCOVERY_FOREIGN_ISSUER: _foreign_issuer,
    Reason.DISCOVERY_NOT_METADATA: _not_metadata,
    Reason.LISTENER_PORT_TAKEN: _port,
    Reason.LISTENER_NOT_LOOPBACK: _not_loopback,
    Reason.CALLBACK_NOT_REDIRECT: callback_words.not_redirect,
    Reason.CALLBACK_REPEATED: callback_words.repeated,
    Reason.CALLBACK_NO_STATE: callback_words.no_state,
    Reason.CALLBACK_FOREIGN_STATE: callback_words.foreign_state,
    Reason.CALLBACK_NO_ISS: callback_words.no_iss,
    Reason.CALLBACK_FOREIGN_ISS: callback_words.foreign_iss,
    Reason.CALLBACK_ERROR: callback_words.error,
    Reason.CALLBACK_NO_CODE: callback_words.no_code,
    Reason.CALLBACK_FRAGMENT: callback_words.fragment,
    Reason.CALLBACK_QUERY_LOST: callback_words.query_lost,
    Reason.BROWSER_TIMEOUT: _timeout,
    Reason.BROWSER_PAGE_ERROR: _page_error,
    Reason.BROWSER_CERTIFICATE: _certificate,
    Reason.BROWSER_GONE: _gone,
    Reason.TOKEN_REFUSED: _refused,
    Reason.TOKEN_GARBLED: _garbled,
    Reason.STEP_REFUSED: _step_refused,
    Reason.STEP_GARBLED: _step_garbled,
    Reason.STEP_MISSING: _step_missing,
    Reason.UNREACHABLE: _unreachable,
}
