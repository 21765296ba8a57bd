"""Attacks on where the answer goes: to anything but a registered redirect URI, character by character."""

import re
from collections.abc import Callable
from typing import Final

from bcdesk.contract.redirects import parts_of
from bcdesk.flow.checks.bench import Bench
from bcdesk.flow.checks.check import Carry, Check
from bcdesk.flow.checks.judge import not_redirected, refusal
from bcdesk.flow.checks.model import Found, Group, Need, NotRunError, Saw, What, Why

EVIL: Final = "https://attacker.invalid/callback"
_LETTER: Final = re.compile("[a-z]")


def other_slash(uri: str) -> str:
    """Return ``uri`` with a slash more at the end of its path, or one less."""
    base, mark, query = uri.partition("?")
    return f"{base[:-1] if base.endswith('/') else base + '/'}{mark}{query}"


def upper_case(uri: str) -> str:
    """Return ``uri`` with the last letter of its path, else of its host, in upper case."""
    parts = parts_of(uri)
    begin = 0 if parts is None else len(parts.scheme) + 1
    found = list(_LETTER.finditer(uri, begin))
    if not found:
        raise NotRunError(Why.BASELINE, "no_letter")
    at = found[-1].start()
    return f"{uri[:at]}{uri[at].upper()}{uri[at + 1 :]}"


def extra_query(uri: str) -> str:
    """Return ``uri`` with one more parameter."""
    return f"{uri}{'&' if '?' in uri else '?'}next=https%3A%2F%2Fattacker.invalid"


def fragment(uri: str) -> str:
    """Return ``uri`` with a fragment."""
    return f"{uri}#attacker"


def below(uri: str) -> str:
    """Return an address one step below ``uri``."""
    return f"{uri.rstrip('/')}/attacker"


def lookalike(uri: str) -> str:
    """Return an address of another host that begins as ``uri`` does."""
    parts = parts_of(uri)
    if parts is None or parts.host is None or parts.scheme not in ("http", "https"):
        return f"{uri}.attacker"
    return f"{parts.scheme}://{parts.host}.attacker.invalid{parts.rest}"


def in_userinfo(uri: str) -> str:
    """Return an address of another host in which ``uri``'s own host is only a user's name."""
    parts = parts_of(uri)
    if parts is None or parts.host is None:
        return EVIL
    return f"https://{parts.host}@attacker.invalid{parts.rest}"


def _sent(change: Callable[[str], str]) -> Carry:
    """Return a check that asks for a code to be sent to a changed redirect URI."""

    async def run(bench: Bench) -> Found:
        """Ask with it."""
        asking, _ = await bench.asking()
        return not_redirected(await bench.open(asking.set("redirect_uri", change(asking.get("redirect_uri")))))

    return run


async def twice(bench: Bench) -> Found:
    """Name the registered redirect URI, and another one after it."""
    asking, _ = await bench.asking()
    return not_redirected(await bench.open(asking.add("redirect_uri", EVIL)))


async def unknown_client(bench: Bench) -> Found:
    """Ask for a client that nobody registered."""
    asking, _ = await bench.asking()
    client_id = asking.get("client_id")
    turned = client_id.translate(str.maketrans("0123456789abcdef", "123456789abcdef0"))
    return not_redirected(await bench.open(asking.set("client_id", turned).set("redirect_uri", EVIL)))


async def error_elsewhere(bench: Bench) -> Found:
    """Make a mistake on purpose and have the error sent to a foreign address: an open redirector."""
    asking, _ = await bench.asking()
    return not_redirected(await bench.open(asking.set("response_type", "bcdesk-unknown").set("redirect_uri", EVIL)))


async def pushed(bench: Bench) -> Found:
    """Push a request with a foreign redirect URI."""
    party = await bench.party()
    asking, _ = await bench.asking()
    form = [pair for pair in asking.set("redirect_uri", EVIL).params if pair[0] != "client_id"]
    post = bench.post(party, form, url=bench.facts.pushed_authorization_request_endpoint, name="par")
    if "client_id" not in dict(post.form):
        post.set("client_id", party.client_id)
    return refusal(await bench.send(post), {"invalid_request", "invalid_redirect_uri"})


_NEEDS: Final = frozenset({Need.TWIN, Need.CODE})
_EXPECTED: Final = Saw(What.NOT_REDIRECTED)
_EXACT: Final = "RFC 9700 §2.1"


def _check(id: str, run: Carry, source: str = _EXACT) -> Check:
    return Check(f"redirect.{id}", Group.REDIRECT, source, _NEEDS, _EXPECTED, run)


CHECKS: Final = (
    _check("unregistered", _sent(lambda _: EVIL)),
    _check("trailing_slash", _sent(other_slash)),
    _check("upper_case", _sent(upper_case)),
    _check("extra_query", _sent(extra_query)),
    _check("fragment", _sent(fragment), "RFC 6749 §3.1.2"),
    _check("below", _sent(below)),
    _check("lookalike", _sent(lookalike)),
    _check("userinfo", _sent(in_userinfo)),
    _check("twice", twice, "RFC 6749 §3.1"),
    _check("unknown_client", unknown_client, "RFC 6749 §4.1.2.1"),
    _check("error_elsewhere", error_elsewhere, "RFC 9700 §4.11.2"),
    Check(
        "redirect.pushed", Group.REDIRECT, "RFC 9126 §2.1", _NEEDS | {Need.PAR},
        Saw(What.REFUSED, "invalid_request"), pushed,
    ),
)  # fmt: skip
