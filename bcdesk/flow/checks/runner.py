"""Runs checks one after the other on twins of the application, and deletes the twins whatever happens."""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bcdesk.client.client import Client
from bcdesk.client.errors import ClientError
from bcdesk.contract.rows import AppRow
from bcdesk.flow.checks import server
from bcdesk.flow.checks.bench import Bench
from bcdesk.flow.checks.check import Check
from bcdesk.flow.checks.data import CHECKS
from bcdesk.flow.checks.ending import to_the_end
from bcdesk.flow.checks.front import Browse
from bcdesk.flow.checks.line import Line
from bcdesk.flow.checks.model import Need, NotRunError, Outcome, Result, Saw, Why
from bcdesk.flow.checks.requests import json_of
from bcdesk.flow.checks.twin import ManagedTwins, ProtocolTwins, Twins
from bcdesk.flow.discovery import addresses_of, discover
from bcdesk.flow.failures import FlowError, Reason
from bcdesk.flow.trace import Hop
from bcdesk.flow.values import ServerFacts, Setup

if TYPE_CHECKING:
    from bcdesk.flow.wire import Wire

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Context:
    """What the checks run against: ``app`` of the desk's own server, or any client as ``setup`` has it.

    ``browse`` has a person sign in where a page wants a password, ``clock`` lets the server's time pass by seconds.
    """

    setup: Setup
    wire: "Wire"
    app: AppRow | None = None
    client: Client | None = None
    browse: Browse | None = None
    clock: Callable[[float], None] | None = None
    now: Callable[[], float] = time.time
    left_behind: bool = False
    """Whether the twins could not be deleted at the end; the next suite does it."""


async def run_checks(
    context: Context,
    *,
    only: Collection[str] | None = None,
    on_start: Callable[[str], object] | None = None,
    on_result: Callable[[Result], object] | None = None,
) -> tuple[Result, ...]:
    """Run all checks, or ``only`` those of these ids, and return what became of each.

    Cancelled, it tells ``on_result`` of every check that was not run, deletes the twins, and then ends as cancelled.
    """
    chosen = [check for check in CHECKS if only is None or check.id in only]
    results: list[Result] = []

    def done(result: Result) -> None:
        results.append(result)
        if on_result is not None:
            on_result(result)

    line = Line(context.wire)
    bench: Bench | None = None
    try:
        bench = await _opened(context, line)
        for check in chosen:
            if on_start is not None:
                on_start(check.id)
            done(await _one(bench, check))
    except NotRunError as error:
        if isinstance(error, UntrueError) and error.found is not None:
            check_id, got = error.found
            for check in (one for one in chosen if one.id == check_id):
                done(Result(check.id, Outcome.FAILED, check.expected, got, error.hops, None, "", 0.0))
        for result in _left(chosen, results, error.why, error.detail):
            done(result)
    except asyncio.CancelledError:
        for result in _left(chosen, results, Why.CANCELLED, ""):
            done(result)
        raise
    finally:
        if bench is not None:
            await to_the_end(_close(bench, context))
    return tuple(results)


async def _opened(context: Context, line: Line) -> Bench:
    setup = context.setup
    metadata: dict[str, Any] = {}
    facts = setup.server
    if facts is None:
        facts, metadata = await _discovered(line, setup.issuer)
    elif facts.source:
        metadata = await _metadata(line, facts.source)
    twins: Twins
    if context.app is not None and context.client is not None:
        twins = ManagedTwins(context.client, context.app, line, context.now)
    else:
        twins = ProtocolTwins(line, facts.registration_endpoint, setup)
    managed = context.client if context.app is not None else None
    return Bench(
        line,
        facts,
        metadata,
        twins,
        client=managed,
        browse=context.browse,
        clock=context.clock,
        api_url=setup.api_url,
    )


async def _discovered(line: Line, issuer: str) -> tuple[ServerFacts, dict[str, Any]]:
    trace = line.begin()
    failure: NotRunError
    try:
        facts = await discover(line.wire, issuer, trace)
        return facts, await _metadata(line, facts.source)
    except FlowError as error:
        if error.reason is Reason.UNREACHABLE:
            failure = NotRunError(Why.UNREACHABLE, error.facts.get("cause", ""))
        else:
            failure = UntrueError(error.reason.value, tuple(trace.hops))
    if isinstance(failure, UntrueError):
        for address in addresses_of(issuer) if "://" in issuer else ():
            failure.judge(await _metadata(line, address), issuer)
    raise failure


