"""Judges what arrived at a redirect URI before anything else is done with it: pure, on raw text.

The order is the order of the checks: the redirect itself, doubled parameters, an answer in the fragment, state,
iss (RFC 9207), error, code. What fails one of them starts no request.
"""

import hmac
from collections import Counter
from dataclasses import dataclass, field
from typing import Final, Literal

from bcdesk.contract.redirects import is_loopback_ip, parts_of
from bcdesk.flow.damage import cause_of
from bcdesk.flow.failures import Reason, StateCause
from bcdesk.flow.held import Held
from bcdesk.flow.redact import parameters

URL_MOST: Final = 65_536
SHOWN_MOST: Final = 500
"""Characters of a foreign value that a fact keeps."""
_ANSWERS: Final = ("code", "error", "access_token", "id_token", "response")
_OURS: Final = (*_ANSWERS, "state", "iss", "error_description", "token_type", "expires_in")


@dataclass(frozen=True, slots=True)
class Expected:
    """What a run waits for; ``earlier`` are the states of runs before it, each with its moment."""

    redirect_uri: str
    state: str
    issuer: str
    iss_supported: bool = False
    earlier: tuple[tuple[str, float], ...] = ()
    started_at: float = 0.0
    client_id: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a callback: ``foreign`` is not this run's, which goes on waiting; all others end the wait."""

    kind: Literal["code", "error", "foreign", "refused"]
    reason: Reason | None = None
    code: Held | None = None
    error: str = ""
    error_description: str = ""
    facts: dict[str, str] = field(default_factory=dict)


def check(url: str, expected: Expected) -> Verdict:
    """Judge a callback by the rules in their order; the first that fails tells."""
    answer = answer_at(url, expected.redirect_uri)
    if answer is None:
        return _elsewhere(url, expected)
    query, _, fragment = answer.partition("#")
    given = parameters(query.removeprefix("?"))
    in_fragment = parameters(fragment)
    doubled = _doubled(given) or _doubled(in_fragment)
    if doubled:
        return Verdict("refused", Reason.CALLBACK_REPEATED, facts={"names": ",".join(doubled)})
    found = dict(given)
    if names := [name for name, _ in in_fragment if name in _ANSWERS]:
        return Verdict("refused", Reason.CALLBACK_FRAGMENT, facts={"names": ",".join(names)})
    if not any(name in found for name in _OURS):
        return Verdict("refused", Reason.CALLBACK_QUERY_LOST)
    return _state(found, expected) or _issuer(found, expected) or _outcome(found)


def answer_at(url: str, redirect_uri: str) -> str | None:
    """Return what follows ``redirect_uri`` in ``url``: its query and fragment; None where it is another address.

    Compared character by character, but for a loopback IP's port (RFC 8252 §7.3), and as every browser writes an
    address: scheme and host in lower case, and a path of ``/`` where there was none (RFC 3986 §6.2.2.1, §6.2.3).
    """
    if not url or len(url) > URL_MOST or any(ord(character) < 0x20 for character in url):
        return None
    for candidate in (url, _with_port_of(redirect_uri, url)):
        for wanted in (redirect_uri, _as_browsers_write(redirect_uri)):
            if not candidate.startswith(wanted):
                continue
            rest = candidate[len(wanted) :]
            if rest == "" or rest[0] == "#":
                return rest
            if rest[0] == "?" and "?" not in wanted:
                return rest
            if "?" in wanted and (rest[0] == "&" or wanted[-1] in "?&"):
                return "?" + rest.removeprefix("&")
    return None


def _with_port_of(redirect_uri: str, url: str) -> str:
    """Return ``url`` with the redirect's port where both are http on the same loopback IP."""
    asked, came = parts_of(redirect_uri), parts_of(url)
    if asked is None or came is None or not (is_loopback_ip(redirect_uri) and is_loopback_ip(url)):
        return url
    if asked.host != came.host or (came.port is not None and not came.port.isdigit()):
        return url
    return redirect_uri[: asked.rest_at] + came.rest


def _as_browsers_write(redirect_uri: str) -> str:
    parts = parts_of(redirect_uri)
    if parts is None or parts.scheme.lower() not in ("http", "https"):
        return redirect_uri
    rest = parts.rest if parts.rest.startswith("/") else f"/{parts.rest}"
    return redirect_uri[: parts.rest_at].lower() + rest


def _elsewhere(url: str, expected: Expected) -> Verdict:
    base = url[:URL_MOST].partition("#")[0].partition("?")[0]
    wanted = expected.redirect_uri
    at = next((at for at, (one, other) in enumerate(zip(wanted, base, strict=False)) if one != other),
              min(len(wanted), len(base)))  # fmt: skip
    facts = {"expected": wanted, "got": base[:SHOWN_MOST], "position": str(at)}
    return Verdict("foreign", Reason.CALLBACK_NOT_REDIRECT, facts=facts)


def _doubled(given: tuple[tuple[str, str], ...]) -> list[str]:
    return [name[:40] for name, count in Counter(name for name, _ in given).items() if count > 1]


def _state(found: dict[str, str], expected: Expected) -> Verdict | None:
    got = found.get("state")
    if not got:
        facts = {"expected": expected.state, "got": "", "cause": StateCause.MISSING.value}
        return Verdict("refused", Reason.CALLBACK_NO_STATE, facts=facts)
    if same(got, expected.state):
        return None
    cause, at = cause_of(got, expected.state, expected.earlier)
    facts = {"expected": expected.state, "got": got[:SHOWN_MOST], "cause": cause.value}
    if at is not None:
        facts["age"] = str(max(0, round(expected.started_at - at)))
    # Whoever sends most of our state knows it: that answer was ours, and no other will come.
    kind: Literal["refused", "foreign"] = "refused" if cause is StateCause.ALTERED else "foreign"
    return Verdict(kind, Reason.CALLBACK_FOREIGN_STATE, facts=facts)


def _issuer(found: dict[str, str], expected: Expected) -> Verdict | None:
    got = found.get("iss")
    if got is None:
        if expected.iss_supported:
            return Verdict("refused", Reason.CALLBACK_NO_ISS, facts={"expected": expected.issuer})
        return None
    if expected.issuer and not same(got, expected.issuer):
        facts = {"expected": expected.issuer, "got": got[:SHOWN_MOST]}
        return Verdict("refused", Reason.CALLBACK_FOREIGN_ISS, facts=facts)
    return None


def _outcome(found: dict[str, str]) -> Verdict:
    if "error" in found:
        error, description = found["error"][:SHOWN_MOST], found.get("error_description", "")[:SHOWN_MOST]
        facts = {"error": error, "error_description": description, "error_uri": found.get("error_uri", "")[:SHOWN_MOST]}
        facts = {name: value for name, value in facts.items() if value}
        return Verdict("error", Reason.CALLBACK_ERROR, None, error, description, facts)
    if not found.get("code"):
        return Verdict("refused", Reason.CALLBACK_NO_CODE)
    return Verdict("code", code=Held(found["code"]))


def same(one: str, other: str) -> bool:
    """Compare two texts in a time that says nothing of where they differ."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))
