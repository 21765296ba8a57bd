"""Hops, phases, methods and effects of a run in words."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bcdesk.flow.trace import Channel
from bcdesk.flow.values import Phase
from bcdesk.ui.text import counted, tr

if TYPE_CHECKING:
    from bcdesk.flow.trace import Hop


def title() -> str:
    """Return the page's title."""
    return tr("Flow tester")


def hop_words(hop: Hop) -> str:
    """Name a hop by what it is, with the path or the scheme where that says more."""
    plain = {
        "prepare": tr("Prepare"),
        "browser": tr("Sign-in and consent"),
        "discovery": tr("Discovery"),
        "keys": tr("Keys of the server"),
        "page": tr("Page"),
    }
    if hop.name == "callback":
        return tr("Callback {scheme}", scheme=_scheme(hop)).strip()
    if hop.name == "page" and hop.facts.get("title"):
        return hop.facts["title"]
    if hop.name == "page" and hop.sent is not None and hop.sent.url:
        return tr("Page {path}", path=urlsplit(hop.sent.url).path or "/")
    if hop.name in plain:
        return plain[hop.name]
    sent = hop.sent
    if sent is not None and sent.url:
        return f"{sent.method or 'GET'} {urlsplit(sent.url).path or '/'}"
    return {
        "authorize": tr("Authorize"),
        "token": tr("Token"),
        "refresh": tr("Refresh"),
        "introspect": tr("Introspect"),
        "userinfo": tr("Userinfo"),
        "call": tr("Call the API"),
        "revoke": tr("Revoke"),
    }.get(hop.name, hop.name)


def _scheme(hop: Hop) -> str:
    message = hop.received or hop.sent
    scheme = urlsplit(message.url).scheme if message is not None and message.url else ""
    return f"{scheme}://" if scheme else ""


def purpose(hop: Hop) -> str:
    """Say who sends what to whom, and why."""
    return {
        "discovery": tr("The desk asks the server for its metadata."),
        "prepare": tr("The desk draws state and code verifier. Nothing is sent yet."),
        "authorize": tr("The desk sends the browser to the server with what the app asks for."),
        "browser": tr("The person signs in and decides in the browser."),
        "page": tr("The browser opened this page on its way."),
        "callback": tr("The server sends the browser back with its answer."),
        "token": tr("The desk redeems the code at the server, as the app's backend does."),
        "refresh": tr("The desk asks for a new access token."),
        "introspect": tr("The desk asks the server what it knows of the token."),
        "userinfo": tr("The desk asks who signed in."),
        "call": tr("The desk calls the API with the access token."),
        "revoke": tr("The desk asks the server to end the token."),
        "keys": tr("The desk fetches the server's public keys, to check a signature."),
    }.get(hop.name, "")


def channel_words(hop: Hop) -> str:
    """Say which way a hop went."""
    return {
        Channel.LOCAL: tr("on this machine"),
        Channel.FRONT: tr("front channel: through the browser"),
        Channel.BACK: tr("back channel: from program to server"),
    }[hop.channel]


def outcome(hop: Hop) -> tuple[str, str, str]:
    """Return tone, glyph and words of how a hop went."""
    if hop.ok is None:
        return "muted", "ring", tr("under way")
    return ("ok", "dot", tr("passed")) if hop.ok else ("bad", "dot", tr("failed"))


def took(milliseconds: float | None) -> str:
    """Say how long a hop took: ``12 ms``, ``6.2 s``."""
    if milliseconds is None:
        return ""
    if milliseconds < 1000:
        return tr("{n} ms", n=round(milliseconds))
    if milliseconds < 60_000:
        return tr("{n} s", n=f"{milliseconds / 1000:.1f}")
    return tr("{n} min", n=int(milliseconds // 60_000))


def phase_words(phase: Phase) -> str:
    """Say where a run is."""
    return {
        Phase.NEW: tr("Not run yet"),
        Phase.PREPARING: tr("Preparing…"),
        Phase.AUTHORIZING: tr("Waiting for the browser…"),
        Phase.CALLBACK: tr("Checking the answer…"),
        Phase.TOKEN: tr("Redeeming the code…"),
        Phase.USING: tr("Using the token…"),
        Phase.DONE: tr("Done"),
        Phase.FAILED: tr("Failed"),
        Phase.CANCELLED: tr("Cancelled"),
    }[phase]


def field_words(name: str) -> str:
    """Name a field of the setup."""
    return {
        "redirect_uri": tr("Redirect URI"),
        "scopes": tr("Scopes"),
        "pkce": tr("PKCE"),
        "auth_method": tr("Sign-in of the app"),
        "params": tr("Further parameters"),
        "state": tr("State"),
        "verifier": tr("Code verifier"),
        "then": tr("After the token"),
        "timeout": tr("Time limit"),
        "tls": tr("Connection"),
        "issuer": tr("Issuer"),
        "client_id": tr("Client ID"),
        "secret": tr("Client secret"),
    }.get(name, name)


def value_words(value: object) -> str:
    """Return a field's value as it is shown in a difference."""
    if value is None or value in ("", ()):
        return "–"
    if isinstance(value, tuple):
        return " ".join(f"{one[0]}={one[1]}" if isinstance(one, tuple) else str(one) for one in value)
    return str(value)


def effect_words(effect: str) -> str:
    """Say what a request changed on the server."""
    return {
        "request_pushed": tr("the request was pushed"),
        "code_issued": tr("a code was issued"),
        "code_spent": tr("the code is spent"),
        "code_burned": tr("the code is burned: it can no longer be redeemed"),
        "family_revoked": tr("every token of this sign-in is revoked"),
        "tokens_issued": tr("tokens were issued"),
        "tokens_repeated": tr("the reply that was lost was given once more"),
        "token_revoked": tr("the token is revoked"),
        "user_denied": tr("the user refused"),
    }.get(effect, effect.replace("_", " "))


def seconds_left(seconds: float) -> str:
    """Count down: ``4:59``."""
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def cookies_words(number: int) -> str:
    """Count the cookies that the browser holds."""
    return counted(number, "{n} cookie", "{n} cookies")
