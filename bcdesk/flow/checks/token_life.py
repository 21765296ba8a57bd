"""Attacks with tokens: asked for more, used twice, used by others, used for what they are not, or after their end."""

from typing import Final

from bcdesk.flow.checks.bench import Bench
from bcdesk.flow.checks.check import Carry, Check
from bcdesk.flow.checks.judge import failed, passed, refusal
from bcdesk.flow.checks.model import Found, Group, Need, NotRunError, Saw, What, Why
from bcdesk.flow.checks.requests import Reply, header_of

GRANT: Final = frozenset({"invalid_grant"})


async def refresh_scope(bench: Bench) -> Found:
    """Refresh and ask for a scope that was not granted."""
    party, (pair, refresh) = await bench.party(), await bench.refreshable()
    has = {*party.scopes, *pair.scopes}
    offered = [name for name in bench.facts.scopes_supported if name not in has]
    more = offered[0] if offered else "manage"
    form = [("grant_type", "refresh_token"), ("refresh_token", refresh.show()),
            ("scope", " ".join((*party.scopes, more)))]  # fmt: skip
    reply = await bench.send(bench.post(party, form))
    if reply.gives_token:
        granted = reply.json.get("scope")
        bench.spoil()
        if granted is not None and more not in str(granted).split():
            return passed(What.NOT_GRANTED, more, reply.status)
        return failed(What.GRANTED, more, reply.status)
    return refusal(reply, {"invalid_scope"})


async def refresh_other_client(bench: Bench) -> Found:
    """Refresh with the token of another client."""
    (_, refresh), second = await bench.refreshable(), await bench.second()
    form = [("grant_type", "refresh_token"), ("refresh_token", refresh.show())]
    return refusal(await bench.send(bench.post(second, form)), GRANT)


async def access_as_refresh(bench: Bench) -> Found:
    """Refresh with an access token."""
    pair, _ = await bench.refreshable()
    return refusal(await bench.refreshed(pair.access), GRANT)


async def refresh_as_access(bench: Bench) -> Found:
    """Use a refresh token as an access token."""
    pair, refresh = await bench.refreshable()
    if not await bench.opens(pair.access.show()):
        raise NotRunError(Why.BASELINE)
    if await _opens_as_bearer(bench, refresh.show()):
        return failed(What.OPENS)
    return passed(What.CLOSED)


async def _opens_as_bearer(bench: Bench, token: str) -> bool:
    url = bench.facts.userinfo_endpoint or bench.api_url
    if url is None:
        raise NotRunError(Why.NO_ENDPOINT)
    reply = await bench.line.back("userinfo", "GET", url, headers=[("Authorization", f"Bearer {token}")])
    return reply.status in (200, 403)


async def in_query(bench: Bench) -> Found:
    """Use an access token that stands in the address."""
    pair, url = await bench.tokens(), bench.facts.userinfo_endpoint or bench.api_url
    if url is None:
        raise NotRunError(Why.NO_ENDPOINT)
    if not await _opens_as_bearer(bench, pair.access.show()):
        raise NotRunError(Why.BASELINE)
    joint = "&" if "?" in url else "?"
    reply = await bench.line.back("userinfo", "GET", f"{url}{joint}access_token={pair.access.show()}")
    return Found(reply.status in (400, 401), Saw(What.REFUSED if reply.status >= 400 else What.OPENS, "", reply.status))


async def introspected_by_other(bench: Bench) -> Found:
    """Ask as another client what a token is."""
    pair, second = await bench.tokens(), await bench.second()
    if not await bench.opens(pair.access.show()):
        raise NotRunError(Why.BASELINE)
    active = await bench.active(second, pair.access.show())
    return failed(What.ACTIVE) if active else passed(What.INACTIVE)


async def revoked_by_other(bench: Bench) -> Found:
    """End a token as another client: the answer may not tell, and the token has to live on."""
    pair, second = await bench.tokens(), await bench.second()
    await bench.revoke(second, pair.access.show())
    return passed(What.OPENS) if await bench.opens(pair.access.show()) else failed(What.CLOSED)


async def unknown_revoked(bench: Bench) -> Found:
    """End a token that nobody ever got: the answer has to be as for any other (RFC 7009)."""
    await bench.baseline()
    reply = await bench.revoke(await bench.party(), "bct_" + "A" * 43)
    return Found(reply.status == 200, Saw(What.ANSWERED, reply.error, reply.status))


async def revoked(bench: Bench) -> Found:
    """Use an access token after its end."""
    party, pair = await bench.party(), await bench.tokens()
    access = pair.access.show()
    if not await bench.opens(access):
        raise NotRunError(Why.BASELINE)
    reply = await bench.revoke(party, access)
    if reply.status != 200:
        raise NotRunError(Why.BASELINE, f"{reply.status} {reply.error}".strip())
    found = failed(What.OPENS) if await bench.opens(access) else passed(What.CLOSED)
    await _go_on(bench)
    return found


async def _go_on(bench: Bench) -> None:
    """Go on with a new access token, where the old one's refresh token still gives one."""
    pair = await bench.tokens()
    bench.spoil()
    if pair.refresh is not None:
        reply = await bench.refreshed(pair.refresh)
        if reply.gives_token:
            bench.keep(bench.pair_of(reply))


