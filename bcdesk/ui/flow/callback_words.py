"""Every way in which an answer of the browser is refused, in words."""

from __future__ import annotations

from bcdesk.flow.failures import StateCause
from bcdesk.ui import times
from bcdesk.ui.flow.mend import Mend
from bcdesk.ui.flow.oauth_words import of_error
from bcdesk.ui.flow.target import host_of
from bcdesk.ui.flow.told import About, Facts, Told, back
from bcdesk.ui.text import tr


def not_redirect(facts: Facts, about: About) -> Told:
    """It came to another address than the run asked for."""
    position = facts.get("position", "")
    where = tr("They differ at character {n}.", n=int(position) + 1) if position.isdigit() else ""
    return Told(
        tr("The answer went to another address."),
        tr("The run asked for “{expected}”. {where}", expected=about.values.redirect_uri, where=where).strip(),
        tr("A client must take nothing that comes elsewhere. Compare both in the redirect lab, byte for byte."),
        (Mend(tr("Compare in the redirect lab…"), "command", "flow.lab"),),
    )


def repeated(facts: Facts, _about: About) -> Told:
    """A parameter is there twice."""
    name = facts.get("names", "")
    return Told(
        tr("The answer carries a parameter twice."),
        tr("“{name}” is there more than once, and which one counts would be a guess (RFC 6749 §3.1).", name=name),
        tr("The server, or a proxy that adds parameters, must send each once. No token was asked for."),
    )


def no_state(_facts: Facts, _about: About) -> Told:
    """There is no state."""
    return Told(
        tr("The answer carries no state."),
        tr("Without it nobody can tell this answer from one that somebody else began (RFC 6749 §10.12)."),
        tr("The server must send back the state of the request unchanged. The code was not redeemed."),
    )


def foreign_state(facts: Facts, about: About) -> Told:
    """The state is another one: which, how old, and which of the four causes."""
    expected, got = facts.get("expected", ""), facts.get("got", "")
    age = facts.get("age", facts.get("age_seconds", ""))
    span = times.span(float(age)) if age.replace(".", "", 1).isdigit() else ""
    cause = facts.get("cause", "")
    whys = {
        StateCause.EARLIER_RUN.value: tr("It is that of an earlier run, begun {span} before.", span=span or "–"),
        StateCause.ALTERED.value: tr("It is this run's, changed on the way: decoded, cut or encoded twice."),
        StateCause.FORGED.value: tr("Nobody here drew it: somebody else began that request."),
        StateCause.MISSING.value: tr("The answer carries none at all."),
    }
    dos = {
        StateCause.EARLIER_RUN.value: tr("Close the old tab and go on in the newest one."),
        StateCause.ALTERED.value: tr("Look at what handles the state in between: it must stay byte for byte."),
        StateCause.FORGED.value: tr("Take nothing from it: this is what the state guards against."),
        StateCause.MISSING.value: tr("The server must send the state back. The code was not redeemed."),
    }
    compare = tr("Expected {expected}, got {got}.", expected=_short(expected), got=_short(got))
    return Told(
        tr("The state is not that of this run."),
        f"{compare} {whys.get(cause, whys[StateCause.FORGED.value])}",
        dos.get(cause, dos[StateCause.FORGED.value]),
        back(about, "state"),
    )


def _short(text: str) -> str:
    if not text:
        return "–"
    return f"“{text[:12]}…”" if len(text) > 13 else f"“{text}”"


def no_iss(_facts: Facts, about: About) -> Told:
    """The promised iss is missing."""
    return Told(
        tr("The answer does not say who gives it."),
        tr("{host} says that it sends “iss”, and did not (RFC 9207 §2.4).", host=host_of(about.target.issuer)),
        tr("Take no code from such an answer: it may come from another server. Ask who runs the server."),
    )


def foreign_iss(facts: Facts, about: About) -> Told:
    """The iss is another one."""
    return Told(
        tr("The answer comes from another issuer."),
        tr("Expected “{expected}”, got “{got}” (RFC 9207 §2.4).",
           expected=facts.get("expected", about.target.issuer), got=facts.get("got", "–")),
        tr("This is how a mix-up attack looks. The code was not sent anywhere. Check both addresses for a slash."),
    )  # fmt: skip


def error(facts: Facts, about: About) -> Told:
    """The server answered with an error."""
    said = of_error(facts.get("error", ""), about, authorize=True)
    raw = facts.get("error_description", facts.get("description", ""))
    why = f"{said.why} {tr('The server says: “{text}”.', text=raw[:200].rstrip('.'))}" if raw else said.why
    return said._replace(why=why)


def no_code(_facts: Facts, _about: About) -> Told:
    """There is neither code nor error."""
    return Told(
        tr("The answer carries neither a code nor an error."),
        tr("The server redirected without an answer."),
        tr("Look at the request above: response_type must be “code”, and further parameters may change the answer."),
    )


def fragment(_facts: Facts, about: About) -> Told:
    """The answer stands in the fragment."""
    return Told(
        tr("The answer stands behind a #."),
        tr("That is the implicit flow, in which tokens lie in the address and its history (RFC 9700 §2.1.2)."),
        tr("Ask for response_type=code, and no response_mode=fragment. Nothing of the answer was kept."),
        back(about, "params"),
    )


def query_lost(_facts: Facts, _about: About) -> Told:
    """The query was lost on the way."""
    return Told(
        tr("The answer arrived without its query."),
        tr("Something between server and app cut off what follows the question mark."),
        tr("Look for a redirect that drops the query: from http to https, to a trailing slash, or at a proxy."),
    )
