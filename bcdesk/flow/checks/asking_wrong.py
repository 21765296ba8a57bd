"""Authorization requests that ask for more than there is, in ways that are gone, or in two ways at once."""

from typing import Final

from bcdesk.flow.checks.bench import Bench
from bcdesk.flow.checks.check import Carry, Check
from bcdesk.flow.checks.judge import front_refusal, refusal
from bcdesk.flow.checks.model import Found, Group, Need, NotRunError, Saw, What, Why
from bcdesk.flow.checks.requests import parameters
from bcdesk.flow.checks.walker import Landing

UNKNOWN_SCOPE: Final = "bcdesk.not-a-scope"
_RESPONSE: Final = frozenset({"unsupported_response_type", "unauthorized_client", "invalid_request"})


def _response_type(value: str) -> Carry:
    async def run(bench: Bench) -> Found:
        """Ask for another answer than a code."""
        if value in bench.metadata.get("response_types_supported", ()):
            raise NotRunError(Why.DECLARED, value)
        asking, _ = await bench.asking()
        return front_refusal(await bench.open(asking.set("response_type", value)), _RESPONSE)

    return run


def _response_mode(value: str) -> Carry:
    async def run(bench: Bench) -> Found:
        """Ask for the answer in another way than in the query."""
        modes = bench.metadata.get("response_modes_supported", ("query", "fragment"))
        if value in modes:
            raise NotRunError(Why.DECLARED, value)
        asking, _ = await bench.asking()
        return front_refusal(await bench.open(asking.set("response_mode", value)), {"invalid_request"})

    return run


async def scope(bench: Bench) -> Found:
    """Ask for a scope that the client is not registered for; a server may refuse it or leave it out."""
    party = await bench.party()
    offered = [name for name in bench.facts.scopes_supported if name not in (*party.scopes, "offline_access")]
    more = offered[0] if offered else UNKNOWN_SCOPE
    asking, verifier = await bench.asking(scopes=(*party.scopes, more))
    at = await bench.open(asking)
    if isinstance(at, Landing) or not at.goes_on:
        return front_refusal(at, {"invalid_scope"})
    at = await bench.walk(asking)
    if isinstance(at, Landing) and "code" not in dict(parameters(at.url)):
        return front_refusal(at, {"invalid_scope", "access_denied"})
    landed = bench.landed(at, asking, verifier)
    reply = await bench.send(bench.exchange(party, landed))
    if not reply.gives_token:
        return refusal(reply, {"invalid_scope"})
    granted = reply.json.get("scope")
    # A reply that names no scope gave all that was asked for (RFC 6749 §5.1).
    got_more = granted is None or more in str(granted).split()
    return Found(not got_more, Saw(What.GRANTED if got_more else What.NOT_GRANTED, more, reply.status))


async def manage(bench: Bench) -> Found:
    """Ask for the scope of the management, which no registered client may have."""
    party = await bench.party()
    asking, _ = await bench.asking(scopes=(*party.scopes, "manage"))
    return front_refusal(await bench.open(asking), {"invalid_scope"})


async def repeated(bench: Bench) -> Found:
    """Send a parameter twice, with two values."""
    asking, _ = await bench.asking()
    return front_refusal(await bench.open(asking.add("scope", "x")), {"invalid_request"})


async def request_object(bench: Bench) -> Found:
    """Send a request object without a signature, which would overrule everything else."""
    asking, _ = await bench.asking()
    errors = {"request_not_supported", "invalid_request", "invalid_request_object"}
    return front_refusal(await bench.open(asking.add("request", "eyJhbGciOiJub25lIn0.e30.")), errors)


_NEEDS: Final = frozenset({Need.TWIN, Need.CODE})


def _check(id: str, source: str, expected: str, run: Carry, *needs: Need) -> Check:
    saw = Saw(What.REFUSED, expected)
    return Check(f"request.{id}", Group.REQUEST, source, _NEEDS | set(needs), saw, run)


CHECKS: Final = (
    _check("token", "RFC 9700 §2.1.2", "unsupported_response_type", _response_type("token")),
    _check("code_token", "RFC 9700 §2.1.2", "unsupported_response_type", _response_type("code token")),
    _check("fragment", "RFC 9700 §4.3.1", "invalid_request", _response_mode("fragment")),
    _check("form_post", "RFC 6749 §4.1.2", "invalid_request", _response_mode("form_post")),
    _check("scope", "RFC 6749 §3.3", "invalid_scope", scope),
    _check("manage", "RFC 6749 §3.3", "invalid_scope", manage, Need.MANAGE),
    _check("repeated", "RFC 6749 §3.1", "invalid_request", repeated),
    _check("request_object", "RFC 9101 §10.8", "request_not_supported", request_object),
)