async def _reuse(bench: Bench) -> tuple[Reply, str]:
    """Use a refresh token again after its successor was used; return the answer and the newest access token."""
    _, oldest = await bench.refreshable()
    second = bench.pair_of(await bench.refreshed(oldest))
    if second.refresh is None:
        raise NotRunError(Why.NOT_OFFERED, "rotation")
    newest = bench.pair_of(await bench.refreshed(second.refresh))
    reply = await bench.refreshed(oldest)
    bench.spoil()
    return reply, newest.access.show()


async def refresh_reuse(bench: Bench) -> Found:
    """Use a refresh token again after its successor was used."""
    reply, _ = await bench.once("reuse", lambda: _reuse(bench))
    return refusal(reply, GRANT)


async def refresh_reuse_revokes(bench: Bench) -> Found:
    """Use the newest access token of a family of which a refresh token came twice."""
    _, access = await bench.once("reuse", lambda: _reuse(bench))
    return failed(What.OPENS) if await bench.opens(access) else passed(What.CLOSED)


async def revoke_family(bench: Bench) -> Found:
    """Use the access token of a refresh token that was revoked."""
    party, (pair, refresh) = await bench.party(), await bench.refreshable()
    if not await bench.opens(pair.access.show()):
        raise NotRunError(Why.BASELINE)
    reply = await bench.revoke(party, refresh.show())
    bench.spoil()
    if reply.status != 200:
        raise NotRunError(Why.BASELINE, f"{reply.status} {reply.error}".strip())
    if (await bench.refreshed(refresh)).gives_token:
        return failed(What.TOKEN)
    return failed(What.OPENS) if await bench.opens(pair.access.show()) else passed(What.CLOSED)


async def no_store(bench: Bench) -> Found:
    """Look whether the answer that holds tokens stays out of caches."""
    return _caching((await bench.tokens()).headers)


async def error_no_store(bench: Bench) -> Found:
    """Look whether a refusal stays out of caches."""
    party = await bench.party()
    await bench.baseline()
    reply = await bench.send(bench.post(party, [("grant_type", "refresh_token"), ("refresh_token", "made up")]))
    if reply.gives_token or reply.status >= 500:
        raise NotRunError(Why.BASELINE, str(reply.status))
    return _caching(reply.headers)


def _caching(headers: tuple[tuple[str, str], ...]) -> Found:
    told = header_of(headers, "cache-control")
    good = "no-store" in told.lower()
    return Found(good, Saw(What.PRESENT if told else What.ABSENT, told))


_TWIN: Final = frozenset({Need.TWIN})
_REFRESH: Final = _TWIN | {Need.CODE, Need.REFRESH}
_OTHER: Final = frozenset({Need.SECOND_APP})
_REVOKES: Final = frozenset({Need.REVOCATION})
_GRANT: Final = Saw(What.REFUSED, "invalid_grant")
_CACHE: Final = Saw(What.PRESENT, "no-store")


def _check(id: str, source: str, needs: frozenset[Need], expected: Saw, run: Carry) -> Check:
    return Check(f"token.{id}", Group.TOKEN, source, needs, expected, run)


CHECKS: Final = (
    _check("no_store", "RFC 6749 §5.1", _TWIN, _CACHE, no_store),
    _check("error_no_store", "RFC 9700 §4.3", _TWIN, _CACHE, error_no_store),
    _check("refresh_scope", "RFC 6749 §6", _REFRESH, Saw(What.REFUSED, "invalid_scope"), refresh_scope),
    _check("refresh_other_client", "RFC 6749 §6", _REFRESH | _OTHER, _GRANT, refresh_other_client),
    _check("access_as_refresh", "RFC 6749 §1.5", _REFRESH, _GRANT, access_as_refresh),
    _check("refresh_as_access", "RFC 6749 §1.5", _REFRESH, Saw(What.CLOSED), refresh_as_access),
    _check("in_query", "RFC 9700 §4.3.2", _TWIN, Saw(What.REFUSED), in_query),
    _check("introspected_by_other", "RFC 7662 §4", _TWIN | _OTHER | {Need.INTROSPECTION},
           Saw(What.INACTIVE), introspected_by_other),
    _check("revoked_by_other", "RFC 7009 §2.1", _TWIN | _OTHER | _REVOKES, Saw(What.OPENS), revoked_by_other),
    _check("unknown_revoked", "RFC 7009 §2.2", _TWIN | _REVOKES, Saw(What.ANSWERED, "", 200), unknown_revoked),
    _check("revoked", "RFC 7009 §2", _TWIN | _REVOKES, Saw(What.CLOSED), revoked),
    _check("refresh_reuse", "RFC 9700 §4.14.2", _REFRESH, _GRANT, refresh_reuse),
    _check("refresh_reuse_revokes", "RFC 9700 §4.14.2", _REFRESH, Saw(What.CLOSED), refresh_reuse_revokes),
    _check("revoke_family", "RFC 7009 §2.1", _REFRESH | _REVOKES, Saw(What.CLOSED), revoke_family),
)  # fmt: skip
