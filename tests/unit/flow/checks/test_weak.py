"""Whatever rule a server leaves out, the check of that rule fails and says what it got; all others end as before."""

import pytest

from bcdesk.flow.checks.data import CHECKS
from bcdesk.flow.checks.model import Outcome, Result
from bcdesk.flow.checks.runner import run_checks
from tests.unit.flow.checks.conftest import Studio
from tests.unit.flow.checks.weak import WEAK


def said(results: tuple[Result, ...]) -> dict[str, tuple[object, ...]]:
    return {
        result.check_id: (result.outcome, str(result.expected), str(result.got), result.why, result.detail)
        for result in results
        if result.outcome is not Outcome.PASSED
    }


@pytest.mark.parametrize("name", WEAK)
async def test_that_a_rule_that_is_off_is_found(studio: Studio, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    app = await studio.app(token_endpoint_auth_method=WEAK[name].method)
    WEAK[name].weaken(monkeypatch)
    results = await run_checks(studio.context(app), only=WEAK[name].found_by)
    assert len(results) == len(WEAK[name].found_by)
    assert all(result.outcome is Outcome.FAILED and result.got is not None for result in results), said(results)


@pytest.mark.slow
@pytest.mark.parametrize("name", WEAK)
async def test_that_all_other_checks_end_as_before(studio: Studio, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    app = await studio.app(token_endpoint_auth_method=WEAK[name].method)
    WEAK[name].weaken(monkeypatch)
    results = await run_checks(studio.context(app))
    assert said(results).keys() == WEAK[name].found_by, said(results)


def test_that_nearly_every_check_was_seen_to_fail() -> None:
    seen = frozenset().union(*(weakness.found_by for weakness in WEAK.values()))
    # A server that is not who it says it is answers no other check: `test_runner` has these.
    assert {check.id for check in CHECKS} - seen == {"server.issuer", "server.endpoints"}