async def _metadata(line: Line, address: str) -> dict[str, Any]:
    try:
        got = await line.wire.send("GET", address)
    except FlowError:
        return {}
    return json_of(got.content) if got.status == 200 else {}


class UntrueError(NotRunError):
    """The metadata is not what it has to be: one check failed by that, and no other one can begin."""

    def __init__(self, detail: str, hops: tuple[Hop, ...]) -> None:
        """Keep the hops that it was read in."""
        super().__init__(Why.NO_METADATA, detail)
        self.hops = hops
        self.found: tuple[str, Saw] | None = None

    def judge(self, metadata: dict[str, Any], issuer: str) -> None:
        """Find out which check it is that fails."""
        if not metadata or self.found is not None:
            return
        named, secure = server.judge_issuer(metadata, issuer), server.judge_endpoints(metadata)
        if not named.passed:
            self.found = "server.issuer", named.got
        elif not secure.passed:
            self.found = "server.endpoints", secure.got


async def _close(bench: Bench, context: Context) -> None:
    try:
        await bench.close()
    except ClientError as error:
        _log.warning("the twins of a suite are left behind: %s", type(error).__name__)
        context.left_behind = True


async def _one(bench: Bench, check: Check) -> Result:
    """Run one check; whatever keeps it from its end is told as such, never as passed."""
    trace = bench.line.begin()
    begun = time.perf_counter()

    def result(outcome: Outcome, got: Any = None, why: Why | None = None, detail: str = "") -> Result:
        spent = (time.perf_counter() - begun) * 1000
        hops: tuple[Hop, ...] = tuple(trace.hops)
        return Result(check.id, outcome, check.expected, got, hops, why, bench.line.redactor.text(detail), spent)

    try:
        await _demand(bench, check.needs)
        found = await check.run(bench)
    except NotRunError as error:
        return result(Outcome.NOT_RUN, why=error.why, detail=error.detail)
    except FlowError as error:
        return result(Outcome.NOT_RUN, why=Why.BROKEN, detail=error.reason.value)
    except Exception as error:  # noqa: BLE001 - one broken check must not take the others with it
        _log.warning("check %s broke: %s", check.id, type(error).__name__)
        bench.spoil()
        return result(Outcome.NOT_RUN, why=Why.BROKEN, detail=type(error).__name__)
    if found.passed:
        return result(Outcome.PASSED, found.got)
    bench.spoil()
    safe = found.got._replace(detail=bench.line.redactor.text(found.got.detail))
    return result(Outcome.FAILED, safe)


async def _demand(bench: Bench, needs: frozenset[Need]) -> None:
    """Raise `NotRunError` for the first need that is not met."""
    facts = bench.facts
    if Need.ISS in needs and not facts.iss_parameter_supported:
        raise NotRunError(Why.NOT_OFFERED, "iss")
    for need, endpoint in (
        (Need.INTROSPECTION, facts.introspection_endpoint),
        (Need.REVOCATION, facts.revocation_endpoint),
        (Need.PAR, facts.pushed_authorization_request_endpoint),
    ):
        if need in needs and endpoint is None:
            raise NotRunError(Why.NO_ENDPOINT, need.value)
    if Need.CLOCK in needs and bench.clock is None:
        raise NotRunError(Why.NO_CLOCK)
    if Need.MANAGE in needs and bench.client is None:
        raise NotRunError(Why.NOT_MANAGED)
    if Need.TWIN not in needs:
        return
    party = await bench.party()
    if Need.CODE in needs and not (party.may("authorization_code") and party.redirect_uri):
        raise NotRunError(Why.NO_CODE_GRANT)
    if Need.REFRESH in needs and not party.may("refresh_token"):
        raise NotRunError(Why.NO_REFRESH_GRANT)
    if Need.CONFIDENTIAL in needs and not party.confidential:
        raise NotRunError(Why.NO_SECRET)
    if Need.PKCE in needs and not party.pkce_required:
        raise NotRunError(Why.PKCE_OPTIONAL)
    if Need.SECOND_APP in needs:
        await bench.second()


def _left(chosen: Iterable[Check], results: list[Result], why: Why, detail: str) -> list[Result]:
    known = {result.check_id for result in results}
    return [
        Result(check.id, Outcome.NOT_RUN, check.expected, None, (), why, detail, 0.0)
        for check in chosen
        if check.id not in known
    ]
