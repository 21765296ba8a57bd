"""Requests that were watched in words: who asked, what for, and what became of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bcdesk.contract.flow_rules import SECONDS
from bcdesk.ui import times
from bcdesk.ui.flow.rule_words import reason_words
from bcdesk.ui.flow.words import effect_words
from bcdesk.ui.text import counted, tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bcdesk.contract.flow_rows import HopRow, RuleRow

_BROWSERS: Final = (
    ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"), ("Chrome/", "Chrome"), ("Version/", "Safari"),
)  # fmt: skip
_SYSTEMS: Final = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip


def program(user_agent: str) -> str:
    """Name a program by its User-Agent: ``Chrome 130 on Android``, ``python-requests/2.31``."""
    if user_agent.startswith("Mozilla/"):
        for mark, name in _BROWSERS:
            version = re.search(re.escape(mark) + r"(\d+)", user_agent)
            if version is not None:
                system = next((words for sign, words in _SYSTEMS if sign in user_agent), "")
                browser = f"{name} {version[1]}"
                return tr("{browser} on {system}", browser=browser, system=system) if system else browser
    first = user_agent.split(" ", 1)[0]
    return first[:60] or tr("A program without a name")


def clock(moment: float) -> str:
    """Return the time of day to the second."""
    return times.clock(moment, seconds=True)


def step(hop: HopRow) -> str:
    """Name what was asked."""
    if hop.endpoint == "token":
        return {
            "authorization_code": tr("Redeem the code"),
            "refresh_token": tr("Refresh"),
            "client_credentials": tr("Client credentials"),
        }.get(hop.grant_type, tr("Token request"))
    return {
        "authorize": tr("Authorization request"),
        "sign_in": tr("Sign-in"),
        "consent": tr("Consent"),
        "par": tr("Pushed request"),
        "introspect": tr("Introspection"),
        "revoke": tr("Revocation"),
        "userinfo": tr("User info"),
        "api": tr("API call"),
    }.get(hop.endpoint, hop.endpoint)


def answer(hop: HopRow) -> str:
    """Say what was answered: the status, and the error where there is one."""
    return f"{hop.status} {hop.error}".strip()


def failed(hop: HopRow) -> RuleRow | None:
    """Return the first rule that was not kept."""
    return next((rule for rule in hop.rules if rule.verdict == "failed"), None)


def advised(hop: HopRow) -> RuleRow | None:
    """Return the first rule that the server lets pass although it advises otherwise."""
    return next((rule for rule in hop.rules if rule.verdict == "advice"), None)


def is_problem(hop: HopRow) -> bool:
    """Tell whether something is to be mended: a rule not kept, an error, or an advice."""
    return bool(failed(hop) or advised(hop) or hop.error or hop.status >= 400)


def verdict(hop: HopRow) -> str:
    """Name the rule that was not kept, or say how many were."""
    rule = failed(hop) or advised(hop)
    if rule is not None:
        return rule.id
    if hop.error:
        return hop.error
    kept = sum(1 for one in hop.rules if one.verdict == "passed")
    return counted(kept, "{n} rule kept", "{n} rules kept") if kept else tr("Answered")


def why(hop: HopRow) -> str:
    """Say why that rule was not kept, and what changed on the server."""
    rule = failed(hop) or advised(hop)
    parts = [reason_words(rule.reason)] if rule is not None and rule.reason else []
    return "; ".join([*parts, *map(effect_words, hop.effects)])


def compared(rule: RuleRow) -> str:
    """Say what a rule compared where that is no pair of texts: seconds, or one side alone."""
    if rule.id in SECONDS:
        parts = (
            tr("it was {span} old", span=_span(rule.got)) if rule.got else "",
            tr("{span} are allowed", span=_span(rule.expected)) if rule.expected else "",
        )
    else:
        parts = (
            tr("got {value}", value=rule.got) if rule.got else "",
            tr("expected {value}", value=rule.expected) if rule.expected else "",
        )
    return ", ".join(part for part in parts if part)


def _span(seconds: str) -> str:
    try:
        return times.span(float(seconds))
    except ValueError:
        return seconds


def counted_rules(hops: Sequence[HopRow]) -> int:
    """Count the requests that have something to mend."""
    return sum(map(is_problem, hops))
