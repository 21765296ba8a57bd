"""Who may call `/v1`: a key or an access token, judged in one place before any route answers.

The order is: who calls (401), from where (403), how often (429), and what for (403). A call from an address that
a key does not allow is neither counted nor a use of it. The calls of a token count for its grant, or for the
application that acts for itself, at the rate of a live key.
"""

from collections.abc import Iterable
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from bcdesk.contract.app_rules import ACCESS_PREFIX
from bcdesk.contract.codes import Code
from bcdesk.contract.key_rules import address_allowed
from bcdesk.server import hop_notes as notes
from bcdesk.server.flow_trace import why
from bcdesk.server.key_check import CheckedKey, check_key
from bcdesk.server.limits import Verdict
from bcdesk.server.oauth.access import Access, find_access
from bcdesk.server.problems import ProblemError, challenge
from bcdesk.server.state import ServerState

REALM = "bcdesk /v1"


class Subject(NamedTuple):
    """For whom a call is made, and with what: a user's id and name, or None where the studio itself calls."""

    credential_id: str
    """The key, the grant, or the application that acts for itself."""
    user_id: str | None = None
    user_name: str | None = None


class Admitted(NamedTuple):
    """A call that may be answered, and the headers that its answer carries."""

    subject: Subject
    headers: dict[str, str]


async def admit(state: ServerState, request: Request, scope: str) -> Admitted:
    """Judge the credential that the call presents; raise the problem of one that may not be answered."""
    now = state.now()
    token, program = _presented(request.scope["headers"])
    if token.startswith(ACCESS_PREFIX):
        access = await find_access(state, token, now)
        if access is None:
            await run_in_threadpool(why.no_access, state, token, now)
            raise ProblemError(
                401,
                Code.INVALID_TOKEN,
                "This access token does not open the API: it is unknown, or no longer works.",
                headers=challenge(REALM, "invalid_token"),
            )
        subject, scopes, verdict = await _admit_access(state, access, now)
    else:
        address = request.client.host if request.client else ""
        key = await check_key(state, token, now, address)
        subject, scopes, verdict = await _admit_key(state, key, now, address, program)
    if not verdict.allowed:
        notes.failed("rate.within", "limited")
        raise verdict.problem()
    if scope not in scopes:
        notes.failed("token.scope", "insufficient", scope, " ".join(sorted(scopes)))
        headers = {**verdict.headers, **challenge(REALM, "insufficient_scope", scope)}
        raise ProblemError(403, Code.INSUFFICIENT_SCOPE, f"The credential lacks the scope {scope}.", (), headers)
    return Admitted(subject, verdict.headers)


async def _admit_key(
    state: ServerState, key: CheckedKey, now: float, address: str, program: str
) -> tuple[Subject, frozenset[str], Verdict]:
    if not address_allowed(address, key.allowed_cidrs):
        raise ProblemError(403, Code.ADDRESS_NOT_ALLOWED, "The key does not allow calls from this address.")
    verdict = await _count(state, key.key_id, key.environment)
    state.usage.record(key.key_id, key.version_id, address, program, now, limited=not verdict.allowed)
    return Subject(key.key_id), key.scopes, verdict


async def _admit_access(state: ServerState, access: Access, now: float) -> tuple[Subject, frozenset[str], Verdict]:
    notes.asked_by(access.client_id, access.app_id)
    notes.of_grant(access.grant_id)
    notes.passed("token.live")
    credential = access.grant_id or access.app_id
    verdict = await _count(state, credential, "live")
    if verdict.allowed:
        state.usage.apps.record(access.app_id, None, access.grant_id, now)
    return Subject(credential, access.user_id, access.user_name), access.scopes, verdict


async def _count(state: ServerState, name: str, environment: str) -> Verdict:
    limits = state.limiter
    verdict: Verdict = (
        limits.take(name, environment) if limits.local else await run_in_threadpool(limits.take, name, environment)
    )
    return verdict


def _presented(headers: Iterable[tuple[bytes, bytes]]) -> tuple[str, str]:
    """Return the bearer token and the program's name; raise 401 where not exactly one token is presented."""
    found = None
    program = b""
    for name, value in headers:
        if name == b"authorization":
            if found is not None:
                raise ProblemError(
                    401, Code.INVALID_TOKEN, "Two credentials were presented.", (), challenge(REALM, "invalid_token")
                )
            found = value
        elif name == b"user-agent":
            program = value
    kind, _, token = (found or b"").partition(b" ")
    if kind.lower() != b"bearer" or not token.strip():
        raise ProblemError(
            401, Code.TOKEN_MISSING, "This takes a key or an access token as a bearer token.", (), challenge(REALM)
        )
    return token.strip().decode("latin-1"), program.decode("latin-1")
