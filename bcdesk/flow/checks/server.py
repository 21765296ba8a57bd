"""What a server says of itself, and how its pages are kept out of frames and caches: no client is needed for most."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from bcdesk.client.address import is_loopback
from bcdesk.flow.checks.bench import Bench
from bcdesk.flow.checks.check import Carry, Check
from bcdesk.flow.checks.judge import failed, passed
from bcdesk.flow.checks.model import Found, Group, Need, NotRunError, Saw, What, Why
from bcdesk.flow.checks.requests import header_of

_IMPLICIT: Final = ("token", "id_token token", "token id_token")
_REFERRERS: Final = ("no-referrer", "same-origin", "strict-origin", "origin", "strict-origin-when-cross-origin")


def _metadata(bench: Bench) -> dict[str, object]:
    if not bench.metadata:
        raise NotRunError(Why.NOT_OFFERED)
    return bench.metadata


async def issuer(bench: Bench) -> Found:
    """Compare the issuer that the server names with the one that it was asked for, byte for byte."""
    return judge_issuer(_metadata(bench), bench.facts.issuer)


def judge_issuer(metadata: Mapping[str, object], expected: str) -> Found:
    """Judge whom metadata is of."""
    got = metadata.get("issuer")
    if not isinstance(got, str):
        return failed(What.ABSENT)
    return passed(What.SAME, got) if got == expected else failed(What.DIFFERENT, got)


async def s256(bench: Bench) -> Found:
    """Look whether the server tells clients that it knows S256, and nothing weaker."""
    listed = _metadata(bench).get("code_challenge_methods_supported")
    methods = [str(one) for one in listed] if isinstance(listed, list) else []
    if "S256" not in methods:
        return failed(What.ABSENT, " ".join(methods))
    return failed(What.PRESENT, "plain") if "plain" in methods else passed(What.PRESENT, " ".join(methods))


async def endpoints(bench: Bench) -> Found:
    """Look for an endpoint that secrets would reach without TLS."""
    return judge_endpoints(_metadata(bench))


def judge_endpoints(metadata: Mapping[str, object]) -> Found:
    """Judge where metadata points to."""
    for name, value in metadata.items():
        if not name.endswith(("_endpoint", "jwks_uri")) or not isinstance(value, str):
            continue
        if not value.startswith("https://") and not _on_this_machine(value):
            return failed(What.PRESENT, name)
    return passed(What.ABSENT)


def _on_this_machine(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "http" and is_loopback(parts.hostname or "")


async def no_implicit(bench: Bench) -> Found:
    """Look for the implicit grant and the password grant among what the server offers."""
    metadata = _metadata(bench)
    grants, responses = metadata.get("grant_types_supported"), metadata.get("response_types_supported")
    offered = [one for one in ("implicit", "password") if isinstance(grants, list) and one in grants]
    offered += [one for one in _IMPLICIT if isinstance(responses, list) and one in responses]
    return failed(What.PRESENT, offered[0]) if offered else passed(What.ABSENT)


async def token_endpoint_get(bench: Bench) -> Found:
    """Open the token endpoint as a page."""
    reply = await bench.line.back("token", "GET", bench.facts.token_endpoint)
    return Found(reply.status in (400, 401, 404, 405), Saw(What.ANSWERED, reply.error, reply.status))


async def frames(bench: Bench) -> Found:
    """Look whether the sign-in page can be shown in a frame of another site."""
    headers = (await bench.sign_in_page()).headers
    policy = header_of(headers, "content-security-policy").lower()
    ancestors = next((part.strip() for part in policy.split(";") if "frame-ancestors" in part), "")
    options = header_of(headers, "x-frame-options").lower()
    told = ancestors or options
    good = ancestors in ("frame-ancestors 'none'", "frame-ancestors 'self'") or options in ("deny", "sameorigin")
    return Found(good, Saw(What.PRESENT if told else What.ABSENT, told))


async def page_no_store(bench: Bench) -> Found:
    """Look whether the sign-in page stays out of caches."""
    told = header_of((await bench.sign_in_page()).headers, "cache-control")
    return Found("no-store" in told.lower(), Saw(What.PRESENT if told else What.ABSENT, told))


async def referrer(bench: Bench) -> Found:
    """Look whether the sign-in page's address, with all that was asked, is told to other sites."""
    told = header_of((await bench.sign_in_page()).headers, "referrer-policy").lower()
    return Found(told in _REFERRERS, Saw(What.PRESENT if told else What.ABSENT, told))


_NONE: Final[frozenset[Need]] = frozenset()
_PAGE: Final = frozenset({Need.TWIN, Need.CODE})


def _check(id: str, source: str, needs: frozenset[Need], expected: Saw, run: Carry) -> Check:
    return Check(f"server.{id}", Group.SERVER, source, needs, expected, run)


CHECKS: Final = (
    _check("issuer", "RFC 8414 §3.3", _NONE, Saw(What.SAME), issuer),
    _check("s256", "RFC 9700 §2.1.1", _NONE, Saw(What.PRESENT, "S256"), s256),
    _check("endpoints", "RFC 8414 §6.1", _NONE, Saw(What.ABSENT), endpoints),
    _check("no_implicit", "RFC 9700 §2.1.2", _NONE, Saw(What.ABSENT), no_implicit),
    _check("token_by_get", "RFC 6749 §3.2", _NONE, Saw(What.ANSWERED, "", 405), token_endpoint_get),
    _check("frames", "RFC 9700 §4.16", _PAGE, Saw(What.PRESENT, "frame-ancestors 'none'"), frames),
    _check("page_no_store", "RFC 9700 §4.3", _PAGE, Saw(What.PRESENT, "no-store"), page_no_store),
    _check("referrer", "RFC 9700 §4.2", _PAGE, Saw(What.PRESENT, "no-referrer"), referrer),
)
