"""What the redirect rules say of a URI, in words."""

from __future__ import annotations

from typing import NamedTuple

from bcdesk.contract.redirects import Caution, Reason, Verdict, judge, parts_of
from bcdesk.ui.text import tr


class Said(NamedTuple):
    """A verdict in words, and its tone: ``muted`` where all is well, ``warn`` for a caution, ``bad`` for a refusal."""

    words: str
    tone: str


def of_uri(uri: str, app_type: str) -> Said:
    """Say whether ``uri`` may be registered, and what should be known of it."""
    return of_verdict(judge(uri, app_type=app_type), uri)


def of_verdict(verdict: Verdict, uri: str) -> Said:
    """Say what ``verdict`` means for ``uri``."""
    if not verdict.ok:
        return Said(refusal(verdict, uri), "bad")
    if verdict.cautions:
        return Said(" ".join(caution_words(one) for one in verdict.cautions), "warn")
    return Said(accepted(uri), "muted")


def accepted(uri: str) -> str:
    """Say why ``uri`` is fine."""
    parts = parts_of(uri)
    scheme = parts.scheme.lower() if parts is not None else ""
    if scheme == "https":
        return tr("Accepted: compared byte for byte.")
    if scheme == "http":
        return tr("Accepted: on this machine, any port.")
    return tr("Accepted: opens the app that owns the scheme.")


def caution_words(caution: Caution) -> str:
    """Say what should be known of a URI that is accepted."""
    return {
        Caution.NOT_REVERSE_DNS: tr(
            "Accepted, but another app can claim this scheme too. A reverse domain such as com.example.app is safer; "
            "PKCE protects the code."
        ),
        Caution.PORT_BLOCKED: tr("Accepted, but browsers refuse to open this port. Choose another."),
        Caution.LOCALHOST: tr(
            "Accepted with this very port only. Prefer 127.0.0.1, which takes any port and no detour by the name."
        ),
        Caution.UPPER_CASE: tr("Accepted, but some programs lower its capitals, and then it no longer matches."),
    }[caution]


def refusal(verdict: Verdict, uri: str) -> str:
    """Say why ``uri`` is refused, and where in it that lies."""
    words = {
        Reason.EMPTY: tr("An address is missing here."),
        Reason.TOO_LONG: tr("This is longer than 2,000 characters."),
        Reason.CONTROL_CHARACTER: tr("There is a space or an invisible character in it."),
        Reason.BACKSLASH: tr("A backslash is read as a slash by browsers: write a slash."),
        Reason.NOT_ASCII: tr("Letters beyond ASCII are not allowed: write them percent-encoded."),
        Reason.BAD_CHARACTER: tr("There is a character in it that no address may have."),
        Reason.BAD_PERCENT: tr("A percent sign needs two hexadecimal digits after it."),
        Reason.NO_SCHEME: tr("It must begin with a scheme, such as https://."),
        Reason.FRAGMENT: tr("It must not have a fragment (#…)."),
        Reason.WILDCARD: tr("Wildcards are not allowed: list each address."),
        Reason.USERINFO: tr("It must not have a name or password before the host."),
        Reason.NO_HOST: tr("The host is missing."),
        Reason.BAD_HOST: tr("The host is not one."),
        Reason.BAD_PORT: tr("The port must be a number up to 65535."),
        Reason.SCHEME_RESERVED: tr("This scheme belongs to a standard, so no app can own it."),
        Reason.SCHEME_DANGEROUS: tr("This scheme could run code or reach into the system."),
        Reason.HTTP_OFF_LOOPBACK: tr("Without https anyone on the way could read the code. Use https."),
        Reason.CUSTOM_SCHEME_NOT_MOBILE: tr("Only a mobile application may have a scheme of its own."),
        Reason.SERVICE_TAKES_NONE: tr("A service has no users, so nothing is redirected."),
        Reason.DOT_SEGMENT: tr("It must not have “.” or “..” between slashes."),
    }.get(verdict.reason, tr("This cannot be a redirect URI."))
    if verdict.at and verdict.at < len(uri):
        return tr("{words} See “{rest}”.", words=words, rest=_short(uri[verdict.at :]))
    return words


def _short(text: str) -> str:
    shown = "".join(character if character.isprintable() else "␣" for character in text[:24])
    return shown + ("…" if len(text) > 24 else "")
